#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "firmware/domain/locks/free_slots.hpp"
#include "firmware/domain/locks/slot_plan.hpp"

namespace genkan::domain::test {

// A lock's memory as the data sheets have it: an answer for each write and removal, slots that
// people program at the lock, areas that are switched on and off. It keeps account of what the
// product must never do.
class SimulatedLock {
 public:
  struct Slot {
    bool card = false;
    KeyHash secret;
    std::optional<LockSchedule> schedule;
    bool by_hand = false;
  };
  enum class Answer : std::uint8_t { done, already_there, refused };
  struct Written {
    Answer answer = Answer::done;
    std::optional<SlotAddress> where;
  };

  SimulatedLock(const LockModel& model, bool readable, bool says_where);

  // Over the bus.
  Written write(SlotAddress address, const Slot& slot);
  Answer remove(SlotAddress address);
  MemoryImage read() const;

  // At the lock itself.
  void program(SlotAddress address, bool card, const KeyHash& secret);
  void erase(SlotAddress address);
  void enable(std::uint8_t areas);
  void swap();
  // How often the memory was changed at the lock itself.
  int changes() const { return changes_; }

  const std::map<SlotAddress, Slot>& slots() const { return slots_; }
  bool counts(SlotAddress address) const { return is_enabled(model_, address.area, enabled_); }
  std::optional<SlotAddress> with(const KeyHash& secret) const;
  // Whether a slot is empty and not kept for a write that is to be tried again.
  bool has_free(bool card, const std::map<SlotAddress, SlotNote>& kept) const;
  const LockModel& model() const { return model_; }
  bool readable() const { return readable_; }
  // What was done that never may be: a foreign slot written or emptied, a key written over another.
  const std::vector<std::string>& sins() const { return sins_; }

 private:
  LockModel model_;
  bool readable_;
  bool says_where_;
  std::uint8_t enabled_ = 0;
  int changes_ = 0;
  std::map<SlotAddress, Slot> slots_;
  std::vector<std::string> sins_;
};

}  // namespace genkan::domain::test
