// From a cloud's publish to the coil at the device, and from a change at a device to the event at
// the cloud: the whole product with a real broker, while 16 locks are polled flat out. Times are
// CLOCK_MONOTONIC of one machine; the coil's is the simulated building's own.
#include <chrono>
#include <functional>
#include <random>
#include <stdexcept>
#include <thread>

#include <modbus/modbus.h>

#include "firmware/base/text.hpp"
#include "tests/bench/figures.hpp"
#include "tests/bench/wire_times.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/mqtt_client.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;
using bench::median;
using bench::quantile;

constexpr int rounds = 3;     // figures are medians over so many
constexpr int samples = 150;  // of each round
constexpr int changes = 60;   // each there and back

std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct House {
  test::TempDir folder;
  test::MosquittoBroker broker;
  test::Building building{folder.path() / "building", test::Building::Scene::bench};
  test::Gateway gateway{folder.path() / "gateway"};
  test::Agent agent{folder.path() / "agent", gateway, broker.port()};
  test::MqttClient cloud{broker.port(), "bench-cloud"};

  House() {
    gateway.start();
    gateway.import_site(building.site());
    gateway.wait_fresh(20s);
    cloud.subscribe(cat("genkan/1/", gateway.id(), "/presence"));
    agent.start();
    if (!cloud.wait_for([](const auto& message) { return message.topic.ends_with("/presence"); },
                        15s)) {
      throw std::runtime_error("the agent did not come online");
    }
  }
};

// Sends `count` commands to `prefix`1 … 16 but `without`, in turn, one each 120 to 180 ms, so that
// about three bolts are always on their way and read back meanwhile. Returns the times from publish
// to coil in ms.
std::vector<double> command_latencies(House& house, const std::string& prefix, int without,
                                      int count) {
  std::mt19937 random(7);
  struct Sent {
    std::string device;
    std::string correlation{};
    std::int64_t at_ns = 0;
  };
  std::vector<Sent> sent;
  const std::size_t moves_before = house.building.moves().size();
  for (int i = 0; i < count; ++i) {
    const int unit = 1 + i % 16;
    if (unit == without) continue;
    test::MqttRequest request;
    request.path = cat("/v1/devices/", prefix, unit, "/commands");
    request.body = i / 16 % 2 == 0 ? R"({"command":"unlock"})" : R"({"command":"lock"})";
    Sent one{.device = cat(prefix, unit)};
    one.correlation = house.cloud.send(house.gateway.id(), request, &one.at_ns);
    sent.push_back(one);
    std::this_thread::sleep_for(std::chrono::microseconds(120'000 + random() % 60'000));
  }
  for (const auto& one : sent) {
    const auto answer = house.cloud.wait_for(
        [&one](const auto& message) { return message.correlation == one.correlation; }, 15s);
    if (!answer || answer->payload.find("\"done\"") == std::string::npos) {
      throw std::runtime_error("a command to " + one.device +
                               " was not done: " + (answer ? answer->payload : "no answer"));
    }
  }
  house.cloud.forget();
  std::vector<double> latencies;
  const auto moves = house.building.moves();
  std::size_t next = 0;
  for (std::size_t i = moves_before; i < moves.size() && next < sent.size(); ++i) {
    const json::object& move = moves[i];
    if (move.at("what").as_string() != "coil" ||
        move.at("device").as_string() != sent[next].device) {
      continue;
    }
    const auto at = move.at("t_ns").to_number<std::int64_t>();
    latencies.push_back(static_cast<double>(at - sent[next].at_ns) / 1e6);
    ++next;
  }
  if (next != sent.size()) throw std::runtime_error("a command's coil is missing");
  return latencies;
}

struct Quantiles {
  std::vector<double> p50;
  std::vector<double> p99;
  void add(const std::vector<double>& latencies) {
    p50.push_back(quantile(latencies, 0.50));
    p99.push_back(quantile(latencies, 0.99));
  }
};

void measure_serial(House& house) {
  const double floor = bench::poll_ms + bench::coil_ms;
  Quantiles alive;
  Quantiles one_dead;
  for (int i = 0; i < rounds; ++i) {
    alive.add(command_latencies(house, "rtu-", 0, samples));
    house.building.control("fault line-a 7 dead");
    std::this_thread::sleep_for(3s);
    one_dead.add(command_latencies(house, "rtu-", 7, samples));
    house.building.control("fault line-a 7 none");
    std::this_thread::sleep_for(3s);
  }
  const auto say = [floor](const std::string& name, const Quantiles& found) {
    bench::report({.name = name + ", p50",
                   .value = median(found.p50),
                   .unit = "ms",
                   .floor = bench::poll_ms / 2 + bench::coil_ms});
    bench::report({.name = name + ", p99",
                   .value = median(found.p99),
                   .unit = "ms",
                   .floor = floor,
                   .goal = "floor + 5 ms",
                   .met = median(found.p99) <= floor + 5});
  };
  say("MQTT publish to coil, RTU polled flat out", alive);
  say("MQTT publish to coil, RTU, 1 of 16 dead", one_dead);
}

// What twenty lines over the bare libraries reach: a subscriber that writes the coil at once.
std::vector<double> bare_tcp_latencies(House& house) {
  test::MqttClient hand(house.broker.port(), "bare-hand");
  hand.subscribe("bare/coil");
  modbus_t* link = modbus_new_tcp("127.0.0.1", house.building.tcp_port());
  if (link == nullptr || modbus_connect(link) != 0) throw std::runtime_error("bare loop: no link");
  modbus_set_slave(link, 16);
  std::mt19937 random(7);
  std::vector<std::int64_t> sent;
  const std::size_t moves_before = house.building.moves().size();
  for (int i = 0; i < samples; ++i) {
    hand.forget();
    sent.push_back(monotonic_ns());
    house.cloud.publish("bare/coil", i % 2 == 0 ? "1" : "0");
    if (!hand.wait_for([](const auto&) { return true; }, 5s) ||
        modbus_write_bit(link, 0, i % 2 == 0) != 1) {
      throw std::runtime_error("bare loop: no write");
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
  }
  modbus_close(link);
  modbus_free(link);
  std::vector<double> latencies;
  const auto moves = house.building.moves();
  for (std::size_t i = moves_before; i < moves.size() && latencies.size() < sent.size(); ++i) {
    if (moves[i].at("what").as_string() != "coil" ||
        moves[i].at("device").as_string() != "tcp-16") {
      continue;
    }
    const auto at = moves[i].at("t_ns").to_number<std::int64_t>();
    latencies.push_back(static_cast<double>(at - sent[latencies.size()]) / 1e6);
  }
  if (latencies.size() != sent.size()) throw std::runtime_error("bare loop: a coil is missing");
  return latencies;
}

void measure_tcp(House& house) {
  Quantiles found;
  Quantiles bare;
  for (int i = 0; i < rounds; ++i) {
    bare.add(bare_tcp_latencies(house));
    found.add(command_latencies(house, "tcp-", 0, samples));
  }
  bench::report({.name = "MQTT publish to coil, Modbus TCP, p50",
                 .value = median(found.p50),
                 .unit = "ms",
                 .floor = median(bare.p50)});
  bench::report({.name = "MQTT publish to coil, Modbus TCP, p99",
                 .value = median(found.p99),
                 .unit = "ms",
                 .floor = median(bare.p99),
                 .goal = "<= 1 ms",
                 .met = median(found.p99) <= 1});
}

// A change at a device (tamper contact) to the retained state's publish, in ms.
std::vector<double> event_latencies(House& house, const std::string& prefix) {
  std::mt19937 random(11);
  std::vector<double> latencies;
  for (int i = 0; i < changes; ++i) {
    const std::string device = cat(prefix, 1 + random() % 16);
    const std::string topic = cat("genkan/1/", house.gateway.id(), "/device/", device, "/state");
    for (const bool on : {true, false}) {
      std::this_thread::sleep_for(std::chrono::microseconds(10'000 + random() % 200'000));
      house.cloud.forget();
      const std::int64_t began = monotonic_ns();
      house.building.control(cat("tamper ", device, on ? " on" : " off"));
      const std::string wanted = on ? R"("tamper":true)" : R"("tamper":false)";
      const auto event = house.cloud.wait_for(
          [&](const auto& message) {
            return message.topic == topic && message.payload.find(wanted) != std::string::npos;
          },
          10s);
      if (!event) throw std::runtime_error("no event of " + device);
      latencies.push_back(static_cast<double>(event->arrived_ns - began) / 1e6);
    }
  }
  return latencies;
}

void measure_events(House& house) {
  house.cloud.subscribe(cat("genkan/1/", house.gateway.id(), "/device/+/state"));
  const auto found = event_latencies(house, "rtu-");
  const double half_cycle = 16 * bench::poll_ms / 2;
  bench::report({.name = "change at a device to MQTT event, RTU, p50",
                 .value = quantile(found, 0.50),
                 .unit = "ms",
                 .floor = half_cycle});
  bench::report({.name = "change at a device to MQTT event, RTU, p99",
                 .value = quantile(found, 0.99),
                 .unit = "ms",
                 .floor = 2 * half_cycle});
}

}  // namespace

int main() {
  try {
    House house;
    bench::remark(
        "floor of a command: one exchange in flight and the command's own wire time;"
        " of an event: half a cycle (p50), a whole one (p99); of TCP: a bare subscriber"
        " that writes the coil with libmodbus, in the same run");
    measure_serial(house);
    measure_tcp(house);
    measure_events(house);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "command_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
