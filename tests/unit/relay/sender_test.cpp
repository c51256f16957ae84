#include "cloud-agent/relay/sender.hpp"

#include <doctest/doctest.h>

#include "cloud-agent/relay/command_line.hpp"
#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"
#include "tests/unit/relay/town.hpp"

namespace genkan::relay {

namespace {

const Order command{"gw-1", "POST", "/v1/devices/lock-101/commands", R"({"command":"lock"})",
                    "anna"};
const Order with_code{"gw-1", "POST", "/v1/holders", R"({"code":"482913"})", "anna"};

struct Desk {
  explicit Desk(Order its_order = command) : order(std::move(its_order)) {}

  Order order;
  Town town;
  FakeBroker* broker = nullptr;
  std::vector<Result<Answer>> answers;
  Sender sender{[this](mqtt::BrokerListener&) {
                  auto made = std::make_unique<FakeBroker>();
                  broker = made.get();
                  return made;
                },
                "send-1",
                *town.cloud().keys,
                town.cloud().registry,
                town.clock,
                order,
                [this](Result<Answer> answer) { answers.push_back(std::move(answer)); }};

  // The gateway's answer to the request that was sent as the number `index`.
  void serve(FakeGateway& gateway, std::size_t index) {
    const auto message = broker->sent.at(index).message;
    const auto reply = gateway.answer(message);
    mqtt::Inbound answer;
    answer.topic = message.response_topic;
    answer.payload = reply.body;
    answer.correlation = message.correlation;
    answer.user_properties = {{"status", cat(reply.status)}};
    sender.on_message(answer);
  }
};

}  // namespace

TEST_CASE("send: subscribes, then sends one signed request, and tells its answer") {
  Desk desk;
  auto& gateway = desk.town.add("gw-1");
  desk.sender.on_online({});
  CHECK(desk.broker->filters == std::vector<std::string>{"genkan/1/+/answer/send-1"});
  REQUIRE(desk.broker->sent.size() == 1);
  desk.serve(gateway, 0);
  REQUIRE(desk.answers.size() == 1);
  CHECK(desk.answers[0]->status == 200);
  CHECK(gateway.done == std::vector<std::string>{"POST /v1/devices/lock-101/commands by demo-1"});
  desk.sender.on_online({});  // a reconnect is no second command
  CHECK(desk.broker->sent.size() == 1);
}

TEST_CASE("KEY-24: send seals what may have a code for the key that was enrolled, with each key") {
  Desk desk(with_code);
  auto& gateway = desk.town.add("gw-1");
  REQUIRE(desk.town.cloud().keys->make("demo", desk.town.clock.wall()));
  REQUIRE(desk.town.cloud().registry.set_held("gw-1", "demo-2", true));
  desk.sender.on_online({});
  desk.serve(gateway, 0);  // does not know demo-2
  desk.serve(gateway, 1);
  REQUIRE(desk.answers.size() == 1);
  CHECK(desk.answers[0]->status == 200);
  CHECK(gateway.done == std::vector<std::string>{"POST /v1/holders by demo-1"});
  REQUIRE(gateway.opened.size() == 1);
  CHECK(gateway.opened[0].find(R"("body":{"code":"482913"})") != std::string::npos);
  for (const auto& [message, ticket] : desk.broker->sent) {
    CHECK(jws_read(message.payload)->payload.find("482913") == std::string::npos);
  }
}

TEST_CASE("KEY-24: another key of the gateway than the enrolled one refuses, and stays trusted") {
  Desk desk(with_code);
  auto& gateway = desk.town.add("gw-1");
  gateway.receiver = P256Key::make();
  desk.sender.on_online({});
  desk.serve(gateway, 0);
  REQUIRE(desk.answers.size() == 1);
  CHECK(refusal_of(*desk.answers[0]) == "sealed_for_another");
  CHECK(desk.town.cloud().registry.held_by("gw-1").value() == std::vector<std::string>{"demo-1"});
}

TEST_CASE("send: a gateway that told no key to seal for is sent to in clear, commands to all") {
  Desk desk(with_code);
  auto& gateway = desk.town.add("gw-1");
  const EnrolChoice older{gateway.csr(), "SPID-gw-1", "gw-1", {}};
  REQUIRE(enrol(desk.town.office(), older, desk.town.clock.wall()));
  desk.sender.on_online({});
  desk.serve(gateway, 0);
  REQUIRE(desk.answers.size() == 1);
  CHECK(desk.answers[0]->status == 200);
  CHECK(gateway.opened.empty());

  Desk other;
  auto& newer = other.town.add("gw-1");
  other.sender.on_online({});
  other.serve(newer, 0);
  CHECK(newer.opened.empty());
  CHECK(newer.done.size() == 1);
}

TEST_CASE("send: where the newest key is unknown, the one before is tried, and it is remembered") {
  Desk desk;
  auto& gateway = desk.town.add("gw-1");
  REQUIRE(desk.town.cloud().keys->make("demo", desk.town.clock.wall()).has_value());
  REQUIRE(desk.town.cloud().registry.set_held("gw-1", "demo-2", true).has_value());
  desk.sender.on_online({});
  desk.serve(gateway, 0);
  CHECK(desk.answers.empty());
  REQUIRE(desk.broker->sent.size() == 2);
  desk.serve(gateway, 1);
  REQUIRE(desk.answers.size() == 1);
  CHECK(desk.answers[0]->status == 200);
  CHECK(desk.town.cloud().registry.held_by("gw-1").value() == std::vector<std::string>{"demo-1"});
}

TEST_CASE(
    "send: a broker that cannot be reached is told at once, a silent gateway after a minute") {
  Desk desk;
  desk.sender.on_attempt_failed({"no such host"});
  REQUIRE(desk.answers.size() == 1);
  CHECK(desk.answers[0].error().message() == "no such host");

  Desk silent;
  silent.town.add("gw-1");
  silent.sender.on_online({});
  silent.town.clock.pass(std::chrono::seconds(64));
  silent.sender.tick();
  CHECK(silent.answers.empty());
  silent.town.clock.pass(std::chrono::seconds(1));
  silent.sender.tick();
  REQUIRE(silent.answers.size() == 1);
  CHECK(silent.answers[0].error().code() == ErrorCode::timeout);
}

TEST_CASE("command line: words and options in any order, mistakes with what would be right") {
  const CommandLine::Form form{{"after", "count"}, {"json"}};
  const auto line = CommandLine::parse({"--after", "5", "gw-1", "--json"}, form).value();
  CHECK(line.words() == std::vector<std::string>{"gw-1"});
  CHECK(line.option("after") == "5");
  CHECK(line.flag("json"));
  CHECK_FALSE(line.option("count").has_value());
  const auto unknown = CommandLine::parse({"--afer", "5"}, form);
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().message() == "--afer is no option here; did you mean --after?");
  CHECK_FALSE(CommandLine::parse({"gw-1", "--after"}, form).has_value());
}

}  // namespace genkan::relay
