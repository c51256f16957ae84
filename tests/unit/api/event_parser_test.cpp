#include "firmware/base/event_parser.hpp"

#include <doctest/doctest.h>

namespace genkan {

TEST_CASE("events: put together however the bytes arrive") {
  const std::string bytes =
      ":\n\nid: 7\nevent: record\ndata: {\"a\":1}\n\n: comment\r\nevent: x\r\ndata:one\r\n"
      "data: two\r\n\r\ndata: last\n\nevent: unfinished\ndata: x\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    EventParser parser;
    std::vector<ApiEvent> events;
    const auto take = [&events](const ApiEvent& event) {
      events.push_back(event);
      return true;
    };
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      REQUIRE(parser.feed(std::string_view(bytes).substr(at, piece), take) ==
              EventParser::Outcome::more);
    }
    REQUIRE(events.size() == 3);
    CHECK(events[0].id == "7");
    CHECK(events[0].name == "record");
    CHECK(events[0].data == "{\"a\":1}");
    CHECK(events[1].name == "x");
    CHECK(events[1].data == "one\ntwo");
    CHECK(events[2].name.empty());
    CHECK(events[2].data == "last");
  }
}

TEST_CASE("events: an event has a bound, and whoever takes them can stop") {
  EventParser parser;
  const auto go_on = [](const ApiEvent&) { return true; };
  const std::string long_line(EventParser::most_bytes + 1, 'x');
  CHECK(parser.feed(long_line, go_on) == EventParser::Outcome::too_large);
  EventParser other;
  const auto stop = [](const ApiEvent&) { return false; };
  CHECK(other.feed("data: a\n\ndata: b\n\n", stop) == EventParser::Outcome::stopped);
}

}  // namespace genkan
