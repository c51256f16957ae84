// What the programs cost with the sample building: resident memory, processor share, and the time
// from exec to the first door's state.
#include <chrono>
#include <stdexcept>
#include <thread>

#include "firmware/base/text.hpp"
#include "tests/bench/figures.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/harness.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;

constexpr auto settle = 20s;
constexpr auto window = 20s;
constexpr double most_mib = 12;

void report_memory(const std::string& name, const test::ProcessUse& use) {
  const double mib = static_cast<double>(use.resident_kib) / 1024;
  bench::report({.name = name + " resident",
                 .value = mib,
                 .unit = "MiB",
                 .goal = "<= 12 MiB",
                 .met = mib <= most_mib});
}

void report_share(const std::string& name, const test::ProcessUse& before,
                  const test::ProcessUse& after) {
  const double seconds = std::chrono::duration<double>(window).count();
  bench::report({.name = name + " processor share",
                 .value = 100 * (after.processor_seconds - before.processor_seconds) / seconds,
                 .unit = "% of a core"});
}

bool a_door_is_fresh(test::Gateway& gateway) {
  try {
    return gateway.device("lock-101").at("link").as_string() == "fresh";
  } catch (const std::exception&) {
    return false;
  }
}

void measure_start(test::Gateway& gateway) {
  std::vector<double> times;
  for (int i = 0; i < 7; ++i) {
    gateway.stop();
    const auto began = std::chrono::steady_clock::now();
    gateway.start_without_waiting();
    while (!a_door_is_fresh(gateway)) std::this_thread::sleep_for(1ms);
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
            .count());
  }
  bench::report(
      {.name = "exec to the first door's state", .value = bench::median(times), .unit = "ms"});
}

void run() {
  test::TempDir folder;
  test::MosquittoBroker broker;
  test::Building building(folder.path() / "building", test::Building::Scene::sample, {"--life"});
  test::Gateway gateway(folder.path() / "gateway");
  test::Agent agent(folder.path() / "agent", gateway, broker.port());
  gateway.start();
  gateway.import_site(building.site());
  gateway.wait_fresh(30s);
  agent.start();
  std::this_thread::sleep_for(settle);
  const auto daemon_before = gateway.process().use();
  const auto agent_before = agent.process().use();
  std::this_thread::sleep_for(window);
  const auto daemon_after = gateway.process().use();
  const auto agent_after = agent.process().use();
  report_memory("genkand, sample building,", daemon_after);
  report_memory("genkan-agent, sample building,", agent_after);
  report_share("genkand", daemon_before, daemon_after);
  report_share("genkan-agent", agent_before, agent_after);
  measure_start(gateway);
}

}  // namespace

int main() {
  try {
    run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "process_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
