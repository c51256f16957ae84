// Occurrences against a naive check: walk the minutes by the C library's wall clock, and a window
// is open from the first minute at which the wall shows its start or later, to the first at which
// it shows its end or later. Nothing of the product's calendar is used for it.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "firmware/domain/calendar/timing.hpp"
#include "tests/unit/calendar/libc_zone.hpp"
#include "tests/unit/calendar/samples.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr int span_days = 9;  // of minutes around the change

struct Place {
  std::string zone;
  std::string around;  // a change of the offset is on this day or the next, on the wall
};

const std::vector<Place> places{
    {"Asia/Tokyo", "2026-05-03"},          {"Asia/Tokyo", "2026-09-21"},
    {"America/New_York", "2026-03-08"},    {"America/New_York", "2026-11-01"},
    {"Europe/London", "2026-03-29"},       {"Europe/London", "2026-10-25"},
    {"Australia/Lord_Howe", "2026-04-05"}, {"Australia/Lord_Howe", "2026-10-04"},
    {"America/New_York", "2048-03-08"},    {"Australia/Lord_Howe", "2049-10-03"},
    {"Africa/Cairo", "2026-04-24"},        {"Africa/Cairo", "2026-10-29"},
    {"America/Havana", "2026-03-08"},      {"America/Havana", "2026-11-01"},
    {"Pacific/Apia", "2011-12-30"},        {"America/Nuuk", "2026-03-28"},
    {"America/St_Johns", "2010-11-06"},
};

struct Walk {
  WallTime first;                 // the minutes are from here
  std::vector<LocalTime> walls;   // what the wall shows in each
  std::vector<LocalTime> latest;  // the latest that it has shown up to each
};

Walk walk(const Place& place) {
  const LibcZone libc(place.zone);
  const WallTime noon = parse_time(place.around + "T12:00:00Z").value();
  Walk walk{noon - days{span_days / 2 + 2}, {}, {}};
  for (int n = 0; n < (span_days + 4) * 1440; ++n) {
    const auto wall = libc.at(walk.first + minutes{n});
    walk.walls.push_back(wall);
    walk.latest.push_back(n == 0 ? wall : std::max(wall, walk.latest.back()));
  }
  return walk;
}

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int upto(int most) { return std::uniform_int_distribution<int>(0, most)(engine_); }
  bool one_in(int n) { return upto(n - 1) == 0; }

  // Mostly in the small hours, where the changes are; often on the half hour.
  minutes time(int most) {
    const auto time = one_in(3) ? upto(most) : upto(std::min(most, 270));
    return minutes{one_in(2) ? time / 30 * 30 : time};
  }
  Recurrence recurrence(LocalDay around) {
    Recurrence recurrence;
    recurrence.first = around - days{upto(4)};
    recurrence.last = around + days{upto(4)};
    recurrence.from = time(1439);
    recurrence.to = recurrence.from + 1min + time(1439 - static_cast<int>(recurrence.from.count()));
    if (one_in(6)) recurrence.to = 24h;
    recurrence.weekdays = static_cast<Weekdays>(1 + upto(126));
    recurrence.holidays = static_cast<OnHolidays>(upto(2));
    for (auto at = recurrence.first; at <= recurrence.last; at += days{1}) {
      if (one_in(6))
        recurrence.extra.push_back(at);
      else if (one_in(6))
        recurrence.excluded.push_back(at);
    }
    return recurrence;
  }

 private:
  std::mt19937 engine_;
};

bool listed(const std::vector<LocalDay>& dates, LocalDay day) {
  return std::ranges::find(dates, day) != dates.end();
}

// RES-20 to RES-22, read from the spec.
bool naively_valid(const Recurrence& rule, const std::map<LocalDay, std::string>& holidays,
                   LocalDay day) {
  if (day < rule.first || rule.last < day) return false;
  if (listed(rule.extra, day)) return true;
  if (listed(rule.excluded, day)) return false;
  if (holidays.contains(day) && rule.holidays == OnHolidays::valid) return true;
  if (holidays.contains(day) && rule.holidays == OnHolidays::not_valid) return false;
  // 1 January 1970 was a Thursday
  const auto weekday = ((day.time_since_epoch().count() + 3) % 7 + 7) % 7;
  return (rule.weekdays & (1U << weekday)) != 0;
}

std::size_t first_showing(const Walk& walk, LocalTime time) {
  const auto at = std::ranges::lower_bound(walk.latest, time);
  return static_cast<std::size_t>(at - walk.latest.begin());
}

// How many windows are open in each minute of the walk.
template <class Valid>
std::vector<int> naively_open(const Walk& walk, minutes from, minutes to, const Valid& valid) {
  std::vector<int> open(walk.walls.size());
  const auto first = std::chrono::floor<days>(walk.walls.front()) + days{1};
  const auto last = std::chrono::floor<days>(walk.walls.back()) - days{1};
  for (auto day = first; day < last; day += days{1}) {
    if (!valid(day)) continue;
    const auto end = first_showing(walk, day + to);
    for (auto minute = first_showing(walk, day + from); minute < end; ++minute) ++open[minute];
  }
  return open;
}

// Checks the occurrences in the walk's inner days, and returns how many there are.
std::size_t hold_against(const Walk& walk, const std::vector<int>& open, const Timing& timing,
                         const TimeZone& zone, const Holidays& holidays, Dice& dice) {
  const std::size_t inner = 2 * 1440;
  const auto when = [&walk](std::size_t minute) {
    return walk.first + minutes{static_cast<int>(minute)};
  };
  const auto found =
      occurrences(timing, zone, holidays, when(inner), when(walk.walls.size() - inner), 1000);
  std::vector<int> ours(open.size());
  WallTime last_end = WallTime::min();
  for (const auto& interval : found) {
    REQUIRE(interval.start < interval.end);
    REQUIRE(last_end <= interval.start);
    last_end = interval.end;
    REQUIRE((interval.start - walk.first) % 1min == 0ms);
    REQUIRE((interval.end - walk.first) % 1min == 0ms);
    for (auto at = std::max(interval.start, walk.first); at < interval.end; at += 1min) {
      const auto minute = static_cast<std::size_t>((at - walk.first) / 1min);
      if (minute < ours.size()) ++ours[minute];
    }
  }
  bool same = true;
  for (auto minute = inner; minute < ours.size() - inner; ++minute) {
    same = same && ours[minute] == open[minute] && open[minute] <= 1;
  }
  REQUIRE(same);

  for (int n = 0; n < 20; ++n) {
    const auto minute = inner + static_cast<std::size_t>(dice.upto(span_days * 1440 - 1));
    const auto now = when(minute) + std::chrono::milliseconds{dice.upto(59'999)};
    REQUIRE(open_at(timing, zone, holidays, now) == (open[minute] == 1));
    const auto next = current_or_next(timing, zone, holidays, now);
    const auto expected =
        std::ranges::find_if(found, [now](const Interval& interval) { return interval.end > now; });
    if (expected != found.end())
      REQUIRE(next == *expected);
    else
      REQUIRE((!next || next->start >= when(walk.walls.size() - inner)));
  }
  return found.size();
}

}  // namespace

TEST_CASE(
    "RES-11, RES-20 to RES-22: random recurrences open exactly in the minutes of a naive walk") {
  const auto holidays = product_holidays();
  const auto table = published_table();
  std::size_t intervals = 0;
  for (const auto& place : places) {
    CAPTURE(place.zone);
    CAPTURE(place.around);
    const auto minutes_there = walk(place);
    const auto zone = TimeZone::named(place.zone).value();
    for (unsigned seed = 0; seed < 60; ++seed) {
      CAPTURE(seed);
      Dice dice(seed);
      const auto rule = dice.recurrence(parse_day(place.around).value());
      REQUIRE(fault_of(rule) == "");
      const auto open = naively_open(minutes_there, rule.from, rule.to,
                                     [&](LocalDay day) { return naively_valid(rule, table, day); });
      intervals += hold_against(minutes_there, open, rule, zone, holidays, dice);
      const Weekly weekly{rule.weekdays, rule.from, rule.to};
      const auto open_weekly = naively_open(minutes_there, rule.from, rule.to, [&](LocalDay day) {
        return naively_valid({LocalDay::min(), LocalDay::max(), {}, {}, rule.weekdays, {}, {}, {}},
                             {}, day);
      });
      intervals += hold_against(minutes_there, open_weekly, weekly, zone, holidays, dice);
    }
  }
  CHECK(intervals > 5000);
}

TEST_CASE("RES-2: random spans across the changes of the year") {
  const auto holidays = product_holidays();
  for (const auto& place : places) {
    CAPTURE(place.zone);
    CAPTURE(place.around);
    const auto minutes_there = walk(place);
    const auto zone = TimeZone::named(place.zone).value();
    const LocalTime midnight = parse_day(place.around).value();
    for (unsigned seed = 0; seed < 60; ++seed) {
      CAPTURE(seed);
      Dice dice(seed);
      const Span span{midnight + dice.time(1439), midnight + days{dice.upto(2)} + dice.time(1439)};
      if (fault_of(span) != "") continue;
      std::vector<int> open(minutes_there.walls.size());
      const auto end = first_showing(minutes_there, span.end);
      for (auto at = first_showing(minutes_there, span.start); at < end; ++at) open[at] = 1;
      hold_against(minutes_there, open, span, zone, holidays, dice);
    }
  }
}
