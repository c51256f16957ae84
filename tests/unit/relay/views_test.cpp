#include "cloud-agent/relay/views.hpp"

#include <doctest/doctest.h>

#include "cloud-agent/relay/database.hpp"
#include "firmware/base/text.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string line_of(const std::string& text, std::string_view begin) {
  const auto at = text.find(cat("\n", begin));
  if (at == std::string::npos) return {};
  return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

}  // namespace

TEST_CASE("fleet: what is agreed, what is online, what is missing, what ends") {
  Town town;
  auto& good = town.add("gw-1");
  town.deliver(good.write(10));
  auto& gaps = town.add("gw-2");
  town.deliver(gaps.write(3));
  gaps.write(4);
  town.deliver(gaps.presence());
  town.deliver(town.add("gw-3").presence(false));
  town.deliver(FakeGateway("gw-4", town.clock).presence());  // nobody enrolled it here
  const auto database = open_database(town.folder().database(), Outlives::process).value();
  const auto text = fleet_view(database, town.clock.wall()).value();
  CAPTURE(text);
  CHECK(has(line_of(text, "gw-1"), "SPID-gw-1  online since 2026-11-20 00:00:00Z  0.1.0"));
  CHECK(has(line_of(text, "gw-1"), "10    all"));
  CHECK(has(line_of(text, "gw-1"), "2027-11-20 (365 d)"));
  CHECK(has(line_of(text, "gw-2"), "7     to 3, then gaps"));
  CHECK(has(line_of(text, "gw-3"), "away since"));
  CHECK(has(line_of(text, "gw-4"), "gw-4     -"));
  const auto later = fleet_view(database, town.clock.wall() + std::chrono::days(400)).value();
  CHECK(has(line_of(later, "gw-1"), "2027-11-20 ended"));
}

TEST_CASE("history: the last ones, or from a number on; nothing of an unknown gateway") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.write(20));
  const auto database = open_database(town.folder().database(), Outlives::process).value();
  const auto last = history_view(database, {"gw-1", std::nullopt, 2, false}).value();
  CHECK(last.starts_with("19  2026-11-20T00:00:00.000Z  locked  lock-101  -"));
  CHECK(has(last, "\n20  2026-11-20T00:00:00.000Z  alarm"));
  const auto after = history_view(database, {"gw-1", 5, 3, true}).value();
  CHECK(after.starts_with("{\"seq\":6,"));
  CHECK(has(after, "{\"seq\":8,"));
  CHECK_FALSE(has(after, "{\"seq\":9,"));
  CHECK(history_view(database, {"gw-1", 20, 3, false}).value().empty());
  CHECK_FALSE(history_view(database, {"gw-7", std::nullopt, 3, false}).has_value());
}

TEST_CASE("history: nothing that a gateway says can move the terminal") {
  Town town;
  auto& gateway = town.add("gw-1");
  town.deliver(gateway.message(
      "event/alarm",
      R"({"seq":1,"boot":"b1","kind":"\u001b[2Jx","lane":"alarm","body":{"a":"\u0007"}})"));
  const auto database = open_database(town.folder().database(), Outlives::process).value();
  const auto text = history_view(database, {"gw-1", std::nullopt, 5, false}).value();
  CHECK(has(text, "[2Jx"));
  CHECK_FALSE(has(text, "\x1b"));
  CHECK_FALSE(has(text, "\a"));
}

TEST_CASE("keys: which signs, which is on its way out, and at how many gateways") {
  Town town;
  town.add("gw-1");
  town.deliver(town.add("gw-2").presence(false));
  REQUIRE(town.cloud().keys->make("demo", town.clock.wall()).has_value());
  town.pass(std::chrono::seconds(30));
  const auto database = open_database(town.folder().database(), Outlives::process).value();
  const auto& key = *town.cloud().keys->find("demo-2");
  const auto text = keys_view(database, [&](const std::string& kid) {
                      return kid == "demo-2" ? key.public_key().thumbprint() : std::string();
                    }).value();
  CAPTURE(text);
  CHECK(has(line_of(text, "demo-2"), "signs"));
  CHECK(has(line_of(text, "demo-2"), cat("1 of 2   ", key.public_key().thumbprint())));
  CHECK(read_command_key(town.folder(), "demo-2")->public_key() == key.public_key());
  CHECK(line_of(text, "demo-1").ends_with("1 of 2   -"));
  CHECK(has(line_of(text, "demo-1"), "on its way out"));
  CHECK(has(line_of(text, "demo-1"), "1 of 2"));
}

}  // namespace genkan::relay
