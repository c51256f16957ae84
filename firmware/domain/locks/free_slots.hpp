#pragma once

#include <optional>
#include <set>

#include "firmware/domain/locks/slot_plan.hpp"

namespace genkan::domain {

// Whether the area counts, of a lock with so many of those enabled that need it.
bool is_enabled(const LockModel& model, std::uint8_t area, std::uint8_t enabled_areas);

// The slots of one lock that may be written, given away from the highest address downwards (KEY-1).
class FreeSlots {
 public:
  FreeSlots(const LockModel& model, std::uint8_t enabled_areas);

  // In use: ours or foreign.
  void take(SlotAddress address);
  // A removal that is about to be tried will empty it: given only if the area has no other.
  void expect(SlotAddress address);

  // A slot for a code or a card, area by area in order (shared or owner area first, then the master
  // areas that are enabled). None: no address is left (KEY-3).
  std::optional<SlotAddress> next(bool card);

 private:
  const LockModel& model_;
  std::uint8_t enabled_areas_;
  std::set<SlotAddress> taken_;
  std::set<SlotAddress> expected_;
};

}  // namespace genkan::domain
