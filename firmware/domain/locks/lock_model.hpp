#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "firmware/domain/calendar/timing.hpp"
#include "firmware/domain/keys/code.hpp"
#include "firmware/domain/kinds.hpp"

// A lock's own memory for codes and cards (spec: KEY, the table of models).
namespace genkan::domain {

// A run of places with addresses 1 … places.
struct SlotArea {
  std::string name;  // "owner", "codes", "cards", "master-1"
  std::uint16_t places = 0;
  bool codes = false;
  bool cards = false;
  // Counts only if it is enabled at the lock, and all such areas before it are.
  bool needs_enabling = false;
  bool operator==(const SlotArea&) const = default;
};

struct SlotAddress {
  std::uint8_t area = 0;     // index into LockModel::areas
  std::uint16_t number = 1;  // 1 … places
  auto operator<=>(const SlotAddress&) const = default;
};

struct LockModel {
  std::vector<SlotArea> areas;  // empty: no memory, software codes only
  // The lock itself keeps from when to when a key opens (KEY-7). Otherwise it opens as soon as it
  // is written (KEY-9).
  bool schedule_in_lock = false;
  std::chrono::minutes schedule_step{10};  // of windows kept in the lock
  std::chrono::minutes lead_most{30};      // written at most so long before the start
  std::chrono::minutes lead_least{15};     // and, unless made later, at least so long
  // How far the lock's clock may be off before it is set; only where schedule_in_lock.
  std::chrono::seconds clock_limit{60};
  bool has_clock = false;
  // After which ways of locking a coupled lock unlocks again during a reservation (RES-32).
  std::vector<OperatedBy> unlocks_again_after{OperatedBy::touch};
  // Whether the lock can be locked by touch, so that RES-31 unlocks it again at the start.
  bool locked_by_touch = true;
  bool operator==(const LockModel&) const = default;

  bool has_memory() const { return !areas.empty(); }
};

// A schedule kept in the lock, on the wall of the building: from the first to the last minute, and
// within it, if a window is given, on the chosen weekdays from `from` to `to`.
struct LockSchedule {
  LocalTime first{};
  LocalTime last{};
  Weekdays weekdays = every_day;
  std::optional<std::pair<std::chrono::minutes, std::chrono::minutes>> window;
  bool operator==(const LockSchedule&) const = default;
};

// What is in one slot. Secrets travel in it: never log it.
struct SlotContent {
  std::variant<Code, CardNumber> key;
  std::optional<LockSchedule> schedule;  // schedule_in_lock only
  bool operator==(const SlotContent&) const = default;
};

}  // namespace genkan::domain
