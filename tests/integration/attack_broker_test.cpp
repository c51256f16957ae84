// Attacks at the broker: another gateway's certificate, odd requests, sizes (attack_signed_test.cpp
// has the list of all).
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <signal.h>

#include "firmware/base/text.hpp"
#include "tests/integration/intruder.hpp"
#include "tests/integration/siege.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 30s;
constexpr std::size_t ten_megabytes = 10u << 20;
const std::string prefix = "genkan/1/gw-test/";

Intruder::Letter request_to(const std::string& gateway, const std::string& path,
                            const std::string& payload = R"({"command":"unlock"})") {
  return {.topic = cat("genkan/1/", gateway, "/request"),
          .payload = payload,
          .response_topic = cat("genkan/1/", gateway, "/answer/intruder"),
          .correlation = "1",
          .properties = {{"method", "POST"}, {"path", path}}};
}

// What another gateway's certificate is good for: its own prefix.
void try_neighbour(Siege& siege, const MqttClient::Tls& tls) {
  auto& cloud = siege.estate.cloud;
  MqttClient onlooker(cloud.own_port(), "onlooker", cloud.tls());
  for (const char* filter : {"genkan/1/+/presence", "genkan/1/+/device/+/state",
                             "genkan/1/+/event/+", "genkan/1/+/answer/+"}) {
    onlooker.subscribe(filter);
  }
  const auto connects = siege.connects();
  // With the client id of the gateway's agent, and with the one that the broker gives it.
  for (const char* id : {"genkan-gw-test", "gw-test", "cloud.trial.relay"}) {
    const Intruder same_id(cloud.port(), id, tls);
    CHECK(same_id.connected());
  }
  Intruder neighbour(cloud.port(), "gw-2", tls);
  CHECK(neighbour.publish({.topic = "genkan/1/gw-2/event/activity", .payload = "{}"}) ==
        Intruder::done);
  for (const char* end : {"presence", "device/lock-101/state", "event/alarm", "event/activity",
                          "answer/relay", "request", "ha/lock-101/set"}) {
    CAPTURE(end);
    CHECK(neighbour.publish({.topic = prefix + end, .payload = R"({"forged":1})"}) ==
          Intruder::forbidden);
  }
  for (const char* topic : {"genkan/1/gw-2/request", "genkan/1/gw-2/ha/lock-101/set",
                            "homeassistant/status", "genkan/1/gw-2/other"}) {
    CAPTURE(topic);
    CHECK(neighbour.publish({.topic = topic, .payload = R"({"forged":1})"}) == Intruder::forbidden);
  }
  CHECK(neighbour.publish(request_to("gw-test", "/v1/devices/lock-101/commands")) ==
        Intruder::forbidden);

  // It may ask for all; it hears what is its own.
  for (const char* filter : {"#", "genkan/1/+/request", "genkan/1/gw-test/request",
                             "$share/relay/genkan/1/+/request", "genkan/1/gw-2/request"}) {
    neighbour.subscribe(filter);
  }
  Intruder seat(cloud.own_port(), "seat", cloud.tls());
  for (int i = 0; i < 4; ++i) {
    CHECK(seat.publish(request_to("gw-test", "/v1/signed", "{}")) == Intruder::done);
    CHECK(seat.publish(request_to("gw-2", "/v1/signed", "{}")) == Intruder::done);
  }
  const auto heard_own = [&] {
    const auto heard = neighbour.heard();
    return std::ranges::any_of(
        heard, [](const MqttMessage& each) { return each.topic == "genkan/1/gw-2/request"; });
  };
  CHECK(wait_until(heard_own, soon));
  for (const auto& message : neighbour.heard()) {
    CHECK_MESSAGE(message.topic.starts_with("genkan/1/gw-2/"), message.topic);
  }
  for (const auto& message : onlooker.messages()) {
    CHECK_MESSAGE(message.payload.find("forged") == std::string::npos, message.topic);
  }
  CHECK(siege.moved() == "");
  // Nor does it make events disappear by joining the group that shares them: the broker lets
  // everybody join, and deals to a member who may not read; nobody would get what is dealt to it.
  REQUIRE(wait_until([&] { return siege.estate.mirrored(); }, soon));
  const auto gaps = [&cloud] {
    return times(read_file(cloud.path("relay.log")), "records are missing");
  };
  const auto gaps_before = gaps();
  for (const char* group : {"relay", "cloud", "trial", "genkan-cloud"}) {
    neighbour.subscribe(cat("$share/", group, "/genkan/1/+/event/+"));
  }
  for (const char* lock : {"lock-201", "lock-202", "lock-203", "lock-204"}) {
    siege.estate.house.building.control(cat("hand ", lock, " unlock"));
    CHECK(wait_until([&] { return siege.estate.bolt(lock) == "unlocked"; }, soon));
    quiet_head(siege.gateway());
  }
  siege.settle();
  CHECK(wait_until([&] { return siege.estate.mirrored(); }, soon));
  CHECK_MESSAGE(gaps() == gaps_before, read_file(cloud.path("relay.log")));
  CHECK(siege.estate.connected());
  CHECK(siege.connects() == connects);
}

// Requests of a mistaken or malicious cloud that the agent does not pass on.
int try_odd_requests(Siege& siege, Intruder& seat) {
  const auto good = siege.signer().command("lock-101", "unlock");
  std::vector<Intruder::Letter> odd;
  for (const char* path : {"/v1/devices/+/commands", "/v1/devices/%23/commands", "/v1/#",
                           "/v1/devices/lock-101/commands/+"}) {
    odd.push_back(request_to("gw-test", path));
  }
  odd.push_back(request_to("gw-test", "/v1/signed", good));
  odd.back().retained = true;
  for (const char* topic : {"", "genkan/1/+/answer/me", "genkan/1/gw-test/#", "$SYS/answer"}) {
    odd.push_back(request_to("gw-test", "/v1/signed", good));
    odd.back().response_topic = topic;
  }
  odd.push_back(request_to("gw-test", "/v1/signed", good));
  odd.back().properties.emplace_back("path", "/v1/status");
  int sent = 0;
  for (const auto& letter : odd) {
    CAPTURE(letter.response_topic);
    const auto reason = seat.publish(letter);
    // A broker may see for itself that a response topic has wildcards, and hang up.
    if (!reason) REQUIRE(letter.response_topic.find_first_of("+#") != std::string::npos);
    if (reason) CHECK(*reason == Intruder::done);
    sent += reason ? 1 : 0;
  }
  return sent;
}

}  // namespace

TEST_CASE("REM-4: another gateway's certificate, odd requests, and too large ones at the broker") {
  Siege siege;
  auto& cloud = siege.estate.cloud;
  const auto neighbour = siege.enrol("gw-2");
  try_neighbour(siege, neighbour);
  CHECK(siege.moved() == "");

  // A retained one that waits for the gateway, signed as it must be.
  siege.estate.agent->signal(SIGKILL);
  siege.estate.agent->wait(5s);
  MqttClient onlooker(cloud.own_port(), "intruder", cloud.tls());
  Intruder seat(cloud.own_port(), "seat", cloud.tls());
  auto retained = request_to("gw-test", "/v1/signed", siege.signer().command("lock-101", "unlock"));
  retained.retained = true;
  retained.correlation = "retained";
  CHECK(seat.publish(retained) == Intruder::done);
  siege.estate.start_agent();
  const auto answer = onlooker.wait_for(
      [](const MqttMessage& message) { return message.correlation == "retained"; }, soon);
  REQUIRE(answer);
  CHECK_MESSAGE(answer->status == "400", answer->payload);
  CHECK(answer->payload.find("must not be retained") != std::string::npos);
  CHECK(siege.moved() == "");

  Intruder odd_seat(cloud.own_port(), "odd", cloud.tls());
  const int odd = try_odd_requests(siege, odd_seat);
  CHECK(odd >= 8);

  // Too much for the broker: it hangs up, and the gateway sees nothing of it.
  Intruder large(cloud.own_port(), "large", cloud.tls());
  CHECK_FALSE(large.publish(request_to("gw-test", "/v1/signed", std::string(ten_megabytes, 'x'))));
  CHECK(wait_until([&] { return !large.connected(); }, soon));
  // Nobody asks every gateway at once.
  Intruder all(cloud.own_port(), "all", cloud.tls());
  auto to_all = request_to("+", "/v1/devices/lock-101/commands");
  to_all.response_topic = "genkan/1/gw-test/answer/intruder";
  CHECK(all.publish(to_all) != Intruder::done);

  CHECK(wait_until([&] { return siege.not_passed_on() == odd + 1; }, soon));
  CHECK(siege.not_passed_on_because("user property 'path'"));
  CHECK(siege.moved() == "");
  CHECK(siege.estate.connected());
}

TEST_CASE("REM-4: where the broker has no limit, the gateway has one of its own") {
  Siege siege([](std::string settings) {
    return replaced(std::move(settings), "max_packet_size 131072", "");
  });
  auto& cloud = siege.estate.cloud;
  const auto connects = siege.connects();
  Intruder seat(cloud.own_port(), "seat", cloud.tls());
  const auto padded = [&](std::size_t size) {
    auto envelope = siege.signer().command("lock-101", "unlock");
    envelope.resize(std::max(envelope.size(), size), 'A');
    return request_to("gw-test", "/v1/signed", envelope);
  };
  // The agent's session says how much it takes; the broker drops what is longer.
  CHECK(seat.publish(padded(ten_megabytes)) == Intruder::done);
  // What it takes and the contract does not have.
  MqttClient onlooker(cloud.own_port(), "intruder", cloud.tls());
  CHECK(seat.publish(padded(200'000)) == Intruder::done);
  const auto answer =
      onlooker.wait_for([](const MqttMessage& message) { return message.status == "413"; }, soon);
  CHECK(answer);
  CHECK(wait_until([&] { return siege.not_passed_on() == 1; }, soon));
  CHECK(siege.not_passed_on_because("at most 65536 bytes"));
  CHECK(siege.moved() == "");
  CHECK(siege.connects() == connects);
  CHECK(siege.estate.agent->use().peak_kib < 64 * 1024);
}

}  // namespace genkan::test
