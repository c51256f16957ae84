#include "cloud-agent/relay/rotation.hpp"

#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::vector<std::string> kids(const FakeGateway& gateway) {
  std::vector<std::string> list;
  for (const auto& [kid, key] : gateway.trusted()) list.push_back(kid);
  return list;
}

using Kids = std::vector<std::string>;

}  // namespace

TEST_CASE("rotation: the new key comes by the old one's word, the old one goes by the new one's") {
  Town town;
  auto& gateway = town.add("gw-1");
  const Folder folder = town.folder();
  REQUIRE(town.cloud().keys->make("demo", town.clock.wall()).value() == "demo-2");
  town.pass(seconds(30));
  CHECK(gateway.done ==
        Kids{"POST /v1/trust/keys by demo-1", "DELETE /v1/trust/keys/demo-1 by demo-2"});
  CHECK(kids(gateway) == Kids{"demo-2"});
  CHECK(town.count("SELECT count(*) FROM command_keys WHERE retired IS NULL") == 1);
  CHECK_FALSE(std::filesystem::exists(folder.command_key("demo-1")));
  CHECK(std::filesystem::exists(folder.command_key("demo-2")));
}

TEST_CASE("rotation: at every moment each gateway trusts a key that we still have") {
  Town town;
  for (int i = 0; i < 40; ++i) town.add(cat("gw-", i));
  REQUIRE(town.cloud().keys->make("demo", town.clock.wall()).has_value());
  for (int step = 0; step < 200; ++step) {
    town.pass(Relay::tick_every);
    for (int i = 0; i < 40; ++i) {
      const auto& trusted = town.gateway(cat("gw-", i)).trusted();
      const bool ours = std::any_of(trusted.begin(), trusted.end(), [&](const auto& each) {
        return std::filesystem::exists(town.folder().command_key(each.first));
      });
      REQUIRE(ours);
    }
  }
  CHECK(town.count("SELECT count(*) FROM held_keys WHERE kid = 'demo-2'") == 40);
  CHECK(town.count("SELECT count(*) FROM held_keys") == 40);
}

TEST_CASE("rotation: many gateways are through with it as fast as they answer") {
  Town town;
  constexpr int gateways = 100;
  for (int i = 0; i < gateways; ++i) town.add(cat("gw-", i));
  REQUIRE(town.cloud().keys->make("demo", town.clock.wall()).has_value());
  town.pass(seconds(5));
  CHECK(town.count("SELECT count(*) FROM held_keys WHERE kid = 'demo-2'") == gateways);
  CHECK(town.count("SELECT count(*) FROM held_keys WHERE kid = 'demo-1'") == 0);
}

TEST_CASE("rotation: the old key stays until the last gateway has come back") {
  Town town;
  auto& here = town.add("gw-1");
  auto& away = town.add("gw-2");
  town.deliver(away.presence(false));
  REQUIRE(town.cloud().keys->make("demo", town.clock.wall()).has_value());
  town.pass(minutes(1));
  CHECK(kids(here) == Kids{"demo-2"});
  CHECK(kids(away) == Kids{"demo-1"});
  CHECK(std::filesystem::exists(town.folder().command_key("demo-1")));
  const auto too_early = town.cloud().keys->make("demo", town.clock.wall());
  REQUIRE_FALSE(too_early.has_value());
  CHECK(too_early.error().code() == ErrorCode::conflict);
  town.restart_relay();
  town.say_online();
  town.pass(minutes(1));
  CHECK(kids(away) == Kids{"demo-2"});
  CHECK_FALSE(std::filesystem::exists(town.folder().command_key("demo-1")));
}

TEST_CASE("rotation: a crash between the gateway's answer and our note does no harm") {
  Town town;
  auto& gateway = town.add("gw-1");
  REQUIRE(town.cloud().keys->make("demo", town.clock.wall()).value() == "demo-2");
  gateway.trust("demo-2", town.cloud().keys->find("demo-2")->public_key());  // but nobody noted it
  town.restart_relay();
  town.say_online();
  town.pass(seconds(30));
  CHECK(kids(gateway) == Kids{"demo-2"});
}

TEST_CASE("rotation: a gateway that refuses keeps the old key, and is asked again") {
  Town town;
  auto& gateway = town.add("gw-1");
  REQUIRE(town.cloud().keys->make("demo", town.clock.wall()).has_value());
  gateway.answers = false;
  town.pass(minutes(3));
  CHECK(kids(gateway) == Kids{"demo-1"});
  gateway.answers = true;
  town.pass(minutes(6));
  CHECK(kids(gateway) == Kids{"demo-2"});
}

TEST_CASE("rotation: a registry that believes in a wrong key learns from the refusal") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.presence(false));
  REQUIRE(town.cloud().keys->make("demo", town.clock.wall()).has_value());
  REQUIRE(town.cloud().registry.set_held("gw-1", "demo-2", true).has_value());  // it is not so
  town.deliver(gateway.presence());
  town.pass(minutes(1));
  CHECK(kids(gateway) == Kids{"demo-2"});
  // Never by its own word: the newest was not there yet, and nobody would have been left.
  CHECK(std::count(gateway.done.begin(), gateway.done.end(),
                   "DELETE /v1/trust/keys/demo-1 by demo-1") == 0);
}

TEST_CASE("rotation: who is enrolled meanwhile gets the new key alone") {
  Town town;
  town.deliver(town.add("gw-1").presence(false));
  REQUIRE(town.cloud().keys->make("demo", town.clock.wall()).has_value());
  CHECK(kids(town.add("gw-2")) == Kids{"demo-2"});
}

}  // namespace genkan::relay
