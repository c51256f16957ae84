#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "firmware/domain/calendar/timing.hpp"
#include "firmware/domain/command.hpp"
#include "firmware/domain/device_state.hpp"
#include "firmware/domain/inventory.hpp"
#include "firmware/domain/locks/lock_model.hpp"

// How devices follow reservations (RES-30 to RES-38). Pure.
namespace genkan::domain {

// What a coupled device follows: the times of the reservations that concern it (on itself, on a
// device in one of its rooms, on a group with one of those), each with when it was made. In order.
struct CoupledTime {
  Interval opens;
  WallTime made{};
  bool operator==(const CoupledTime&) const = default;
};

struct CoupledDevice {
  DeviceKind kind;
  Coupling coupling;
  bool automatic_door = false;      // an entrance that is held open (by JEMA)
  const LockModel* lock = nullptr;  // locks only; null: no model of a memory, rules of el locks
};

// How far the device has followed; on disk with the record of what was sent. It moves to the last
// moment that was due, not to now, so that a reservation made or moved meanwhile still acts, unless
// another's moment came after its own (then the caller sets the mark back: mark_for). A
// device that is coupled newly begins with the present.
struct CouplingMark {
  DeviceId device;
  WallTime followed_to{};  // all that was due up to here is done or was left on purpose
  bool operator==(const CouplingMark&) const = default;
};

constexpr std::chrono::minutes coupling_lead{5};  // RES-30

struct CouplingStep {
  std::optional<Command> command;  // what to send now; nothing: leave it
  std::optional<bool> held;        // automatic doors: held open or not from now on
  WallTime followed_to{};          // the new mark
  std::optional<WallTime> next;    // when to look again by time alone
};

// Moments, with reservation (end only: the end alone):
//   5 min before the start   open, if it was made by then; not if a reservation that touches or
//                            overlaps it has opened before (RES-30)
//   the start, or when it    open, if nothing opened it before or an end has closed it in between;
//   was made, if later       otherwise a lock that is locked is unlocked again (RES-31, RES-33)
//   the end                  close, unless another reservation runs on (RES-34)
// A reservation that is deleted has no moments any more: what is on stays on (RES-35).
//
// What is due at `now`, given the mark and the state (none: not known, then what is due is sent).
// Several missed moments (the gateway was off) count as the last of them: what ended while nobody
// looked is closed, what runs is opened once. A clock that went back does nothing again; a mark
// more than a day ahead is not believed, and following begins anew at `now`.
CouplingStep follow(const CoupledDevice& device, const std::vector<CoupledTime>& times,
                    const CouplingMark& mark, const std::optional<DeviceState>& state,
                    WallTime now);

// The times of a device before and after reservations were moved; `changed`: those of now that were
// not there before.
struct MovedTimes {
  const std::vector<CoupledTime>& before;
  const std::vector<CoupledTime>& now;
  const std::vector<CoupledTime>& changed;
};
// Where the mark must stand then, so that follow() does what came of it: what runs now and did not
// is opened, what ran and is over now is closed, though its moment may lie behind the mark. Where
// something ran before and does still, nothing is done again. Otherwise the mark as it is.
WallTime mark_for(const CoupledDevice& device, const MovedTimes& moved, const CouplingMark& mark,
                  WallTime now);

// What to send after the lock was moved by somebody (RES-32, RES-36): nothing, unlock, or lock.
std::optional<Command> answer_to_hand(const CoupledDevice& device,
                                      const std::vector<CoupledTime>& times, OperatedBy by,
                                      Bolt bolt, WallTime now);

}  // namespace genkan::domain
