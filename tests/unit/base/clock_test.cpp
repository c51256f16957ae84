#include "firmware/base/clock.hpp"

#include <doctest/doctest.h>

using namespace genkan;

TEST_CASE("clock: times are written and read back in RFC 3339") {
  for (const auto* text :
       {"1970-01-01T00:00:00.000Z", "2026-11-20T09:05:07.123Z", "2028-02-29T23:59:59.999Z"}) {
    const auto time = parse_time(text);
    REQUIRE(time);
    CHECK(format_time(*time) == text);
  }
  CHECK(format_time(*parse_time("2026-11-20T09:05:07Z")) == "2026-11-20T09:05:07.000Z");
  CHECK(format_time(*parse_time("2026-11-20T09:05:07.5Z")) == "2026-11-20T09:05:07.500Z");
}

TEST_CASE("clock: what is no time is refused") {
  for (const auto* text :
       {"", "2026-11-20", "2026-11-20T09:05:07", "2026-13-20T09:05:07Z", "2026-02-30T09:05:07Z",
        "2026-11-20T24:00:00Z", "2026-11-20T09:05:07.Z", "2026-11-20T09:05:07.1x3Z",
        "2026-11-20 09:05:07Z", "1969-12-31T23:59:59Z", "2026-11-20T09:05:07+09:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text));
  }
}
