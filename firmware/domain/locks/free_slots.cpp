#include "firmware/domain/locks/free_slots.hpp"

namespace genkan::domain {

bool is_enabled(const LockModel& model, std::uint8_t area, std::uint8_t enabled_areas) {
  if (area >= model.areas.size()) return false;
  if (!model.areas[area].needs_enabling) return true;
  std::size_t before = 0;
  for (std::size_t i = 0; i < area; ++i) before += model.areas[i].needs_enabling ? 1 : 0;
  return before < enabled_areas;
}

FreeSlots::FreeSlots(const LockModel& model, std::uint8_t enabled_areas)
    : model_(model), enabled_areas_(enabled_areas) {}

void FreeSlots::take(SlotAddress address) { taken_.insert(address); }

void FreeSlots::expect(SlotAddress address) { expected_.insert(address); }

std::optional<SlotAddress> FreeSlots::next(bool card) {
  for (std::size_t index = 0; index < model_.areas.size(); ++index) {
    const SlotArea& area = model_.areas[index];
    const auto number = static_cast<std::uint8_t>(index);
    if (!(card ? area.cards : area.codes)) continue;
    if (!is_enabled(model_, number, enabled_areas_)) continue;
    for (const bool expected : {false, true}) {
      for (std::uint16_t slot = area.places; slot > 0; --slot) {
        const SlotAddress address{number, slot};
        if (taken_.contains(address) || expected_.contains(address) != expected) continue;
        taken_.insert(address);
        return address;
      }
    }
  }
  return std::nullopt;
}

}  // namespace genkan::domain
