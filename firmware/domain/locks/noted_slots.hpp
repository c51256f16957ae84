#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "firmware/domain/locks/slot_plan.hpp"

namespace genkan::domain {

// Whether what a note says is in the lock; surest first.
enum class Presence : std::uint8_t {
  present,       // the image shows it; without an image, the note says `written`
  unknown,       // may or may not be there
  absent,        // the image shows that it is not
  out_of_reach,  // its area is not enabled: may be there, and does not open
};

// A slot of ours, and whether this plan still has it.
struct NotedSlot {
  const SlotNote* note;
  Presence presence;
  bool used = false;       // a claim that is due has it
  bool forgotten = false;  // its note goes
};

// What our notes and the lock's memory say together: which slots are ours, which are foreign.
class NotedSlots {
 public:
  // `lost`: keys that keep what their note says, though their secret cannot be compared any more.
  NotedSlots(const LockModel& model, const std::vector<SlotNote>& notes,
             const std::optional<MemoryImage>& image, const std::set<KeyRef>& lost);

  std::deque<NotedSlot>& slots() { return slots_; }
  // Notes of slots that were overwritten at the lock; they are foreign now.
  const std::vector<SlotAddress>& overwritten() const { return overwritten_; }
  const std::set<SlotAddress>& foreign() const { return foreign_; }

  // Our slot for a secret; of several the surest, and of those the key's own.
  NotedSlot* with(const KeyHash& hash, const KeyRef& key);
  // A slot of the key that is not known to be without it, whatever its secret.
  const NotedSlot* that_may_hold(const KeyRef& key) const;
  // Whether somebody programmed the secret at the lock, and in which slot if that can be told.
  bool is_foreign(const KeyHash& hash) const;
  std::optional<SlotAddress> foreign_with(const KeyHash& hash) const;
  // The schedule that the lock keeps in the note's slot, as far as it can be told.
  const std::optional<LockSchedule>& schedule_in(const SlotNote& note) const;

 private:
  // Nothing: overwritten.
  std::optional<Presence> presence_of(const SlotNote& note, bool lost) const;

  const LockModel& model_;
  const std::optional<MemoryImage>& image_;
  std::deque<NotedSlot> slots_;  // a deque: the index points into it
  std::multimap<KeyHash, NotedSlot*> by_secret_;
  std::vector<SlotAddress> overwritten_;
  std::set<SlotAddress> foreign_;
  std::map<KeyHash, SlotAddress> foreign_secrets_;
};

}  // namespace genkan::domain
