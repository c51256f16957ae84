#include "cloud-agent/relay/recheck.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

// A day in a few ticks: what is due at its end, and what that brings.
void pass_day(Town& town) {
  town.clock.pass(Recheck::every);
  town.pass(seconds(20));
}

}  // namespace

TEST_CASE("recheck: what an answer passed over is not lost to the mirror for ever") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(500);
  gateway.forget_below(120);
  gateway.hidden_to = 400;
  town.say_online();
  town.pass(seconds(15));
  CHECK(town.count("SELECT min(seq) FROM records") == 401);
  CHECK(town.count("SELECT whole FROM journals") == 500);

  pass_day(town);
  CHECK(town.count("SELECT min(seq) FROM records") == 401);  // it lies still
  gateway.hidden_to = 0;
  pass_day(town);
  CHECK(town.count("SELECT count(*) FROM records") == 381);
  CHECK(town.count("SELECT min(seq) FROM records") == 120);
  CHECK(town.count("SELECT whole FROM journals") == 500);
  CHECK(town.count("SELECT count(*) FROM gone") == 1);
  CHECK(town.count("SELECT last FROM gone") == 119);
}

TEST_CASE("recheck: what is gone is asked for once a day, not at all while the gateway is away") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(200);
  gateway.forget_below(101);
  town.say_online();
  town.pass(seconds(15));
  const int pages = gateway.pages;
  town.clock.pass(Recheck::first_after);
  town.pass(seconds(10));
  CHECK(gateway.pages == pages + 1);
  town.clock.pass(Recheck::every - hours(1));
  town.pass(seconds(10));
  CHECK(gateway.pages == pages + 1);
  town.deliver(gateway.presence(false));
  pass_day(town);
  CHECK(gateway.pages == pages + 1);
  town.deliver(gateway.presence());
  town.pass(seconds(10));
  CHECK(gateway.pages == pages + 2);
  CHECK(town.count("SELECT whole FROM journals") == 200);
}

TEST_CASE("recheck: many runs of numbers are asked for over several days") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(100);
  for (int seq = 2; seq <= 40; seq += 2) gateway.forget(seq);
  town.say_online();
  town.pass(seconds(15));
  REQUIRE(town.count("SELECT count(*) FROM gone") == 20);
  int pages = gateway.pages;
  town.clock.pass(Recheck::first_after);
  town.pass(seconds(10));
  CHECK(gateway.pages == pages + Recheck::most_runs);
  pages = gateway.pages;
  pass_day(town);
  CHECK(gateway.pages == pages + 20 - Recheck::most_runs);
  pass_day(town);
  CHECK(gateway.pages == pages + 20);
}

TEST_CASE("recheck: another journal is not asked for the numbers of the one before") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(20);
  gateway.forget_below(11);
  town.say_online();
  town.pass(seconds(15));
  REQUIRE(town.count("SELECT count(*) FROM gone") == 1);
  gateway.begin_journal("j-00000002", 0);
  town.deliver(gateway.write(5));
  town.deliver(gateway.presence());
  town.pass(seconds(15));
  const int pages = gateway.pages;
  pass_day(town);
  CHECK(gateway.pages == pages);
}

}  // namespace genkan::relay
