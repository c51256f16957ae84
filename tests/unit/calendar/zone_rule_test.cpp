#include "firmware/domain/calendar/zone_rule.hpp"

#include <string>

#include <doctest/doctest.h>

#include "firmware/base/clock.hpp"
#include "firmware/base/text.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

// "2050-03-13T07:00:00.000Z -14400; …"
std::string changes(std::string_view rule, int year) {
  const auto parsed = ZoneRule::parse(rule);
  if (!parsed) return "no rule";
  std::string text;
  for (const auto& change : parsed->changes(std::chrono::year{year}, std::chrono::year{year})) {
    text += cat(text.empty() ? "" : "; ", format_time(change.at), " ", change.offset.count());
  }
  return text;
}

}  // namespace

TEST_CASE("RES-11: the rule at the end of a zone's file") {
  struct Case {
    std::string_view rule;
    int year;
    std::string_view changes;
  };
  const Case cases[] = {
      {"JST-9", 2050, ""},
      {"<+0545>-5:45", 2050, ""},
      {"EST5EDT,M3.2.0,M11.1.0", 2050,
       "2050-03-13T07:00:00.000Z -14400; 2050-11-06T06:00:00.000Z -18000"},
      {"GMT0BST,M3.5.0/1,M10.5.0", 2050,
       "2050-03-27T01:00:00.000Z 3600; 2050-10-30T01:00:00.000Z 0"},
      // the south: the year begins in summer
      {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2050,
       "2050-04-02T15:00:00.000Z 37800; 2050-10-01T15:30:00.000Z 39600"},
      // winter time is the exception, an hour back
      {"IST-1GMT0,M10.5.0,M3.5.0/1", 2050,
       "2050-03-27T01:00:00.000Z 3600; 2050-10-30T01:00:00.000Z 0"},
      // changes on the evening before, and two days after
      {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2050,
       "2050-03-27T01:00:00.000Z -3600; 2050-10-30T01:00:00.000Z -7200"},
      {"EET-2EEST,M3.4.4/50,M10.4.4/50", 2050,
       "2050-03-26T00:00:00.000Z 10800; 2050-10-28T23:00:00.000Z 7200"},
      // days of the year: J leaves 29 February out, a bare number counts it and begins at 0
      {"IRST-3:30IRDT,J80/0,J264/0", 2052,
       "2052-03-20T20:30:00.000Z 16200; 2052-09-20T19:30:00.000Z 12600"},
      {"AAA0BBB,59/0,60/0", 2052, "2052-02-29T00:00:00.000Z 3600; 2052-02-29T23:00:00.000Z 0"},
      {"AAA0BBB,J59/0,J60/0", 2052, "2052-02-28T00:00:00.000Z 3600; 2052-02-29T23:00:00.000Z 0"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.rule);
    CHECK(changes(c.rule, c.year) == c.changes);
  }
}

TEST_CASE("RES-11: summer time all the year never ends") {
  CHECK(changes("XXX3EDT4,0/0,J365/23", 2050) ==
        "2050-01-01T03:00:00.000Z -14400; 2051-01-01T03:00:00.000Z -10800");
  const auto rule = ZoneRule::parse("XXX3EDT4,0/0,J365/23").value();
  const auto three_years = rule.changes(std::chrono::year{2050}, std::chrono::year{2052});
  REQUIRE(three_years.size() == 4);
  CHECK(three_years[0].offset == -4h);
  CHECK(three_years[1].offset == -4h);
  CHECK(three_years[2].offset == -4h);
}

TEST_CASE("RES-11: what is no rule for later years") {
  for (const auto* text :
       {"", "5", "EST", "ES5", "EST5EDT", "EST25", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,",
        "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0",
        "EST5EDT,M3.2.0,M11.1.0x", "EST5EDT,J0,J365", "EST5EDT,0,366", "EST5:60", "<+03-3",
        "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0/2:,M11.1.0", "EST5 EDT,M3.2.0,M11.1.0"}) {
    CAPTURE(text);
    CHECK(!ZoneRule::parse(text));
  }
}
