#include "firmware/domain/locks/noted_slots.hpp"

#include <tuple>

#include "firmware/domain/locks/free_slots.hpp"

namespace genkan::domain {

NotedSlots::NotedSlots(const LockModel& model, const std::vector<SlotNote>& notes,
                       const std::optional<MemoryImage>& image, const std::set<KeyRef>& lost)
    : model_(model), image_(image) {
  if (image_) {
    for (const auto& [address, reading] : image_->occupied) foreign_.insert(address);
  }
  for (const SlotNote& note : notes) {
    const auto presence = presence_of(note, lost.contains(note.key));
    if (!presence) {
      overwritten_.push_back(note.address);
      continue;
    }
    foreign_.erase(note.address);
    slots_.push_back({&note, *presence});
    by_secret_.emplace(note.hash, &slots_.back());
  }
  for (const SlotAddress address : foreign_) {
    const auto& hash = image_->occupied.at(address).hash;
    if (hash) foreign_secrets_.emplace(*hash, address);
  }
}

std::optional<Presence> NotedSlots::presence_of(const SlotNote& note, bool lost) const {
  if (!image_) return note.state == NoteState::written ? Presence::present : Presence::unknown;
  const auto at = image_->occupied.find(note.address);
  if (at == image_->occupied.end()) {
    const bool exists = note.address.area < model_.areas.size() &&
                        note.address.number <= model_.areas[note.address.area].places;
    const bool read = is_enabled(model_, note.address.area, image_->enabled_areas);
    return exists && !read ? Presence::out_of_reach : Presence::absent;
  }
  const SlotReading& reading = at->second;
  if (reading.card != note.key.card) return std::nullopt;
  if (reading.hash) {
    if (*reading.hash != note.hash && !lost) return std::nullopt;
    return Presence::present;
  }
  // Taken before the write already, by the same key with an older schedule, and not to be read.
  if (model_.schedule_in_lock && note.state == NoteState::writing) return Presence::unknown;
  return Presence::present;
}

NotedSlot* NotedSlots::with(const KeyHash& hash, const KeyRef& key) {
  const auto rank = [&key](const NotedSlot& slot) {
    return std::tuple(slot.presence, slot.note->key != key, slot.note->address);
  };
  NotedSlot* best = nullptr;
  const auto [first, last] = by_secret_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    NotedSlot& slot = *at->second;
    if (slot.presence == Presence::out_of_reach) continue;
    // A write that failed keeps its slot; a key that was there and is lost begins anew.
    if (slot.presence == Presence::absent && slot.note->state != NoteState::writing) continue;
    if (!best || rank(slot) < rank(*best)) best = &slot;
  }
  return best;
}

const NotedSlot* NotedSlots::that_may_hold(const KeyRef& key) const {
  for (const NotedSlot& slot : slots_) {
    const bool may = slot.presence == Presence::present || slot.presence == Presence::unknown;
    if (may && slot.note->key == key) return &slot;
  }
  return nullptr;
}

bool NotedSlots::is_foreign(const KeyHash& hash) const {
  return foreign_secrets_.contains(hash) || (image_ && image_->elsewhere.contains(hash));
}

std::optional<SlotAddress> NotedSlots::foreign_with(const KeyHash& hash) const {
  const auto at = foreign_secrets_.find(hash);
  if (at == foreign_secrets_.end()) return std::nullopt;
  return at->second;
}

const std::optional<LockSchedule>& NotedSlots::schedule_in(const SlotNote& note) const {
  if (image_) {
    const auto at = image_->occupied.find(note.address);
    if (at != image_->occupied.end() && at->second.hash) return at->second.schedule;
  }
  return note.schedule;
}

}  // namespace genkan::domain
