#include "cloud-agent/agent/window.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/unit/agent/fake_broker.hpp"

namespace genkan::agent {

namespace {
constexpr SteadyTime now{1h};
const Window::Done nothing = [](mqtt::Delivery, int) {};

std::size_t fill(Window& window, Urgency urgency) {
  std::size_t sent = 0;
  while (sent < 100 && window.send(urgency, mqtt::Message{}, now, nothing)) ++sent;
  return sent;
}
}  // namespace

TEST_CASE("window: each sort leaves room for those before it") {
  FakeBroker broker;
  Window window(broker);
  CHECK_FALSE(window.room(Urgency::alarm));  // offline
  window.online(mqtt::SessionFacts{}, now);
  CHECK(fill(window, Urgency::activity) == 8);
  CHECK(fill(window, Urgency::state) == 4);
  CHECK(fill(window, Urgency::answer) == 4);
  CHECK(fill(window, Urgency::alarm) == 3);
  CHECK(window.in_flight() == 19);
}

TEST_CASE("window: a broker that takes less gets less, but each sort gets through") {
  for (const std::size_t maximum : {1U, 2U, 5U}) {
    CAPTURE(maximum);
    FakeBroker broker;
    Window window(broker);
    window.online(mqtt::SessionFacts{.receive_maximum = maximum, .largest_packet = 4096}, now);
    for (const auto urgency :
         {Urgency::activity, Urgency::state, Urgency::answer, Urgency::alarm}) {
      CHECK(window.room(urgency));
    }
    CHECK(fill(window, Urgency::alarm) == std::max<std::size_t>(1, maximum - 1));
    CHECK(window.most_payload_now() == 3072);
  }
}

TEST_CASE("window: a receipt makes room and comes once") {
  FakeBroker broker;
  Window window(broker);
  window.online(mqtt::SessionFacts{.receive_maximum = 1}, now);
  int calls = 0;
  REQUIRE(window.send(Urgency::alarm, mqtt::Message{}, now,
                      [&calls](mqtt::Delivery delivery, int reason) {
                        ++calls;
                        CHECK(delivery == mqtt::Delivery::refused);
                        CHECK(reason == 135);
                      }));
  CHECK_FALSE(window.room(Urgency::alarm));
  const mqtt::Receipt receipt{broker.sent[0].ticket, mqtt::Delivery::refused, 135};
  window.receipt(receipt);
  window.receipt(receipt);
  CHECK(calls == 1);
  CHECK(window.room(Urgency::alarm));
}

TEST_CASE("window: what the broker does not take is not in flight") {
  FakeBroker broker;
  Window window(broker);
  window.online(mqtt::SessionFacts{}, now);
  broker.refuses = true;
  CHECK_FALSE(window.send(Urgency::alarm, mqtt::Message{}, now, nothing));
  CHECK(window.in_flight() == 0);
}

TEST_CASE("window: a broker that answers nothing for 30 s is stuck; a new session counts anew") {
  FakeBroker broker;
  Window window(broker);
  window.online(mqtt::SessionFacts{}, now);
  REQUIRE(window.send(Urgency::alarm, mqtt::Message{}, now, nothing));
  CHECK_FALSE(window.stuck(now + 30s));
  CHECK(window.stuck(now + 31s));
  window.offline();
  CHECK_FALSE(window.stuck(now + 31s));
  window.online(mqtt::SessionFacts{}, now + 40s);
  CHECK_FALSE(window.stuck(now + 41s));
  CHECK(window.in_flight() == 1);  // its receipt is still due
}

}  // namespace genkan::agent
