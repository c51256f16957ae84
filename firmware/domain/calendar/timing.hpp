#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/domain/calendar/holidays.hpp"
#include "firmware/domain/calendar/local_time.hpp"

// When a key opens: always, once, or in a window of chosen days.
namespace genkan::domain {

// [start, end).
struct Interval {
  WallTime start{};
  WallTime end{};
  bool contains(WallTime when) const { return start <= when && when < end; }
  auto operator<=>(const Interval&) const = default;
};

// What Always means; far enough from the ends of WallTime to reckon with.
constexpr Interval all_time{std::chrono::sys_days{std::chrono::year{1900} / 1 / 1},
                            std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

struct Always {
  bool operator==(const Always&) const = default;
};

// Once, from start to end on the building's wall; start < end.
struct Span {
  LocalTime start{};
  LocalTime end{};
  bool operator==(const Span&) const = default;
};

// Days of the week as bits; Monday is the lowest.
using Weekdays = std::uint8_t;
constexpr Weekdays every_day = 0x7F;

// How a recurrence treats public holidays (RES-21).
enum class OnHolidays : std::uint8_t {
  as_weekday,  // a holiday is a day like any other
  valid,       // valid on public holidays whatever the weekday
  not_valid,   // not valid on public holidays
};
std::string_view name_of(OnHolidays rule);

// A window of one day on chosen days (RES-20): from < to, 0:00 to 24:00, never across midnight.
// A day is valid if it is in first..last and: it is in `extra`; or, not being in `excluded`, the
// holiday rule and otherwise the weekdays say so. A date in both lists is refused.
// Days of either list must lie within first..last too.
struct Recurrence {
  static constexpr std::size_t most_dates = 10;  // RES-22, for each of the lists
  LocalDay first{};
  LocalDay last{};  // its window still belongs
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};
  Weekdays weekdays = every_day;
  OnHolidays holidays = OnHolidays::as_weekday;
  std::vector<LocalDay> extra;
  std::vector<LocalDay> excluded;
  bool operator==(const Recurrence&) const = default;
};

// Days of the week with a window, without an end: a holder's validity group (RES-50).
struct Weekly {
  Weekdays weekdays = every_day;
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};
  bool operator==(const Weekly&) const = default;
};

using Timing = std::variant<Always, Span, Recurrence, Weekly>;

// What is wrong with it, in one sentence that says what would be right; empty if nothing is. Dates
// are from 1970 to 2099; at least one weekday is chosen (a recurrence: or holidays, or an extra
// date). The other functions below take a faulty timing too and give nothing where it makes no
// sense.
std::string fault_of(const Timing& timing);

bool valid_on(const Recurrence& recurrence, const Holidays& holidays, LocalDay day);

// The times in which it opens, in order, that end after `after` and start before `until`; at most
// `most`. Windows that touch are not joined. A window is from the first moment at which the wall
// shows its start to the first at which it shows its end (or has skipped it), so it counts once in
// a repeated hour; one that falls into a missing hour altogether is left out. They never overlap
// and are never empty. Asked for a Weekly without days or a sparse Recurrence, it walks the days
// between (some 20 ns each at a desk), at most those of 1970 to 2110.
std::vector<Interval> occurrences(const Timing& timing, const TimeZone& zone,
                                  const Holidays& holidays, WallTime after, WallTime until,
                                  std::size_t most);
// The one that contains `when`, or the next after it; nothing once it is over (looks at most ten
// years ahead).
std::optional<Interval> current_or_next(const Timing& timing, const TimeZone& zone,
                                        const Holidays& holidays, WallTime when);
bool open_at(const Timing& timing, const TimeZone& zone, const Holidays& holidays, WallTime when);
// From the first start to the last end; nothing for one that has no end or no occurrence at all.
std::optional<Interval> extent(const Timing& timing, const TimeZone& zone,
                               const Holidays& holidays);

}  // namespace genkan::domain
