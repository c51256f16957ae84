#include "cloud-agent/mqtt/place.hpp"

#include <doctest/doctest.h>

namespace genkan::mqtt {

TEST_CASE("place: what is read, and what its port is if none is given") {
  struct Case {
    const char* uri;
    const char* host;
    int port;
    bool tls;
  };
  const Case cases[] = {
      {"tcp://127.0.0.1:1884", "127.0.0.1", 1884, false},
      {"tcp://broker.example", "broker.example", 1883, false},
      {"tcp://[::1]", "[::1]", 1883, false},
      {"tcp://[fe80::1]:9", "[fe80::1]", 9, false},
      {"ssl://broker.example", "broker.example", 8883, true},
      {"ssl://192.0.2.7:65535", "192.0.2.7", 65535, true},
      {"mqtts://broker_1-a.example:443", "broker_1-a.example", 443, true},
  };
  for (const Case& each : cases) {
    CAPTURE(each.uri);
    const auto place = parse_place(each.uri);
    REQUIRE(place);
    CHECK(place->host == each.host);
    CHECK(place->port == each.port);
    CHECK(place->tls.has_value() == each.tls);
    CHECK(parse_place(uri_of(*place)).value() == *place);
  }
}

TEST_CASE("place: whatever is not surely a broker is none") {
  const char* cases[] = {
      "",           "broker",     "broker:1883", "TCP://b",       "http://b",    "ssl:/b",
      "ssl://",     "ssl://:1",   "tcp://b:0",   "tcp://b:65536", "tcp://b:",    "tcp://b:1x",
      "tcp://b: 1", "tcp://a b",  "tcp://a/b",   "tcp://u@b",     "tcp://b?x=1", "tcp://::1",
      "tcp://[]",   "tcp://[::1", "tcp://b\n",   "ws://b",        "ssl://b#1",   "tcp://[a]b:1",
  };
  for (const char* uri : cases) {
    CAPTURE(uri);
    const auto place = parse_place(uri);
    REQUIRE_FALSE(place);
    CHECK(place.error().message().find("ssl://HOST:PORT") != std::string::npos);
  }
  CHECK_FALSE(parse_place(std::string("tcp://") + std::string(254, 'a')));
}

TEST_CASE("place: an address that cannot be verified is refused with TLS") {
  const auto place = parse_place("ssl://[::1]:8883");
  REQUIRE_FALSE(place);
  CHECK(place.error().message().find("cannot be verified") != std::string::npos);
}

}  // namespace genkan::mqtt
