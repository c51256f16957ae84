// A gateway and its cloud: enrolled, claimed, commanded by signed requests over TLS, mirrored.
#include <string>

#include <doctest/doctest.h>
#include <signal.h>

#include "tests/integration/estate.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 30s;

}  // namespace

TEST_CASE("REM-4: claimed, a cloud's signed commands move bolts, over kills of everybody between") {
  Estate estate;
  estate.open();

  const auto unlocked = estate.command("lock-101", "unlock");
  CHECK_MESSAGE(unlocked.code == 0, unlocked.output);
  CHECK(unlocked.output.find("\"done\"") != std::string::npos);
  CHECK(estate.bolt("lock-101") == "unlocked");
  CHECK(wait_until([&] { return estate.mirrored(); }, soon));

  estate.house.gateway.kill();
  estate.house.gateway.start();
  estate.house.gateway.wait_fresh(soon);
  REQUIRE(wait_until([&] { return estate.connected(); }, soon));
  const auto locked = estate.command("lock-101", "lock");
  CHECK_MESSAGE(locked.code == 0, locked.output);
  CHECK(estate.bolt("lock-101") == "locked");

  estate.cloud.kill();
  estate.agent->signal(SIGKILL);
  estate.agent->wait(5s);
  CHECK(obeys(estate.house.gateway, "lock-102", "unlock"));
  estate.start_agent();
  estate.cloud.start();
  CHECK(wait_until([&] { return estate.mirrored(); }, soon));
  const auto fleet = estate.cloud.run({"fleet"});
  CHECK_MESSAGE(fleet.output.find(estate.house.gateway.id()) != std::string::npos, fleet.output);
}

TEST_CASE("SITE-1, API-3: a claimed gateway takes no other contract without its owner's consent") {
  Estate estate;
  estate.start_agent();
  estate.claim();
  const Cloud other(estate.house.folder.path() / "other");
  const auto enrolled =
      other.run({"enrol", estate.cloud.path("gw.pem").string(), "--contract", "SPID-0002",
                 "--gateway", estate.house.gateway.id(), "--out", other.path("gw.json").string()});
  REQUIRE_MESSAGE(enrolled.code == 0, enrolled.output);
  const auto refused = cli(estate.house.gateway, {"claim", other.path("gw.json").string()});
  CHECK(refused.code == 1);
  CHECK_MESSAGE(refused.output.find("consent") != std::string::npos, refused.output);
  // Nobody ever reached a broker, and the doors work.
  CHECK(obeys(estate.house.gateway, "lock-101", "unlock"));
}

}  // namespace genkan::test
