#include "firmware/domain/calendar/local_time.hpp"

#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/calendar/libc_zone.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

TimeZone zone(std::string_view name) { return TimeZone::named(name).value(); }
LocalTime local(std::string_view text) { return parse_local(text).value(); }
WallTime wall(std::string_view text) { return parse_time(text).value(); }

// The zones that the product is held against, and a few with habits of their own: changes at
// midnight, a day left out, half hours, negative daylight saving, changes before midnight.
const std::vector<std::string> zones{
    "Asia/Tokyo",   "America/New_York",  "Europe/London",   "Australia/Lord_Howe", "UTC",
    "Africa/Cairo", "America/Havana",    "Pacific/Apia",    "Europe/Dublin",       "America/Nuuk",
    "Asia/Gaza",    "Africa/Casablanca", "Asia/Kathmandu",  "Pacific/Chatham",     "Europe/Moscow",
    "Asia/Tehran",  "America/Sao_Paulo", "Antarctica/Troll"};

}  // namespace

TEST_CASE("RES-11: the moment at which the wall shows a time, gaps and repeats") {
  struct Case {
    std::string_view zone;
    std::string_view local;
    std::string_view wall;
  };
  const Case cases[] = {
      {"Asia/Tokyo", "2026-03-08 01:00", "2026-03-07T16:00:00Z"},
      {"Asia/Tokyo", "1970-01-01 09:00", "1970-01-01T00:00:00Z"},
      // 02:00 to 03:00 is missing on 8 March, 01:00 to 02:00 comes twice on 1 November
      {"America/New_York", "2026-03-08 01:59", "2026-03-08T06:59:00Z"},
      {"America/New_York", "2026-03-08 02:00", "2026-03-08T07:00:00Z"},
      {"America/New_York", "2026-03-08 02:30", "2026-03-08T07:00:00Z"},
      {"America/New_York", "2026-03-08 03:00", "2026-03-08T07:00:00Z"},
      {"America/New_York", "2026-11-01 00:59", "2026-11-01T04:59:00Z"},
      {"America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z"},
      {"America/New_York", "2026-11-01 02:00", "2026-11-01T07:00:00Z"},
      // 01:00 to 02:00 is missing on 29 March, and comes twice on 25 October
      {"Europe/London", "2026-03-29 01:15", "2026-03-29T01:00:00Z"},
      {"Europe/London", "2026-10-25 01:15", "2026-10-25T00:15:00Z"},
      {"Europe/London", "2026-10-25 02:00", "2026-10-25T02:00:00Z"},
      // half an hour: 02:00 to 02:30 is missing on 4 October, 01:30 to 02:00 twice on 5 April
      {"Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30:00Z"},
      {"Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03T15:30:00Z"},
      {"Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z"},
      {"Australia/Lord_Howe", "2026-04-05 02:00", "2026-04-04T15:30:00Z"},
      // 30 December 2011 did not happen
      {"Pacific/Apia", "2011-12-30 12:00", "2011-12-30T10:00:00Z"},
      {"Pacific/Apia", "2011-12-31 00:00", "2011-12-30T10:00:00Z"},
      // beyond the changes that the zone's file lists
      {"America/New_York", "2050-07-01 12:00", "2050-07-01T16:00:00Z"},
      {"America/New_York", "2099-01-01 12:00", "2099-01-01T17:00:00Z"},
      {"Australia/Lord_Howe", "2060-01-01 12:00", "2060-01-01T01:00:00Z"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.zone);
    CAPTURE(c.local);
    CHECK(format_time(zone(c.zone).to_wall(local(c.local))) == format_time(wall(c.wall)));
  }
}

TEST_CASE("RES-11: every zone's wall is the C library's, from 1970 to 2099") {
  std::mt19937_64 engine(11);
  const auto end = wall("2099-12-31T00:00:00Z").time_since_epoch().count();
  std::uniform_int_distribution<std::int64_t> milliseconds(0, end);
  for (const auto& name : zones) {
    const LibcZone libc(name);
    const auto ours = zone(name);
    CAPTURE(name);
    for (int n = 0; n < 2000; ++n) {
      const WallTime when{std::chrono::milliseconds{milliseconds(engine)}};
      CAPTURE(format_time(when));
      REQUIRE(format_local(ours.to_local(when)) == format_local(libc.at(when)));
    }
  }
}

TEST_CASE("RES-11: around every change, both ways, minute by minute for the odd ones") {
  const auto end = wall("2099-12-31T00:00:00Z");
  for (const auto& name : zones) {
    const LibcZone libc(name);
    const auto ours = zone(name);
    CAPTURE(name);
    auto change = ours.next_change(WallTime{}, end);
    for (; change < end; change = ours.next_change(change, end)) {
      CAPTURE(format_time(change));
      const auto before = ours.to_local(change - 1min) + 1min;
      const auto after = ours.to_local(change);
      REQUIRE(before != after);
      REQUIRE(after == libc.at(change));
      REQUIRE(ours.to_local(change - 1ms) == libc.at(change - 1ms));
      // a missing time is the change itself; a repeated one is before it
      const auto low = std::min(before, after);
      const auto high = std::max(before, after);
      for (auto between = low; between < high; between += 7min) {
        const auto expected = before < after ? change : change - (before - between);
        REQUIRE(format_time(ours.to_wall(between)) == format_time(expected));
      }
      REQUIRE(ours.to_wall(high) == (before < after ? change : change + (before - after)));
    }
  }
}

TEST_CASE(
    "RES-11: to the wall and back is the same in every minute of a year, but for skipped ones") {
  for (const auto& name : {"America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"}) {
    const auto ours = zone(name);
    auto last = ours.to_wall(local("2026-01-01 00:00")) - 1min;
    for (auto at = local("2026-01-01 00:00"); at < local("2027-01-01 00:00"); at += 1min) {
      const auto when = ours.to_wall(at);
      const bool in_order = when >= last && ours.to_local(when) >= at;
      const bool first = ours.to_local(when) == at || ours.to_local(when - 1ms) < at;
      if (!in_order || !first) FAIL(format_local(at));
      last = when;
    }
  }
}

TEST_CASE("RES-11: the next change of the offset") {
  const auto york = zone("America/New_York");
  const auto until = wall("2027-01-01T00:00:00Z");
  CHECK(york.next_change(wall("2026-01-01T00:00:00Z"), until) == wall("2026-03-08T07:00:00Z"));
  CHECK(york.next_change(wall("2026-03-08T06:59:59.999Z"), until) == wall("2026-03-08T07:00:00Z"));
  CHECK(york.next_change(wall("2026-03-08T07:00:00Z"), until) == wall("2026-11-01T06:00:00Z"));
  CHECK(york.next_change(wall("2026-11-01T06:00:00Z"), until) == until);
  CHECK(zone("Asia/Tokyo").next_change(WallTime{}, until) == until);
}

TEST_CASE("RES-11: an unknown zone is told with what a name looks like") {
  for (const auto* name : {"", "Mars/Phobos", "asia/tokyo", "/etc/passwd", "../../etc/passwd",
                           "Asia", "JST-9", "Asia/Tokyo\n", "zone.tab", "leapseconds", "+09:00",
                           "right/Asia/Tokyo", "posix/Asia/Tokyo"}) {
    CAPTURE(name);
    const auto found = TimeZone::named(name);
    REQUIRE(!found);
    CHECK(found.error().code() == ErrorCode::unknown);
    CHECK(found.error().message().find("Asia/Tokyo or America/New_York") != std::string::npos);
  }
  CHECK(zone("Japan").name() == "Japan");
}

TEST_CASE("RES-11: dates and times as text, strictly") {
  CHECK(format_day(parse_day("2026-03-08").value()) == "2026-03-08");
  CHECK(format_local(local("2026-03-08 01:00")) == "2026-03-08 01:00");
  CHECK(format_local(local("1970-01-01 23:59")) == "1970-01-01 23:59");
  CHECK(format_day(parse_day("2024-02-29").value()) == "2024-02-29");
  for (const auto* text : {"", "2026-3-8", "2026-03-8 ", "2026-02-29", "2026-13-01", "2026-00-01",
                           "2026-01-00", "2026/03/08", "20260308", "-026-03-08", "+026-03-08",
                           "2026-03-+8", "2026-03-08x", " 2026-03-08"}) {
    CAPTURE(text);
    CHECK(!parse_day(text));
  }
  for (const auto* text :
       {"", "2026-03-08", "2026-03-08T01:00", "2026-03-08 24:00", "2026-03-08 01:60",
        "2026-03-08 1:00", "2026-03-08 01:00:00", "2026-02-30 01:00", "2026-03-08 -1:00"}) {
    CAPTURE(text);
    CHECK(!parse_local(text));
  }
}
