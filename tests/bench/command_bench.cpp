// From a cloud's publish to the coil at the device, and from a change at a device to the event at
// the cloud: the whole product with a real broker, while 16 locks are polled flat out. Times are
// CLOCK_MONOTONIC of one machine; the coil's is the simulated building's own.
#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

#include "firmware/base/text.hpp"
#include "tests/bench/command_times.hpp"
#include "tests/bench/figures.hpp"
#include "tests/bench/wire_times.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/mqtt_client.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;
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

std::vector<double> coil_times(House& house, const std::string& prefix, int without) {
  return bench::command_times({.cloud = house.cloud,
                               .building = house.building,
                               .gateway = house.gateway.id(),
                               .prefix = prefix,
                               .without = without,
                               .count = samples})
      .to_coil;
}

void measure_serial(House& house) {
  const double floor = bench::poll_ms + bench::coil_ms;
  bench::Rounds alive;
  bench::Rounds one_dead;
  for (int i = 0; i < rounds; ++i) {
    alive.add(coil_times(house, "rtu-", 0));
    house.building.control("fault line-a 7 dead");
    std::this_thread::sleep_for(3s);
    one_dead.add(coil_times(house, "rtu-", 7));
    house.building.control("fault line-a 7 none");
    std::this_thread::sleep_for(3s);
  }
  const auto say = [floor](const std::string& name, const bench::Rounds& found) {
    bench::report({.name = name + ", p50",
                   .value = found.p50(),
                   .unit = "ms",
                   .floor = bench::poll_ms / 2 + bench::coil_ms});
    bench::report({.name = name + ", p99",
                   .value = found.p99(),
                   .unit = "ms",
                   .floor = floor,
                   .goal = "floor + 5 ms",
                   .met = found.p99() <= floor + 5});
  };
  say("MQTT publish to coil, RTU polled flat out", alive);
  say("MQTT publish to coil, RTU, 1 of 16 dead", one_dead);
}

void measure_tcp(House& house) {
  bench::Rounds found;
  bench::Rounds bare;
  for (int i = 0; i < rounds; ++i) {
    bare.add(bench::bare_coil_times(house.building, house.broker.port(), samples));
    found.add(coil_times(house, "tcp-", 0));
  }
  bench::report({.name = "MQTT publish to coil, Modbus TCP, p50",
                 .value = found.p50(),
                 .unit = "ms",
                 .floor = bare.p50()});
  bench::report({.name = "MQTT publish to coil, Modbus TCP, p99",
                 .value = found.p99(),
                 .unit = "ms",
                 .floor = bare.p99(),
                 .goal = "<= 1 ms",
                 .met = found.p99() <= 1});
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
