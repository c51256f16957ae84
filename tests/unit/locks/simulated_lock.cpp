#include "tests/unit/locks/simulated_lock.hpp"

#include "firmware/base/text.hpp"

namespace genkan::domain::test {

SimulatedLock::SimulatedLock(const LockModel& model, bool readable, bool says_where)
    : model_(model), readable_(readable), says_where_(says_where) {}

SimulatedLock::Written SimulatedLock::write(SlotAddress address, const Slot& slot) {
  if (address.area >= model_.areas.size() || !counts(address)) return {Answer::refused, {}};
  const SlotArea& area = model_.areas[address.area];
  const bool fits = address.number >= 1 && address.number <= area.places;
  if (!fits || !(slot.card ? area.cards : area.codes)) return {Answer::refused, {}};
  const auto held = with(slot.secret);
  if (held && *held != address) {
    return {Answer::already_there, says_where_ ? held : std::nullopt};
  }
  const auto there = slots_.find(address);
  if (there != slots_.end()) {
    if (there->second.by_hand) sins_.push_back(cat("wrote over a foreign slot ", address.number));
    if (there->second.secret != slot.secret) {
      sins_.push_back(cat("wrote over another key in slot ", address.number));
    }
  }
  slots_[address] = slot;
  return {};
}

SimulatedLock::Answer SimulatedLock::remove(SlotAddress address) {
  if (!counts(address)) return Answer::refused;
  const auto there = slots_.find(address);
  if (there == slots_.end()) return Answer::done;
  if (there->second.by_hand) sins_.push_back(cat("emptied a foreign slot ", address.number));
  slots_.erase(there);
  return Answer::done;
}

MemoryImage SimulatedLock::read() const {
  MemoryImage image;
  image.enabled_areas = enabled_;
  for (const auto& [address, slot] : slots_) {
    if (!counts(address)) continue;
    SlotReading reading;
    reading.card = slot.card;
    if (readable_) {
      reading.hash = slot.secret;
      reading.schedule = slot.schedule;
    }
    image.occupied[address] = reading;
  }
  return image;
}

void SimulatedLock::program(SlotAddress address, bool card, const KeyHash& secret) {
  slots_[address] = {card, secret, std::nullopt, true};
  ++changes_;
}

void SimulatedLock::erase(SlotAddress address) {
  slots_.erase(address);
  ++changes_;
}

void SimulatedLock::enable(std::uint8_t areas) {
  enabled_ = areas;
  ++changes_;
}

void SimulatedLock::swap() {
  slots_.clear();
  ++changes_;
}

std::optional<SlotAddress> SimulatedLock::with(const KeyHash& secret) const {
  for (const auto& [address, slot] : slots_) {
    if (slot.secret == secret && counts(address)) return address;
  }
  return std::nullopt;
}

bool SimulatedLock::has_free(bool card, const std::map<SlotAddress, SlotNote>& kept) const {
  for (std::uint8_t index = 0; index < model_.areas.size(); ++index) {
    const SlotArea& area = model_.areas[index];
    if (!(card ? area.cards : area.codes) || !is_enabled(model_, index, enabled_)) continue;
    for (std::uint16_t number = 1; number <= area.places; ++number) {
      const SlotAddress address{index, number};
      if (!slots_.contains(address) && !kept.contains(address)) return true;
    }
  }
  return false;
}

}  // namespace genkan::domain::test
