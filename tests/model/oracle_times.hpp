#pragma once

#include <array>
#include <set>
#include <variant>
#include <vector>

#include "tests/model/oracle_wall.hpp"

// When a key opens, by the rules alone (RES-11, RES-20 to RES-22, RES-50).
namespace genkan::model {

constexpr Minute ever_from = -1'000'000'000;
constexpr Minute ever_to = 1'000'000'000;

struct Ever {};
struct Once {
  WallMinute start = 0;
  WallMinute end = 0;
};
enum class HolidayRule { as_weekday, valid, not_valid };
struct Repeated {
  DayNumber first = 0;
  DayNumber last = 0;
  WallMinute from = 0;  // of the day
  WallMinute to = 0;
  std::array<bool, 7> weekdays{};  // Monday first
  HolidayRule holidays = HolidayRule::as_weekday;
  std::set<DayNumber> extra;
  std::set<DayNumber> excluded;
};
struct EachWeek {
  WallMinute from = 0;
  WallMinute to = 0;
  std::array<bool, 7> weekdays{};
};
using When = std::variant<Ever, Once, Repeated, EachWeek>;

// From start until before end.
struct Times {
  Minute start = 0;
  Minute end = 0;
};

using Holidays = std::set<DayNumber>;
// Japan's, 2026 to 2028, as the government's table has or will have them.
Holidays holidays_of_japan();

bool is_valid_on(const Repeated& rule, const Holidays& holidays, DayNumber day);

// All of them, in order. Windows of one day (not spans) are widened to whole steps of `step`
// minutes, as a lock that keeps the schedule itself does (KEY-7).
std::vector<Times> times_of(const When& when, const Wall& wall, const Holidays& holidays,
                            WallMinute step);

}  // namespace genkan::model
