#include "cloud-agent/relay/relay.hpp"

#include <doctest/doctest.h>

#include "cloud-agent/relay/connection.hpp"
#include "cloud-agent/relay/database.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

TEST_CASE("relay: events are shared among copies, retained topics come to each") {
  Town town;
  CHECK(town.broker().started);
  CHECK(town.broker().filters ==
        std::vector<std::string>{"genkan/1/+/answer/relay", "$share/group/genkan/1/+/event/+",
                                 "genkan/1/+/device/+/state", "genkan/1/+/presence"});
}

TEST_CASE("relay: the group that shares events is one cloud's, and follows from its key") {
  Town town;
  Town other;
  const auto group = share_group(town.folder());
  REQUIRE_MESSAGE(group.has_value(), group.error().message());
  CHECK(group->size() == 32);
  CHECK(*group == share_group(town.folder()).value());
  CHECK(*group != share_group(other.folder()).value());
  std::filesystem::remove(town.folder().key());
  CHECK_FALSE(share_group(town.folder()).has_value());
}

TEST_CASE("relay: a message that cannot be kept ends the process before it is acknowledged") {
  Town town;
  auto& gateway = town.add("gw-1");
  const auto messages = gateway.write(3);
  {
    const auto database = open_database(town.folder().database(), Outlives::process).value();
    REQUIRE(database.run("ALTER TABLE records RENAME TO elsewhere").has_value());
  }
  town.relay().on_arrival(messages.front());
  CHECK(town.not_kept.size() == 1);
}

TEST_CASE("relay: a message that makes no sense is no reason to end") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.message("event/alarm", "{"));
  town.deliver(gateway.message("event/activity", std::string(200'000, 'x')));
  CHECK(town.not_kept.empty());
}

TEST_CASE("relay: while the broker is away nothing is sent; afterwards all is") {
  Town town;
  auto& gateway = town.add("gw-1");
  gateway.write(5);
  town.say_online();
  town.relay().on_offline({"gone"});
  town.broker().refuses = true;
  town.pass(std::chrono::seconds(10));
  CHECK(gateway.pages == 0);
  town.broker().refuses = false;
  town.relay().on_online({});
  town.pass(std::chrono::seconds(10));
  CHECK(town.numbers("gw-1", gateway.journal).size() == 5);
}

TEST_CASE("relay: says how it is in one line") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.write(4));
  CHECK(town.relay().status_line() ==
        "connected; 1 gateways online, 0 with gaps (0 numbers); 4 new records, 0 more by asking; "
        "0 certificates renewed");
}

}  // namespace genkan::relay
