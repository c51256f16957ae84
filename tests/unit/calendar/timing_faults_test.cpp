#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "firmware/domain/calendar/timing.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

LocalDay day(std::string_view text) { return parse_day(text).value(); }
LocalTime local(std::string_view text) { return parse_local(text).value(); }

// A sound one, and what is changed in it.
template <class Change>
Recurrence but(Change change) {
  Recurrence recurrence;
  recurrence.first = day("2026-03-01");
  recurrence.last = day("2026-03-31");
  recurrence.from = 9h;
  recurrence.to = 17h;
  change(recurrence);
  return recurrence;
}

std::vector<LocalDay> first_days(int count) {
  std::vector<LocalDay> dates;
  for (int n = 0; n < count; ++n) dates.push_back(day("2026-03-01") + std::chrono::days{n});
  return dates;
}

}  // namespace

TEST_CASE("RES-4, RES-20, RES-22: a faulty timing is told with what would be right") {
  struct Case {
    Timing timing;
    std::string_view fault;  // empty: none
  };
  const Case cases[] = {
      {Always{}, ""},
      {Span{local("2026-03-07 15:00"), local("2026-03-08 10:00")}, ""},
      {Span{local("2026-03-08 10:00"), local("2026-03-07 15:00")},
       "the end, 2026-03-07 15:00, is not after the start, 2026-03-08 10:00; choose a later end"},
      {Span{local("2026-03-08 10:00"), local("2026-03-08 10:00")},
       "the end, 2026-03-08 10:00, is not after the start, 2026-03-08 10:00; choose a later end"},
      {Span{local("1969-12-31 23:59"), local("2026-03-07 15:00")},
       "the start is in the year 1969; dates are from 1970 to 2099"},
      {Span{local("2026-03-07 15:00"), local("2100-01-01 00:00")},
       "the end is in the year 2100; dates are from 1970 to 2099"},
      {but([](Recurrence&) {}), ""},
      {but([](Recurrence& r) { r.last = r.first; }), ""},
      {but([](Recurrence& r) { r.last = day("2026-02-28"); }),
       "the last day, 2026-02-28, is before the first, 2026-03-01; choose a later last day"},
      {but([](Recurrence& r) { r.first = day("1969-12-31"); }),
       "the first day is in the year 1969; dates are from 1970 to 2099"},
      {but([](Recurrence& r) { r.last = day("2100-01-01"); }),
       "the last day is in the year 2100; dates are from 1970 to 2099"},
      {but([](Recurrence& r) { r.from = 0h, r.to = 24h; }), ""},
      {but([](Recurrence& r) { r.from = 22h, r.to = 2h; }),
       "the window from 22:00 to 02:00 runs across midnight; make it two: 22:00 to 24:00, and "
       "00:00 "
       "to 02:00 on the days after"},
      {but([](Recurrence& r) { r.from = 22h, r.to = 25h + 30min; }),
       "the window from 22:00 to 25:30 runs across midnight; make it two: 22:00 to 24:00, and "
       "00:00 "
       "to 01:30 on the days after"},
      {but([](Recurrence& r) { r.from = 22h, r.to = 0h; }),
       "the window from 22:00 ends at 00:00; write 24:00 for midnight"},
      {but([](Recurrence& r) { r.from = 9h, r.to = 9h; }),
       "the window starts and ends at 09:00; its end must be later, 24:00 for midnight"},
      {but([](Recurrence& r) { r.from = 24h, r.to = 25h; }),
       "the window's start is from 00:00 to 23:59 and its end up to 24:00"},
      {but([](Recurrence& r) { r.from = -1min; }),
       "the window's start is from 00:00 to 23:59 and its end up to 24:00"},
      {but([](Recurrence& r) { r.weekdays = 0; }), "no weekday is chosen; choose at least one"},
      {but([](Recurrence& r) { r.weekdays = 0, r.holidays = OnHolidays::valid; }), ""},
      {but([](Recurrence& r) { r.weekdays = 0, r.extra = first_days(1); }), ""},
      {but([](Recurrence& r) { r.weekdays = 0x80; }),
       "there are seven weekdays, bits 0 (Monday) to 6 (Sunday)"},
      {but([](Recurrence& r) { r.extra = first_days(10); }), ""},
      {but([](Recurrence& r) { r.extra = first_days(11); }),
       "there are 11 extra dates; at most 10 are allowed"},
      {but([](Recurrence& r) { r.excluded = first_days(11); }),
       "there are 11 excluded dates; at most 10 are allowed"},
      {but([](Recurrence& r) { r.extra = {day("2026-04-01")}; }),
       "the extra date 2026-04-01 is not within 2026-03-01 to 2026-03-31"},
      {but([](Recurrence& r) { r.excluded = {day("2026-02-28")}; }),
       "the excluded date 2026-02-28 is not within 2026-03-01 to 2026-03-31"},
      {but([](Recurrence& r) { r.extra = first_days(3), r.excluded = {day("2026-03-03")}; }),
       "2026-03-03 is both an extra and an excluded date; keep one of the two"},
      {Weekly{every_day, 0h, 24h}, ""},
      {Weekly{0, 9h, 17h}, "no weekday is chosen; choose at least one"},
      {Weekly{every_day, 17h, 9h},
       "the window from 17:00 to 09:00 runs across midnight; make it two: 17:00 to 24:00, and "
       "00:00 "
       "to 09:00 on the days after"},
  };
  for (const auto& c : cases) CHECK(fault_of(c.timing) == c.fault);
}

TEST_CASE("RES-20: a faulty timing opens nothing where it makes no sense") {
  const auto tokyo = TimeZone::named("Asia/Tokyo").value();
  const Holidays holidays;
  const Timing faulty[] = {
      Span{local("2026-03-08 10:00"), local("2026-03-07 15:00")},
      but([](Recurrence& r) { r.from = 22h, r.to = 2h; }),
      but([](Recurrence& r) { r.from = 22h, r.to = 26h; }),
      but([](Recurrence& r) { r.from = -1h; }),
      but([](Recurrence& r) { r.last = day("2026-02-28"); }),
      but([](Recurrence& r) { r.weekdays = 0; }),
      Weekly{0, 9h, 17h},
      Weekly{every_day, 17h, 9h},
  };
  for (const auto& timing : faulty) {
    REQUIRE(fault_of(timing) != "");
    CHECK(occurrences(timing, tokyo, holidays, all_time.start, all_time.end, 10).empty());
    CHECK(!extent(timing, tokyo, holidays));
  }
}
