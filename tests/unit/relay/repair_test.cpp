#include "cloud-agent/relay/repair.hpp"

#include <algorithm>
#include <random>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::vector<std::int64_t> range(std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> list;
  for (auto seq = first; seq <= last; ++seq) list.push_back(seq);
  return list;
}

}  // namespace

TEST_CASE("repair: a number that stays away is asked for, but not at once") {
  Town town;
  auto& gateway = town.add("gw-1");
  auto messages = gateway.write(9);
  messages.erase(messages.begin() + 4);
  town.deliver(messages);
  town.pass(seconds(2));
  CHECK(gateway.pages == 0);
  town.pass(seconds(2));
  CHECK(gateway.pages == 1);
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 9));
  town.pass(minutes(5));
  CHECK(gateway.pages == 1);
}

TEST_CASE("repair: a line that loses, doubles and mixes leaves no gap and no second record") {
  for (unsigned seed = 1; seed <= 15; ++seed) {
    CAPTURE(seed);
    std::minstd_rand dice(seed);
    Town town;
    auto& gateway = town.add("gw-1");
    for (int round = 0; round < 12; ++round) {
      auto messages = gateway.write(40, 3);
      const auto again = messages;
      messages.insert(messages.end(), again.begin(), again.begin() + 5);
      std::shuffle(messages.begin(), messages.end(), dice);
      for (const auto& message : messages) {
        if (dice() % 3 != 0) town.deliver(message);
      }
      if (dice() % 4 == 0) town.restart_relay();
      town.pass(seconds(dice() % 6));
    }
    town.say_online();
    town.pass(minutes(1));
    CHECK(town.numbers("gw-1", gateway.journal) == range(1, 480));
    CHECK(town.count("SELECT count(*) FROM records") == 480);
    CHECK(town.count("SELECT count(*) FROM gone") == 0);
  }
}

TEST_CASE("repair: alarms that run ahead are no gap while the activity comes nearer") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto messages = gateway.write(200, 10);  // 20 alarms first, then 18 batches
  for (const auto& message : messages) {
    town.deliver(message);
    town.pass(seconds(1));
  }
  // The alarms took 20 s without a record of activity: one page was due, and no more than that
  // while batches came.
  CHECK(gateway.pages <= 3);
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 200));
}

TEST_CASE("repair: a slow line is not asked again and again for what it is about to bring") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto messages = gateway.write(2000, 90);
  town.deliver(gateway.presence());
  for (const auto& message : messages) {
    if (message.topic.ends_with("alarm")) {
      town.deliver(message);
      continue;
    }
    for (int second = 0; second < 10; ++second) {  // so long takes a batch on this line
      town.clock.pass(seconds(1));
      town.relay().tick();
    }
    town.deliver(message);  // and what was asked for comes behind it
    town.pass(Relay::tick_every);
  }
  CHECK(gateway.pages <= 4);
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 2000));
}

TEST_CASE(
    "repair: a broker that comes back may have lost the last of it; everybody is asked once") {
  Town town;
  auto& loser = town.add("gw-1");
  auto& other = town.add("gw-2");
  town.deliver(loser.write(5));
  town.deliver(other.write(5));
  loser.write(250);  // nobody hears of them
  town.pass(seconds(60));
  CHECK(loser.pages == 0);
  town.relay().on_offline({"killed"});
  town.relay().on_online({});
  town.pass(seconds(10));
  CHECK(town.numbers("gw-1", loser.journal) == range(1, 255));
  CHECK(other.pages == 1);
  town.pass(minutes(5));
  CHECK(other.pages == 1);
}

TEST_CASE("repair: a page of another journal is dropped, though its presence did not come yet") {
  Town town;
  auto& gateway = town.add("gw-1");
  auto messages = gateway.write(9);
  messages.erase(messages.begin() + 4);
  town.deliver(messages);
  const auto before = town.numbers("gw-1", "j-00000001");
  gateway.begin_journal("j-00000002", 0);
  gateway.write(9);  // all of it lost, and so is the presence
  town.pass(seconds(20));
  CHECK(gateway.pages > 0);
  CHECK(town.numbers("gw-1", "j-00000001") == before);
  CHECK(town.count("SELECT count(*) FROM records") == static_cast<std::int64_t>(before.size()));
  CHECK(town.count("SELECT count(*) FROM disputed") == 0);
  CHECK(town.count("SELECT count(*) FROM gone") == 0);
  town.say_online();
  town.pass(minutes(6));
  CHECK(town.numbers("gw-1", "j-00000002") == range(1, 9));
  CHECK(town.numbers("gw-1", "j-00000001") == before);
}

TEST_CASE("repair: the head in a presence shows a gap that no event shows") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(7);  // all of it lost
  town.deliver(gateway.presence());
  town.pass(seconds(5));
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 7));
}

TEST_CASE("repair: a mirror that was restored from a backup asks for what it lost") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.write(50, 10));
  town.save_database();
  town.deliver(gateway.write(350, 10));
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 400));
  town.restore_database();
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 50));
  town.say_online();
  town.pass(seconds(10));
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 400));
  CHECK(town.count("SELECT count(*) FROM disputed") == 0);
}

TEST_CASE("repair: a fresh cloud reads all history that the gateway still has") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(500);
  gateway.forget_below(120);
  town.say_online();
  town.pass(seconds(15));
  CHECK(town.numbers("gw-1", gateway.journal) == range(120, 500));
  CHECK(town.count("SELECT first = 1 AND last = 119 FROM gone") == 1);
  CHECK(town.count("SELECT whole FROM journals WHERE current = 1") == 500);
}

TEST_CASE("repair: a journal that is gone altogether is asked for once, not for ever") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(40);
  gateway.forget_below(41);
  town.say_online();
  town.pass(minutes(10));
  CHECK(gateway.pages == 1);
  CHECK(town.count("SELECT whole FROM journals WHERE current = 1") == 40);
}

TEST_CASE("repair: a new journal is mirrored from where its numbers begin") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.write(30));
  gateway.begin_journal("j-00000002", 10'000);
  gateway.write(25);
  town.deliver(gateway.presence());
  town.pass(seconds(10));
  CHECK(town.numbers("gw-1", "j-00000001") == range(1, 30));
  CHECK(town.numbers("gw-1", "j-00000002") == range(10'001, 10'025));
}

TEST_CASE("repair: a page that is too large for a message is asked for in parts") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.padding = 1500;
  gateway.write(150);
  town.say_online();
  town.pass(seconds(20));
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 150));
}

TEST_CASE("repair: a gateway that is away is asked when it is back") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(5);
  town.deliver(gateway.presence());
  town.deliver(gateway.presence(false));
  town.pass(minutes(2));
  CHECK(gateway.pages == 0);
  town.deliver(gateway.presence());
  town.pass(seconds(5));
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 5));
}

TEST_CASE("repair: a gateway that does not answer is asked less and less often") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(5);
  gateway.answers = false;
  town.say_online();
  town.broker().sent.clear();
  int asked = 0;
  for (int i = 0; i < 3600; ++i) {
    town.clock.pass(seconds(1));
    town.relay().tick();
    asked += static_cast<int>(town.broker().sent.size());
    for (const auto& sent : town.broker().sent) {
      town.relay().on_receipt({sent.ticket, mqtt::Delivery::acknowledged, 0});
    }
    town.broker().sent.clear();
  }
  CHECK(asked >= 10);
  CHECK(asked <= 25);
  gateway.answers = true;
  town.pass(minutes(6));
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 5));
}

TEST_CASE("repair: however many gateways have gaps, few are asked at a time, and all get there") {
  Town town;
  std::vector<std::unique_ptr<FakeGateway>> away;
  constexpr int gateways = 150;
  for (int i = 0; i < gateways; ++i) town.add(cat("gw-", i)).write(130);
  town.say_online();
  town.pass(seconds(30));
  CHECK(town.asked_most <= static_cast<int>(Repair::most_asked));
  CHECK(town.asked_most > 1);
  CHECK(town.count("SELECT count(*) FROM records") == gateways * 130);
  CHECK(town.count("SELECT count(*) FROM journals WHERE whole = 130") == gateways);
}

TEST_CASE("repair: two copies that share a mirror fill it together") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto other = Mirror::open(town.folder().database()).value();
  const auto messages = gateway.write(90);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (i % 2 == 0) town.deliver(messages[i]);
    if (i % 2 == 1) REQUIRE(other->take(messages[i], town.clock.wall()).has_value());
  }
  town.pass(seconds(10));
  CHECK(town.numbers("gw-1", gateway.journal) == range(1, 90));
  CHECK(gateway.pages == 0);  // what the other copy took is no gap
}

}  // namespace genkan::relay
