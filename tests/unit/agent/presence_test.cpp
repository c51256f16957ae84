#include "cloud-agent/agent/presence.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {
constexpr SteadyTime start{1h};

json::object status(std::string_view boot, int head, std::string_view clock) {
  return json::parse(cat(R"({"boot":")", boot, R"(","version":"1.2","clock":")", clock,
                         R"(","journal":{"id":"j-0a1b2c3d","head":)", head, "}}"))
      .as_object();
}
}  // namespace

TEST_CASE("presence: the words") {
  Presence presence;
  CHECK_FALSE(presence.next(start));  // nothing known yet
  presence.online(status("b1", 7, "trusted"));
  CHECK(
      presence.next(start) ==
      R"({"presence":"online","boot":"b1","version":"1.2","clock":"trusted","journal":"j-0a1b2c3d",)"
      R"("head":7})");
  CHECK(Presence::offline("lost") == R"({"presence":"offline","reason":"lost"})");
}

TEST_CASE("presence: a head alone is told once a minute, all else at once") {
  Presence presence;
  presence.online(status("b1", 7, "untrusted"));
  REQUIRE(presence.next(start));
  CHECK_FALSE(presence.next(start + 1h));  // nothing new
  presence.online(status("b1", 8, "untrusted"));
  CHECK_FALSE(presence.next(start + 59s));
  CHECK(presence.next(start + 60s));
  presence.online(status("b1", 8, "trusted"));
  CHECK(presence.next(start + 61s));
  presence.online(status("b2", 8, "trusted"));
  CHECK(presence.next(start + 62s));
}

TEST_CASE("presence: offline while genkand is away, online when it is back, all again on request") {
  Presence presence;
  presence.online(status("b1", 7, "trusted"));
  REQUIRE(presence.next(start));
  presence.daemon_away();
  CHECK(presence.next(start) == R"({"presence":"offline","reason":"daemon_away"})");
  presence.daemon_away();
  CHECK_FALSE(presence.next(start));
  presence.online(status("b1", 7, "trusted"));
  CHECK(presence.next(start));
  CHECK_FALSE(presence.next(start));
  presence.resend();
  CHECK(presence.next(start));
}

TEST_CASE("presence: a status without what is asked for is no reason to fall") {
  Presence presence;
  presence.online(json::parse(R"({"boot":7,"journal":[]})").as_object());
  CHECK(presence.next(start) ==
        R"({"presence":"online","boot":"","version":"","clock":"","journal":"","head":0})");
}

TEST_CASE(
    "presence: when the certificate ends, if the gateway is claimed, and at once if renewed") {
  Presence presence;
  auto now = status("b1", 7, "trusted");
  now["cloud"] = json::parse(R"({"claimed":false,"certificate_ends":null})");
  presence.online(now);
  CHECK(presence.next(start)->find("certificate_ends") == std::string::npos);
  now["cloud"] = json::parse(R"({"claimed":true,"certificate_ends":"2027-11-20T09:05:07.000Z"})");
  presence.online(now);
  const auto said = presence.next(start + 1s);
  REQUIRE(said);
  CHECK(json::parse(*said).at("certificate_ends") == "2027-11-20T09:05:07.000Z");
}

}  // namespace genkan::agent
