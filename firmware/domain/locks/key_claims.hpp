#pragma once

#include <optional>
#include <span>
#include <vector>

#include "firmware/domain/inventory.hpp"
#include "firmware/domain/locks/slot_plan.hpp"
#include "firmware/domain/reservations/key_book.hpp"

namespace genkan::domain {

// What claims are made from, for one lock.
struct ClaimContext {
  const KeyBook& book;
  const Inventory& inventory;
  const Holidays& holidays;
  const KeyHasher& hasher;
  const TimeZone& zone;  // of the building that the lock stands in
  // Since when this lock's coupling is `entrance`: what was made before is not copied to it, and
  // nothing is if it is not known (RES-40).
  std::optional<WallTime> coupled_since{};
  // In order: keys whose code or card the store could not open. They count as long as they have
  // none; a reservation of a kind with a code that has none counts without being named.
  std::span<const KeyRef> unreadable{};
};

// The keys that belong in the lock's memory, from what is still in its memory time at `now` up to
// those that begin to be due before `until`: of reservations on it, on key groups with it, of
// holders, and, where its coupling is `entrance`, of the reservations of its building's rooms
// (RES-40: those with a code or card made here after the coupling). Empty for a lock without
// memory.
//
// A model that keeps schedules gets one claim for a whole recurrence (KEY-7): its window rounded to
// the model's step, first down and end up, and as its weekdays those whose next date, counted from
// today's in the building, is valid; so holidays, extra and excluded dates hold in the lock for the
// coming seven days without us. Dates outside the recurrence count as their weekday says: the lock
// keeps the first and the last day itself. A single span goes in exactly, a holder's weekly window
// rounded, from the day when he was made. The others get one claim an occurrence, at most 366 of
// one owner.
std::vector<Claim> claims_of(const ClaimContext& context, const DeviceId& lock,
                             const LockModel& model, WallTime now, WallTime until);

// When claims_of must be asked again at the latest, though nothing was changed: at `until`, and
// where the lock keeps schedules ten minutes after the next midnight of its building.
WallTime claims_hold_until(const ClaimContext& context, const DeviceId& lock,
                           const LockModel& model, WallTime now, WallTime until);

}  // namespace genkan::domain
