#include "firmware/domain/calendar/timing.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/calendar/samples.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

constexpr auto all = std::size_t{1000};

TimeZone zone(std::string_view name) { return TimeZone::named(name).value(); }
LocalDay day(std::string_view text) { return parse_day(text).value(); }
LocalTime local(std::string_view text) { return parse_local(text).value(); }
WallTime wall(std::string_view text) { return parse_time(text).value(); }

Weekdays days(std::initializer_list<unsigned> from_monday) {
  unsigned bits = 0;
  for (const auto weekday : from_monday) bits |= 1U << weekday;
  return static_cast<Weekdays>(bits);
}

Recurrence daily(std::string_view first, std::string_view last, std::chrono::minutes from,
                 std::chrono::minutes to) {
  Recurrence recurrence;
  recurrence.first = day(first);
  recurrence.last = day(last);
  recurrence.from = from;
  recurrence.to = to;
  return recurrence;
}

std::string text(const Interval& interval) {
  const auto minute = [](WallTime when) { return format_time(when).substr(0, 16); };
  return cat(minute(interval.start), " - ", minute(interval.end));
}

std::vector<std::string> texts(const std::vector<Interval>& intervals) {
  std::vector<std::string> lines;
  for (const auto& interval : intervals) lines.push_back(text(interval));
  return lines;
}

using Texts = std::vector<std::string>;

// All the occurrences of `timing` in 2026, or in another year.
Texts in_year(const Timing& timing, std::string_view zone_name, int year = 2026) {
  return texts(occurrences(timing, zone(zone_name), product_holidays(),
                           wall(cat(year, "-01-01T00:00:00Z")),
                           wall(cat(year + 1, "-01-01T00:00:00Z")), all));
}

}  // namespace

TEST_CASE("RES-20: windows of one day on chosen weekdays, the last day's too") {
  auto recurrence = daily("2026-03-02", "2026-03-11", 9h, 17h + 30min);
  recurrence.weekdays = days({0, 2});
  CHECK(in_year(recurrence, "Asia/Tokyo") ==
        Texts{"2026-03-02T00:00 - 2026-03-02T08:30", "2026-03-04T00:00 - 2026-03-04T08:30",
              "2026-03-09T00:00 - 2026-03-09T08:30", "2026-03-11T00:00 - 2026-03-11T08:30"});
}

TEST_CASE("RES-20: a window to 24:00 ends at the next midnight, and the next may touch it") {
  const auto recurrence = daily("2026-03-07", "2026-03-08", 0h, 24h);
  CHECK(in_year(recurrence, "Asia/Tokyo") ==
        Texts{"2026-03-06T15:00 - 2026-03-07T15:00", "2026-03-07T15:00 - 2026-03-08T15:00"});
  // a day of 23 hours, one of 25
  CHECK(in_year(daily("2026-03-08", "2026-03-08", 0h, 24h), "America/New_York") ==
        Texts{"2026-03-08T05:00 - 2026-03-09T04:00"});
  CHECK(in_year(daily("2026-11-01", "2026-11-01", 0h, 24h), "America/New_York") ==
        Texts{"2026-11-01T04:00 - 2026-11-02T05:00"});
}

TEST_CASE("RES-11: windows across the changes of the year") {
  struct Case {
    std::string_view zone;
    std::string_view day;
    std::chrono::minutes from;
    std::chrono::minutes to;
    std::string_view opens;  // empty: not at all
  };
  const Case cases[] = {
      // missing: 02:00 to 03:00
      {"America/New_York", "2026-03-08", 1h, 4h, "2026-03-08T06:00 - 2026-03-08T08:00"},
      {"America/New_York", "2026-03-08", 2h + 30min, 4h, "2026-03-08T07:00 - 2026-03-08T08:00"},
      {"America/New_York", "2026-03-08", 1h, 2h + 30min, "2026-03-08T06:00 - 2026-03-08T07:00"},
      {"America/New_York", "2026-03-08", 2h, 3h, ""},
      {"America/New_York", "2026-03-08", 2h + 10min, 2h + 50min, ""},
      {"America/New_York", "2026-03-08", 2h + 59min, 3h + 1min,
       "2026-03-08T07:00 - 2026-03-08T07:01"},
      // twice: 01:00 to 02:00
      {"America/New_York", "2026-11-01", 0h, 4h, "2026-11-01T04:00 - 2026-11-01T09:00"},
      {"America/New_York", "2026-11-01", 1h + 10min, 1h + 40min,
       "2026-11-01T05:10 - 2026-11-01T05:40"},
      {"America/New_York", "2026-11-01", 1h, 2h, "2026-11-01T05:00 - 2026-11-01T07:00"},
      {"America/New_York", "2026-11-01", 1h + 30min, 3h, "2026-11-01T05:30 - 2026-11-01T08:00"},
      {"America/New_York", "2026-11-01", 0h, 1h + 30min, "2026-11-01T04:00 - 2026-11-01T05:30"},
      {"Europe/London", "2026-03-29", 1h + 30min, 3h, "2026-03-29T01:00 - 2026-03-29T02:00"},
      {"Europe/London", "2026-03-29", 1h, 2h, ""},
      {"Europe/London", "2026-10-25", 1h + 15min, 1h + 45min,
       "2026-10-25T00:15 - 2026-10-25T00:45"},
      {"Europe/London", "2026-10-25", 0h, 2h, "2026-10-24T23:00 - 2026-10-25T02:00"},
      // half an hour: missing 02:00 to 02:30, twice 01:30 to 02:00
      {"Australia/Lord_Howe", "2026-10-04", 2h + 15min, 3h, "2026-10-03T15:30 - 2026-10-03T16:00"},
      {"Australia/Lord_Howe", "2026-10-04", 2h, 2h + 30min, ""},
      {"Australia/Lord_Howe", "2026-04-05", 1h + 40min, 1h + 50min,
       "2026-04-04T14:40 - 2026-04-04T14:50"},
      {"Australia/Lord_Howe", "2026-04-05", 1h, 3h, "2026-04-04T14:00 - 2026-04-04T16:30"},
      {"Asia/Tokyo", "2026-03-08", 2h, 3h, "2026-03-07T17:00 - 2026-03-07T18:00"},
      {"Asia/Tokyo", "2026-11-01", 1h, 2h, "2026-10-31T16:00 - 2026-10-31T17:00"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.zone);
    CAPTURE(c.day);
    CAPTURE(c.from.count());
    CAPTURE(c.to.count());
    const auto expected = c.opens.empty() ? Texts{} : Texts{std::string(c.opens)};
    CHECK(in_year(daily(c.day, c.day, c.from, c.to), c.zone) == expected);
  }
}

TEST_CASE("RES-11: a day that did not happen has no window") {
  CHECK(in_year(daily("2011-12-29", "2011-12-31", 9h, 17h), "Pacific/Apia", 2011) ==
        Texts{"2011-12-29T19:00 - 2011-12-30T03:00", "2011-12-30T19:00 - 2011-12-31T03:00"});
}

TEST_CASE("RES-11: a wall that goes back across midnight does not take the begun day back") {
  // one minute past midnight on 7 November 2010, at 02:31 UTC, it was 23:01 on the 6th again
  const auto newfoundland = zone("America/St_Johns");
  const Timing timing = daily("2010-11-07", "2010-11-07", 0h, 24h);
  CHECK(in_year(timing, "America/St_Johns", 2010) == Texts{"2010-11-07T02:30 - 2010-11-08T03:30"});
  CHECK(!open_at(timing, newfoundland, Holidays{}, wall("2010-11-07T02:29:00Z")));
  CHECK(open_at(timing, newfoundland, Holidays{}, wall("2010-11-07T02:30:00Z")));
  CHECK(open_at(timing, newfoundland, Holidays{}, wall("2010-11-07T03:00:00Z")));
}

TEST_CASE("RES-21: holidays as a weekday, always, never") {
  // Monday 4 May to Wednesday 6 May 2026 are holidays, Thursday is none
  auto recurrence = daily("2026-05-04", "2026-05-08", 9h, 10h);
  recurrence.weekdays = days({1, 3});
  const auto valid = [&recurrence] {
    std::string valid_days;
    for (auto at = recurrence.first; at <= recurrence.last; at += std::chrono::days{1}) {
      if (valid_on(recurrence, product_holidays(), at))
        valid_days += format_day(at).substr(8) + " ";
    }
    return valid_days;
  };
  CHECK(valid() == "05 07 ");
  recurrence.holidays = OnHolidays::valid;
  CHECK(valid() == "04 05 06 07 ");
  recurrence.holidays = OnHolidays::not_valid;
  CHECK(valid() == "07 ");
  // RES-22: the lists go before the holiday rule and the weekdays
  recurrence.extra = {day("2026-05-05"), day("2026-05-08")};
  CHECK(valid() == "05 07 08 ");
  recurrence.holidays = OnHolidays::valid;
  recurrence.extra.clear();
  recurrence.excluded = {day("2026-05-05"), day("2026-05-07")};
  CHECK(valid() == "04 06 ");
  // neither reaches out of the span
  recurrence.extra = {day("2026-05-09")};
  CHECK(!valid_on(recurrence, product_holidays(), day("2026-05-09")));
}

TEST_CASE("RES-21: names of the holiday rules") {
  CHECK(name_of(OnHolidays::as_weekday) == "as_weekday");
  CHECK(name_of(OnHolidays::valid) == "valid");
  CHECK(name_of(OnHolidays::not_valid) == "not_valid");
}

TEST_CASE("RES-2: once, from start to end") {
  const Span span{local("2026-03-07 15:00"), local("2026-03-08 10:00")};
  CHECK(in_year(span, "Asia/Tokyo") == Texts{"2026-03-07T06:00 - 2026-03-08T01:00"});
  CHECK(in_year(Span{local("2026-03-08 02:00"), local("2026-03-08 03:00")}, "America/New_York") ==
        Texts{});
  CHECK(in_year(span, "Asia/Tokyo", 2027) == Texts{});
}

TEST_CASE("RES-50: days of the week without an end") {
  const Weekly weekly{days({5}), 8h, 12h};
  const auto tokyo = zone("Asia/Tokyo");
  const auto found =
      occurrences(weekly, tokyo, Holidays{}, wall("2098-12-21T00:00:00Z"), all_time.end, 2);
  CHECK(texts(found) ==
        Texts{"2098-12-26T23:00 - 2098-12-27T03:00", "2099-01-02T23:00 - 2099-01-03T03:00"});
  CHECK(!extent(weekly, tokyo, Holidays{}));
}

TEST_CASE("RES-2: occurrences that end after, start before, at most so many") {
  const auto tokyo = zone("Asia/Tokyo");
  const Holidays holidays;
  const auto recurrence = daily("2026-03-02", "2026-03-06", 9h, 10h);  // 00:00 to 01:00 UTC
  const auto count = [&](std::string_view after, std::string_view until, std::size_t most = all) {
    return occurrences(recurrence, tokyo, holidays, wall(after), wall(until), most).size();
  };
  CHECK(count("2026-03-02T00:00:00Z", "2026-03-02T00:00:00.001Z") == 1);
  CHECK(count("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z") == 0);
  CHECK(count("2026-03-02T00:59:59.999Z", "2026-03-02T01:00:00Z") == 1);
  CHECK(count("2026-03-02T01:00:00Z", "2026-03-03T00:00:00Z") == 0);
  CHECK(count("2026-03-02T00:00:00Z", "2026-03-06T00:00:00.001Z") == 5);
  CHECK(count("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", 3) == 3);
  CHECK(count("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", 0) == 0);
  CHECK(count("2026-03-03T00:00:00Z", "2026-03-02T00:00:00Z") == 0);
  CHECK(occurrences(Always{}, tokyo, holidays, WallTime{}, WallTime{1ms}, 5) ==
        std::vector{all_time});
}

TEST_CASE("RES-23: the current or the next one, and whether it is open") {
  const auto tokyo = zone("Asia/Tokyo");
  const Holidays holidays;
  const Timing recurrence = daily("2026-03-02", "2026-03-03", 9h, 10h);
  struct Case {
    std::string_view when;
    std::string_view found;
    bool open;
  };
  const Case cases[] = {
      {"2020-01-01T00:00:00Z", "2026-03-02T00:00 - 2026-03-02T01:00", false},
      {"2026-03-01T23:59:59.999Z", "2026-03-02T00:00 - 2026-03-02T01:00", false},
      {"2026-03-02T00:00:00Z", "2026-03-02T00:00 - 2026-03-02T01:00", true},
      {"2026-03-02T00:59:59.999Z", "2026-03-02T00:00 - 2026-03-02T01:00", true},
      {"2026-03-02T01:00:00Z", "2026-03-03T00:00 - 2026-03-03T01:00", false},
      {"2026-03-03T01:00:00Z", "", false},
      {"2015-01-01T00:00:00Z", "", false},  // more than ten years ahead
  };
  for (const auto& c : cases) {
    CAPTURE(c.when);
    const auto found = current_or_next(recurrence, tokyo, holidays, wall(c.when));
    CHECK((found ? text(*found) : "") == c.found);
    CHECK(open_at(recurrence, tokyo, holidays, wall(c.when)) == c.open);
  }
  CHECK(open_at(Always{}, tokyo, holidays, WallTime{}));
  CHECK(current_or_next(Always{}, tokyo, holidays, WallTime{}) == all_time);
}

TEST_CASE("RES-23: the ends of time do no harm") {
  const auto york = zone("America/New_York");
  const Holidays holidays;
  const Timing timings[] = {Always{}, Span{local("2026-01-01 00:00"), local("2026-01-02 00:00")},
                            daily("2026-01-01", "2026-12-31", 9h, 10h), Weekly{every_day, 1h, 2h}};
  for (const auto& timing : timings) {
    CHECK(occurrences(timing, york, holidays, WallTime::min(), WallTime::max(), 1).size() == 1);
    open_at(timing, york, holidays, WallTime::min());
    open_at(timing, york, holidays, WallTime::max());
    current_or_next(timing, york, holidays, WallTime::min());
    const bool always = std::holds_alternative<Always>(timing);
    CHECK(!(current_or_next(timing, york, holidays, WallTime::max()) && !always));
  }
}

TEST_CASE("RES-23: from the first start to the last end") {
  const auto tokyo = zone("Asia/Tokyo");
  const auto holidays = product_holidays();
  const auto of = [&](const Timing& timing) {
    const auto found = extent(timing, tokyo, holidays);
    return found ? text(*found) : "";
  };
  auto recurrence = daily("2026-03-01", "2026-03-31", 9h, 10h);
  CHECK(of(recurrence) == "2026-03-01T00:00 - 2026-03-31T01:00");
  recurrence.weekdays = days({0});
  CHECK(of(recurrence) == "2026-03-02T00:00 - 2026-03-30T01:00");
  recurrence.last = day("2026-03-08");
  CHECK(of(recurrence) == "2026-03-02T00:00 - 2026-03-02T01:00");
  recurrence.excluded = {day("2026-03-02")};
  CHECK(of(recurrence) == "");
  recurrence.extra = {day("2026-03-08")};
  CHECK(of(recurrence) == "2026-03-08T00:00 - 2026-03-08T01:00");
  CHECK(of(Span{local("2026-03-07 15:00"), local("2026-03-08 10:00")}) ==
        "2026-03-07T06:00 - 2026-03-08T01:00");
  CHECK(of(Always{}) == "");
  CHECK(of(Weekly{every_day, 1h, 2h}) == "");
}
