#include "tests/building/code_memory.hpp"

#include <algorithm>
#include <utility>

namespace building {

CodeMemory::CodeMemory(std::vector<MemoryArea> areas, bool keeps_schedules)
    : areas_(std::move(areas)), keeps_schedules_(keeps_schedules) {}

CodeMemory::Answer CodeMemory::write(SlotPlace place, SlotEntry entry) {
  if (!exists(place)) return {MemoryResult::no_such_slot};
  if (!enabled(place.area)) return {MemoryResult::not_enabled};
  if (!keeps_schedules_) entry.schedule = {};
  if (!fits(place, entry)) return {MemoryResult::bad_content};
  if (const auto other = elsewhere(place, entry.key)) return {MemoryResult::already_there, other};
  SlotEntry& slot = image_.slots[place];
  const bool changed = slot != entry;
  slot = entry;
  if (changed) ++image_.changes;
  return {MemoryResult::done, std::nullopt, changed};
}

CodeMemory::Answer CodeMemory::remove(SlotPlace place) {
  if (!exists(place)) return {MemoryResult::no_such_slot};
  if (!enabled(place.area)) return {MemoryResult::not_enabled};
  const bool changed = image_.slots.erase(place) > 0;
  if (changed) ++image_.changes;
  return {MemoryResult::done, std::nullopt, changed};
}

MemoryResult CodeMemory::read(SlotPlace place, SlotEntry& into) const {
  if (!exists(place)) return MemoryResult::no_such_slot;
  if (!enabled(place.area)) return MemoryResult::not_enabled;
  const auto found = image_.slots.find(place);
  into = found == image_.slots.end() ? SlotEntry{} : found->second;
  return MemoryResult::done;
}

bool CodeMemory::taken(SlotPlace place) const {
  return enabled(place.area) && image_.slots.contains(place);
}

std::optional<CodeMemory::Match> CodeMemory::find(const StoredKey& key,
                                                  std::optional<std::uint32_t> minute) const {
  std::optional<Match> closed;
  for (const auto& [place, entry] : image_.slots) {
    if (!enabled(place.area) || entry.key != key) continue;
    if (!minute || entry.schedule.holds(*minute)) return Match{place, true};
    if (!closed) closed = Match{place, false};
  }
  return closed;
}

std::uint16_t CodeMemory::places(std::uint16_t area) const {
  return area < areas_.size() ? areas_[area].places : std::uint16_t{0};
}

std::uint16_t CodeMemory::masters_most() const {
  return static_cast<std::uint16_t>(std::ranges::count_if(areas_, &MemoryArea::master));
}

std::expected<void, std::string> CodeMemory::restore(MemoryImage image) {
  if (image.masters > masters_most()) return std::unexpected("it has not so many master areas");
  for (const auto& [place, entry] : image.slots) {
    if (!exists(place) || !fits(place, entry)) {
      return std::unexpected("area " + std::to_string(place.area) + " slot " +
                             std::to_string(place.slot) + " cannot hold what stands there");
    }
  }
  image_ = std::move(image);
  return {};
}

bool CodeMemory::exists(SlotPlace place) const {
  return place.slot >= 1 && place.slot <= places(place.area);
}

bool CodeMemory::enabled(std::uint16_t area) const {
  if (area >= areas_.size()) return false;
  return !areas_[area].master || area <= image_.masters;
}

bool CodeMemory::fits(SlotPlace place, const SlotEntry& entry) const {
  const MemoryArea& area = areas_.at(place.area);
  const bool kind = entry.key.kind == KeyKind::code ? area.codes : area.cards;
  const bool schedule = keeps_schedules_ || entry.schedule == KeySchedule{};
  return kind && schedule && well_formed(entry.key) && well_formed(entry.schedule);
}

std::optional<SlotPlace> CodeMemory::elsewhere(SlotPlace place, const StoredKey& key) const {
  for (const auto& [other, entry] : image_.slots) {
    if (other != place && enabled(other.area) && entry.key == key) return other;
  }
  return std::nullopt;
}

}  // namespace building
