#include "cloud-agent/relay/calls.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/clock.hpp"
#include "tests/unit/relay/fake_broker.hpp"

namespace genkan::relay {

namespace {

using std::chrono::seconds;

struct Line {
  fakes::FakeClock clock;
  FakeBroker broker;
  Calls calls{broker, "relay"};
  std::vector<Result<Answer>> answers;

  Line() { calls.online(clock.steady()); }
  Result<> ask(std::string gateway = "gw-1") {
    return calls.ask({std::move(gateway), "GET", "/v1/status", {}, seconds(20)}, clock.steady(),
                     [this](Result<Answer> answer) { answers.push_back(std::move(answer)); });
  }
  void answer(const mqtt::Message& request, std::string topic) {
    mqtt::Inbound inbound;
    inbound.topic = std::move(topic);
    inbound.payload = "{}";
    inbound.correlation = request.correlation;
    inbound.user_properties = {{"status", "200"}};
    CHECK(calls.message(inbound));
  }
  void receipt(std::size_t index, mqtt::Delivery delivery) {
    calls.receipt({broker.sent[index].ticket, delivery, 0}, clock.steady());
  }
};

}  // namespace

TEST_CASE(
    "calls: a request says where the answer goes, and lives no longer than it is waited for") {
  Line line;
  REQUIRE(line.ask().has_value());
  REQUIRE(line.broker.sent.size() == 1);
  const auto& message = line.broker.sent[0].message;
  CHECK(message.topic == "genkan/1/gw-1/request");
  CHECK(message.response_topic == "genkan/1/gw-1/answer/relay");
  CHECK(message.expiry == seconds(20));
  CHECK(message.user_properties == mqtt::UserProperties{{"method", "GET"}, {"path", "/v1/status"}});
  CHECK(line.calls.answers() == "genkan/1/+/answer/relay");
}

TEST_CASE("calls: each request has one answer, however often it comes") {
  Line line;
  REQUIRE(line.ask().has_value());
  line.answer(line.broker.sent[0].message, "genkan/1/gw-1/answer/relay");
  line.answer(line.broker.sent[0].message, "genkan/1/gw-1/answer/relay");
  line.clock.pass(seconds(60));
  line.calls.tick(line.clock.steady());
  REQUIRE(line.answers.size() == 1);
  CHECK(line.answers[0]->status == 200);
  CHECK(line.calls.under_way() == 0);
}

TEST_CASE("calls: nobody answers for another gateway, nor an earlier process's request") {
  Line line;
  REQUIRE(line.ask().has_value());
  const auto request = line.broker.sent[0].message;
  line.answer(request, "genkan/1/gw-2/answer/relay");
  auto other = request;
  other.correlation = "0123456789abcdef.1";
  line.answer(other, "genkan/1/gw-1/answer/relay");
  other.correlation = "";
  line.answer(other, "genkan/1/gw-1/answer/relay");
  CHECK(line.answers.empty());
}

TEST_CASE("calls: without an answer the deadline answers") {
  Line line;
  REQUIRE(line.ask().has_value());
  line.clock.pass(seconds(19));
  line.calls.tick(line.clock.steady());
  CHECK(line.answers.empty());
  line.clock.pass(seconds(1));
  line.calls.tick(line.clock.steady());
  REQUIRE(line.answers.size() == 1);
  CHECK(line.answers[0].error().code() == ErrorCode::timeout);
}

TEST_CASE("calls: at most 15 are unacknowledged, the others wait their turn") {
  Line line;
  for (int i = 0; i < 40; ++i) REQUIRE(line.ask().has_value());
  CHECK(line.broker.sent.size() == 15);
  line.receipt(0, mqtt::Delivery::acknowledged);
  line.receipt(1, mqtt::Delivery::acknowledged);
  CHECK(line.broker.sent.size() == 17);
  line.receipt(0, mqtt::Delivery::acknowledged);  // known already
  CHECK(line.broker.sent.size() == 17);
}

TEST_CASE("calls: there is a bound, and it is told at once") {
  Line line;
  for (std::size_t i = 0; i < Calls::most; ++i) REQUIRE(line.ask().has_value());
  const auto more = line.ask();
  REQUIRE_FALSE(more.has_value());
  CHECK(more.error().code() == ErrorCode::busy);
  CHECK(line.answers.empty());
}

TEST_CASE("calls: what was lost with the session is sent again, what was refused is answered") {
  Line line;
  REQUIRE(line.ask().has_value());
  REQUIRE(line.ask().has_value());
  line.calls.offline();
  line.receipt(0, mqtt::Delivery::lost);
  CHECK(line.broker.sent.size() == 2);
  line.clock.pass(seconds(5));
  line.calls.online(line.clock.steady());
  REQUIRE(line.broker.sent.size() == 3);
  CHECK(line.broker.sent[2].message.correlation == line.broker.sent[0].message.correlation);
  CHECK(line.broker.sent[2].message.expiry == seconds(15));
  line.receipt(1, mqtt::Delivery::refused);
  REQUIRE(line.answers.size() == 1);
  CHECK(line.answers[0].error().code() == ErrorCode::rejected);
}

TEST_CASE("calls: a broker that takes nothing for a moment gets it at the next tick") {
  Line line;
  line.broker.refuses = true;
  REQUIRE(line.ask().has_value());
  CHECK(line.broker.sent.empty());
  line.broker.refuses = false;
  line.calls.tick(line.clock.steady());
  CHECK(line.broker.sent.size() == 1);
}

}  // namespace genkan::relay
