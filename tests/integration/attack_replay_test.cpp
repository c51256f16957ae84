// A request that was recorded on the line comes again: at once, after a power cut, after the ledger
// forgot it, and with the gateway's clock set back (attack_signed_test.cpp has the list).
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/integration/estate.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/integration/shifted_clock.hpp"
#include "tests/integration/signer.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20s;

struct Line {
  Line()
      : seat(estate.cloud.own_port(), "intruder", estate.cloud.tls()),
        signer(estate.cloud.path("keys") / (estate.cloud.kid() + ".key"), estate.cloud.kid(),
               estate.house.gateway.id()) {}

  // Estate, opened.
  struct Opened : Estate {
    Opened() { open(); }
  };

  Gateway& gateway() { return estate.house.gateway; }
  // The answer of the gateway, however often the agent has to be asked while genkand comes up.
  MqttMessage send(const std::string& envelope) {
    MqttRequest request;
    request.path = "/v1/signed";
    request.body = envelope;
    std::optional<MqttMessage> answer;
    const bool answered = wait_until(
        [&] {
          answer = seat.ask(gateway().id(), request, soon);
          return answer && answer->status != "503" && answer->status != "504";
        },
        soon);
    REQUIRE(answered);
    return *answer;
  }
  bool refused(const std::string& envelope, const std::string& code) {
    return send(envelope).payload.find(cat("\"", code, "\"")) != std::string::npos;
  }
  bool recorded(const std::string& kind, const std::string& reason) {
    for (const auto& record : gateway().journal()) {
      if (text_at(record, "kind") == kind &&
          text_at(record.at("body").as_object(), "reason") == reason) {
        return true;
      }
    }
    return false;
  }
  std::size_t bolt_moves() {
    std::size_t count = 0;
    for (const auto& move : estate.house.building.moves()) {
      count += text_at(move, "device") == "lock-101" && text_at(move, "what") == "bolt" ? 1U : 0U;
    }
    return count;
  }
  void start() {
    gateway().start();
    gateway().wait_fresh(soon);
  }

  ShiftedClock clock;
  Opened estate;
  MqttClient seat;
  RequestSigner signer;
};

}  // namespace

TEST_CASE("REM-4: an envelope moves once, over a kill -9, the ledger's end and a clock set back") {
  Line line;
  const auto issued = std::chrono::steady_clock::now();
  const auto envelope = line.signer.command("lock-101", "unlock");
  const auto first = line.send(envelope);
  REQUIRE_MESSAGE(first.status == "200", first.payload);
  REQUIRE(line.estate.bolt("lock-101") == "unlocked");
  REQUIRE(line.send(line.signer.command("lock-101", "lock")).status == "200");
  REQUIRE(wait_until([&] { return line.estate.bolt("lock-101") == "locked"; }, soon));
  const auto moves = line.bolt_moves();
  const auto stands_still = [&] {
    CHECK(line.estate.bolt("lock-101") == "locked");
    CHECK(line.bolt_moves() == moves);
  };

  CHECK(line.send(envelope).payload == first.payload);
  CHECK(wait_until([&] { return line.recorded("request_repeated", ""); }, soon));
  stands_still();

  line.gateway().kill();
  line.start();
  CHECK(line.send(envelope).payload == first.payload);
  stands_still();

  // A day later the row goes (24 h after the envelope's end, looked at once a minute and at the
  // start): what is left of it is the floor.
  line.gateway().stop();
  line.clock.set(25h);
  line.start();
  // Past 20 a minute, what came again is told in a sum.
  const auto forgotten = [&] {
    std::this_thread::sleep_for(500ms);
    return line.refused(envelope, "expired");
  };
  CHECK(wait_until(forgotten, soon));
  CHECK(wait_until([&] { return line.recorded("request_refused", "expired"); }, soon));
  stands_still();

  // The clock goes back to when the envelope was good: one that was issued a little later is
  // carried out, so it is the floor that keeps this one out.
  line.gateway().kill();
  const auto since =
      std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - issued);
  const auto back = 5s - since;
  line.clock.set(back);
  line.start();
  CHECK(line.refused(envelope, "expired"));
  stands_still();
  const auto fresh = line.send(line.signer.sign({.path = "/v1/devices/lock-102/commands",
                                                 .body = {{"command", "unlock"}},
                                                 .issued = back + 2s}));
  CHECK_MESSAGE(fresh.status == "200", fresh.payload);
  CHECK(line.estate.bolt("lock-102") == "unlocked");
}

}  // namespace genkan::test
