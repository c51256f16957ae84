#include "tests/model/oracle_times.hpp"

#include <algorithm>

namespace genkan::model {

namespace {

// 1 January 1970 was a Thursday.
std::size_t weekday_of(DayNumber day) { return static_cast<std::size_t>((day + 3) % 7); }

void add_window(std::vector<Times>& all, const Wall& wall, DayNumber day, WallMinute from,
                WallMinute to, WallMinute step) {
  while (from % step != 0) --from;
  while (to % step != 0) ++to;
  const Minute start = wall.first_showing(day * day_minutes + from);
  const Minute end = wall.first_showing(day * day_minutes + to);
  if (start < end) all.push_back({start, end});
}

}  // namespace

Holidays holidays_of_japan() {
  struct Year {
    int year;
    std::vector<std::pair<unsigned, unsigned>> days;
  };
  const std::vector<Year> years{{2026,
                                 {{1, 1},
                                  {1, 12},
                                  {2, 11},
                                  {2, 23},
                                  {3, 20},
                                  {4, 29},
                                  {5, 3},
                                  {5, 4},
                                  {5, 5},
                                  {5, 6},
                                  {7, 20},
                                  {8, 11},
                                  {9, 21},
                                  {9, 22},
                                  {9, 23},
                                  {10, 12},
                                  {11, 3},
                                  {11, 23}}},
                                {2027,
                                 {{1, 1},
                                  {1, 11},
                                  {2, 11},
                                  {2, 23},
                                  {3, 21},
                                  {3, 22},
                                  {4, 29},
                                  {5, 3},
                                  {5, 4},
                                  {5, 5},
                                  {7, 19},
                                  {8, 11},
                                  {9, 20},
                                  {9, 23},
                                  {10, 11},
                                  {11, 3},
                                  {11, 23}}},
                                {2028,
                                 {{1, 1},
                                  {1, 10},
                                  {2, 11},
                                  {2, 23},
                                  {3, 20},
                                  {4, 29},
                                  {5, 3},
                                  {5, 4},
                                  {5, 5},
                                  {7, 17},
                                  {8, 11},
                                  {9, 18},
                                  {9, 22},
                                  {10, 9},
                                  {11, 3},
                                  {11, 23}}}};
  Holidays days;
  for (const auto& [year, list] : years) {
    for (const auto& [month, day] : list) days.insert(day_number(year, month, day));
  }
  return days;
}

bool is_valid_on(const Repeated& rule, const Holidays& holidays, DayNumber day) {
  if (day < rule.first || day > rule.last) return false;
  if (rule.extra.contains(day)) return true;
  if (rule.excluded.contains(day)) return false;
  if (holidays.contains(day)) {
    if (rule.holidays == HolidayRule::valid) return true;
    if (rule.holidays == HolidayRule::not_valid) return false;
  }
  return rule.weekdays[weekday_of(day)];
}

std::vector<Times> times_of(const When& when, const Wall& wall, const Holidays& holidays,
                            WallMinute step) {
  std::vector<Times> all;
  if (std::holds_alternative<Ever>(when)) all.push_back({ever_from, ever_to});
  if (const auto* once = std::get_if<Once>(&when)) {
    const Times times{wall.first_showing(once->start), wall.first_showing(once->end)};
    if (times.start < times.end) all.push_back(times);
  }
  if (const auto* rule = std::get_if<Repeated>(&when)) {
    for (DayNumber day = rule->first; day <= rule->last; ++day) {
      if (is_valid_on(*rule, holidays, day)) {
        add_window(all, wall, day, rule->from, rule->to, step);
      }
    }
  }
  if (const auto* week = std::get_if<EachWeek>(&when)) {
    const bool none = std::ranges::none_of(week->weekdays, [](bool on) { return on; });
    for (DayNumber day = Wall::begin() / day_minutes; day < Wall::end() / day_minutes; ++day) {
      // No weekday chosen means every day (RES-50).
      if (none || week->weekdays[weekday_of(day)]) {
        add_window(all, wall, day, week->from, week->to, step);
      }
    }
  }
  return all;
}

}  // namespace genkan::model
