// How close to the wire: 16 locks on one serial line (19,200 8E1), polled flat out. The cycle is
// counted by the simulated building; beside it, in turn, a bare libmodbus loop that does nothing
// else and keeps the silent interval.
#include <chrono>
#include <stdexcept>
#include <thread>

#include <modbus/modbus.h>

#include "firmware/base/text.hpp"
#include "tests/bench/figures.hpp"
#include "tests/bench/wire_times.hpp"
#include "tests/integration/harness.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;
using bench::median;

constexpr int runs = 5;
constexpr auto window = 4s;
constexpr int units = 16;
constexpr double cycle_floor = units * bench::poll_ms;

double statistic(test::Building& building, std::string_view name) {
  return building.control("stats line-a").at(name).to_number<double>();
}

// The time of one cycle over all that answer: how often `answering` answers fit into the window, as
// the building counted them.
double cycle_ms(test::Building& building, int answering) {
  const auto began = std::chrono::steady_clock::now();
  const double before = statistic(building, "answers");
  std::this_thread::sleep_for(window);
  const double answers = statistic(building, "answers") - before;
  const double spent =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
  return spent / answers * answering;
}

// One pass over the units as a careful program of twenty lines would do it.
double bare_cycle_ms(const std::string& port) {
  modbus_t* line = modbus_new_rtu(port.c_str(), 19'200, 'E', 8, 1);
  if (line == nullptr || modbus_connect(line) != 0) throw std::runtime_error("bare loop: no port");
  modbus_set_response_timeout(line, 0, 200'000);
  modbus_set_byte_timeout(line, 0, 0);
  // What a device still had to say to the program before is not for us.
  std::this_thread::sleep_for(300ms);
  modbus_flush(line);
  std::uint16_t registers[4];
  const auto pause = std::chrono::duration<double, std::milli>(bench::silence_ms);
  int cycles = 0;
  const auto began = std::chrono::steady_clock::now();
  auto last = began;
  while (std::chrono::steady_clock::now() - began < window) {
    for (int unit = 1; unit <= units; ++unit) {
      std::this_thread::sleep_until(last + pause);
      modbus_set_slave(line, unit);
      if (modbus_read_input_registers(line, 0, 4, registers) != 4) {
        throw std::runtime_error(cat("bare loop: ", modbus_strerror(errno)));
      }
      last = std::chrono::steady_clock::now();
    }
    ++cycles;
  }
  const double spent =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
  modbus_close(line);
  modbus_free(line);
  return spent / cycles;
}

void run() {
  test::TempDir folder;
  test::Building building(folder.path() / "building", test::Building::Scene::bench);
  std::vector<double> whole;
  std::vector<double> one_dead;
  std::vector<double> bare;
  double early = 0;
  for (int i = 0; i < runs; ++i) {
    bare.push_back(bare_cycle_ms(building.line("line-a")));
    test::Gateway gateway(folder.path() / cat("gateway-", i));
    gateway.start();
    gateway.import_site(building.site());
    gateway.wait_fresh(20s);
    const double early_before = statistic(building, "early");
    whole.push_back(cycle_ms(building, units));
    building.control("fault line-a 7 dead");
    std::this_thread::sleep_for(3s);  // until it was found dead
    one_dead.push_back(cycle_ms(building, units - 1));
    building.control("fault line-a 7 none");
    early += statistic(building, "early") - early_before;
    gateway.stop();
  }
  bench::remark("the floor is the wire's own time, computed; 'bare' does nothing but ask");
  bench::report({.name = "cycle of 16 locks, RTU 19200 8E1, flat out",
                 .value = median(whole),
                 .unit = "ms",
                 .floor = cycle_floor,
                 .goal = "ratio <= 1.05",
                 .met = median(whole) / cycle_floor <= 1.05});
  bench::report({.name = "the same, bare libmodbus loop",
                 .value = median(bare),
                 .unit = "ms",
                 .floor = cycle_floor});
  bench::report({.name = "cycle with 1 of 16 dead",
                 .value = median(one_dead),
                 .unit = "ms",
                 .floor = cycle_floor * (units - 1) / units,
                 .goal = "ratio <= 1.10",
                 .met = median(one_dead) / (cycle_floor * (units - 1) / units) <= 1.10});
  bench::report({.name = "requests before 3.5 characters of silence",
                 .value = early,
                 .unit = "",
                 .goal = "0",
                 .met = early == 0});
}

}  // namespace

int main() {
  try {
    run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wire_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
