#include "firmware/domain/calendar/forgiving_time.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace genkan;
using namespace genkan::domain;

TEST_CASE("RES-4: forgiving times, and the time that results") {
  struct Case {
    std::string_view date;
    std::string_view time;
    std::string_view local;
  };
  const Case cases[] = {
      {"2026-03-07", "2500", "2026-03-08 01:00"},  {"2026-3-7", "2500", "2026-03-08 01:00"},
      {"2026/03/07", "25:00", "2026-03-08 01:00"}, {"20260307", "0900", "2026-03-07 09:00"},
      {"2026-03-07", "900", "2026-03-07 09:00"},   {"2026-03-07", "9:00", "2026-03-07 09:00"},
      {"2026-03-07", "9:5", "2026-03-07 09:05"},   {"2026-03-07", "000", "2026-03-07 00:00"},
      {"2026-03-07", "0000", "2026-03-07 00:00"},  {"2026-03-07", "2400", "2026-03-08 00:00"},
      {"2026-03-07", "0060", "2026-03-07 01:00"},  {"2026-03-07", "0099", "2026-03-07 01:39"},
      {"2026-03-07", "9999", "2026-03-11 04:39"},  {"2026-03-07", "99:99", "2026-03-11 04:39"},
      {"2026-03-32", "0900", "2026-04-01 09:00"},  {"20260332", "0900", "2026-04-01 09:00"},
      {"2026-02-29", "0900", "2026-03-01 09:00"},  {"2024-02-29", "0900", "2024-02-29 09:00"},
      {"2024-2-30", "0900", "2024-03-01 09:00"},   {"2026-12-32", "2500", "2027-01-02 01:00"},
      {"2026-03-99", "0000", "2026-06-07 00:00"},  {" 2026-03-07 ", " 0900 ", "2026-03-07 09:00"},
      {"1970-01-01", "0000", "1970-01-01 00:00"},  {"2099-12-31", "2359", "2099-12-31 23:59"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.date);
    CAPTURE(c.time);
    const auto found = forgiving_time(c.date, c.time);
    REQUIRE(found);
    CHECK(format_local(*found) == c.local);
  }
}

TEST_CASE("RES-4: what cannot be a time is refused with what would be right") {
  for (const auto* time : {"", " ", "9", "90", "10000", "-900", "+900", "9h", "9:", ":30", "9:5:0",
                           "09.00", "9 00", "100:00", "9:100", "noon", "0x90", "９００", "900a"}) {
    CAPTURE(time);
    const auto found = forgiving_time("2026-03-07", time);
    REQUIRE(!found);
    CHECK(found.error().code() == ErrorCode::invalid);
    CHECK(found.error().message().find("is no time; write hours and minutes such as 0900, 9:00 or "
                                       "25:30, up to 9999") != std::string::npos);
    CHECK(!forgiving_minutes(time));
  }
  for (const auto* date :
       {"",           "2026-00-07", "2026-13-07", "2026-03-00", "2026-03-100",  "20260300",
        "2026037",    "202603071",  "26-03-07",   "2026-03",    "2026-03-07-1", "2026-03/07",
        "03/07/2026", "2026--07",   "2026-03-",   "1969-12-31", "2100-01-01",   "-026-03-07",
        "2026-+3-07", "tomorrow"}) {
    CAPTURE(date);
    const auto found = forgiving_time(date, "0900");
    REQUIRE(!found);
    CHECK(found.error().code() == ErrorCode::invalid);
    CHECK(
        found.error().message().find("is no date; write year, month and day such as 2026-03-07 or "
                                     "20260307, years 1970 to 2099") != std::string::npos);
  }
}

TEST_CASE("RES-4: a time of day alone") {
  CHECK(forgiving_minutes("2500").value() == 25h);
  CHECK(forgiving_minutes("9:5").value() == 9h + 5min);
  CHECK(forgiving_minutes("9999").value() == 99h + 99min);
  CHECK(forgiving_minutes("bad\nthing").error().message().find('\n') == std::string::npos);
}
