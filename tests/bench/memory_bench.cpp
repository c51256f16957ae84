// Keys into a lock's memory: 230 codes into one el-100 on a serial line (19,200 8E1), through the
// fleet that genkand uses, each read back. Once with the line to itself, once with sixteen locks
// polled flat out and people at the other fifteen doors. Beside it, computed in the same run, what
// the wire alone would take for the bytes of these exchanges, and with the lock's own working time.
#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "drivers/devices/fleet.hpp"
#include "drivers/profile/mailbox.hpp"
#include "firmware/base/text.hpp"
#include "tests/bench/figures.hpp"
#include "tests/bench/wire_times.hpp"
#include "tests/integration/harness.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;
using bench::quantile;
namespace asio = boost::asio;

constexpr int locks = 16;
constexpr std::uint16_t codes = 230;
constexpr double write_work_ms = 120;  // data sheet of the el-100
constexpr double read_work_ms = 20;
constexpr auto fresh_within = 20s;
constexpr auto slot_within = 10s;
constexpr auto all_within = 10min;

std::int64_t nanoseconds(SteadyTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

domain::SlotContent content_of(std::uint16_t slot) {
  return {.key = *domain::Code::parse(cat(100'000 + slot * 37)), .schedule = {}};
}

// On the wire, each with the silence behind it. Modbus over serial line V1.02.
double answer_ms(const bus::Exchange& exchange) {
  const std::size_t answer = exchange.values.empty() ? 5U + 2U * exchange.count : 8U;
  return static_cast<double>(answer) * bench::character_ms + bench::silence_ms;
}

double exchange_ms(const bus::Exchange& exchange) {
  const bool many = exchange.function == bus::Function::write_registers;
  const std::size_t question = many ? 9 + 2 * exchange.values.size() : 8;
  return static_cast<double>(question) * bench::character_ms + bench::silence_ms +
         answer_ms(exchange);
}

// What one code takes that is written and read back, in the fewest exchanges that prove it.
struct Floor {
  double wire_ms = 0;  // the exchanges alone
  // With the lock's work: it begins as its question ends, so that the answer and the silence behind
  // it pass meanwhile.
  double with_work_ms = 0;
  double longest_ms = 0;  // exchange
};

Floor floor_of(const profile::Profile& model) {
  Floor floor;
  const auto add = [&floor](const std::vector<bus::Exchange>& exchanges, double work_ms) {
    for (const auto& exchange : exchanges) {
      const double whole = exchange_ms(exchange);
      const double answer = answer_ms(exchange);
      floor.wire_ms += whole;
      floor.with_work_ms += work_ms > 0 ? whole - answer + std::max(work_ms, answer) : whole;
      floor.longest_ms = std::max(floor.longest_ms, whole);
    }
  };
  const auto content = content_of(1);
  add(order_exchanges(model, {}, profile::SlotOrder::write, {0, 1}, &content), write_work_ms);
  add(result_exchanges(model, {}), 0);
  add(order_exchanges(model, {}, profile::SlotOrder::read, {0, 1}, nullptr), read_work_ms);
  add(result_exchanges(model, {}), 0);
  add(slot_exchanges(model, {}), 0);
  return floor;
}

// A quiet line: what is polled without a pause otherwise is asked once a second.
profile::Profile calm(profile::Profile model) {
  for (auto& reg : model.registers) reg.poll = 1s;
  return model;
}

domain::Inventory inventory(const test::Building& building, int count) {
  domain::Inventory site;
  site.buses.push_back({.id = BusId("line-a"),
                        .name = "Line A",
                        .line = domain::SerialLine{.path = building.line("line-a")},
                        .source_line = 0});
  for (int unit = 1; unit <= count; ++unit) {
    domain::DeviceConfig lock;
    lock.id = DeviceId(cat("rtu-", unit));
    lock.name = lock.id.str();
    lock.model = "el-100";
    lock.bus = BusId("line-a");
    lock.unit = static_cast<std::uint8_t>(unit);
    site.devices.push_back(std::move(lock));
  }
  return site;
}

struct Press {
  std::string device;
  std::int64_t at_ns;
};

// One run: the fleet over the building's line, the codes on their way, people at the doors.
class Run {
 public:
  Run(const test::Building& building, const profile::Catalog& models, int count)
      : fleet_(io_.get_executor(), clock_, models, devices::open_buses(io_.get_executor())),
        count_(count) {
    fleet_.configure(inventory(building, count));
  }

  // How long the codes took, in ms.
  double write_all(bool people) {
    people_ = people;
    asio::co_spawn(io_, all(), asio::detached);
    io_.run_for(all_within);
    if (!fault_.empty()) throw std::runtime_error(fault_);
    if (!finished_) throw std::runtime_error("the codes did not get written");
    return took_ms_;
  }
  const std::vector<Press>& presses() const { return presses_; }

 private:
  asio::awaitable<void> sleep(std::chrono::microseconds time) {
    asio::steady_timer timer(io_, time);
    co_await timer.async_wait(asio::use_awaitable);
  }

  bool all_fresh() const {
    for (int unit = 1; unit <= count_; ++unit) {
      const auto reported = fleet_.reported(DeviceId(cat("rtu-", unit)));
      if (!reported || reported->link != domain::Link::fresh) return false;
    }
    return true;
  }

  asio::awaitable<void> all() {
    const SteadyTime limit = Steady::now() + fresh_within;
    while (!all_fresh() && Steady::now() < limit) co_await sleep(50ms);
    if (!all_fresh()) fault_ = "a lock does not answer";
    if (people_) asio::co_spawn(io_, press_buttons(), asio::detached);
    const SteadyTime began = Steady::now();
    for (std::uint16_t slot = codes; slot >= 1 && fault_.empty(); --slot) {
      auto written = co_await fleet_.memories().write(
          DeviceId("rtu-1"), {0, slot}, content_of(slot), Steady::now() + slot_within);
      if (!written) fault_ = written.error().message();
    }
    took_ms_ = std::chrono::duration<double, std::milli>(Steady::now() - began).count();
    finished_ = true;
    if (!people_) io_.stop();
  }

  // A command each 0.4 to 0.6 s at the doors 2 to 16 in turn.
  asio::awaitable<void> press_buttons() {
    std::mt19937 random(7);
    for (int i = 0; !finished_ && fault_.empty(); ++i) {
      const std::string device = cat("rtu-", 2 + i % (count_ - 1));
      const bool lock = i / (count_ - 1) % 2 == 0;
      presses_.push_back({device, nanoseconds(Steady::now())});
      const auto outcome = co_await fleet_.execute(
          DeviceId(device),
          {.command = lock ? domain::Command::lock : domain::Command::unlock, .part = 0},
          Steady::now() + 10s);
      if (outcome.verdict != domain::Verdict::done)
        fault_ = cat("a command to ", device, " failed");
      co_await sleep(std::chrono::microseconds(random() % 100'000));
    }
    io_.stop();
  }

  asio::io_context io_;
  SystemClock clock_{true};
  devices::BusFleet fleet_;
  int count_;
  bool people_ = false;
  bool finished_ = false;
  double took_ms_ = 0;
  std::string fault_;
  std::vector<Press> presses_;
};

// From a command's call to its coil, in ms.
std::vector<double> latencies(const test::Building& building, const std::vector<Press>& presses) {
  std::vector<double> list;
  std::size_t next = 0;
  for (const auto& move : building.moves()) {
    if (next == presses.size()) break;
    const Press& press = presses[next];
    if (move.at("what").as_string() != "coil" || move.at("device").as_string() != press.device) {
      continue;
    }
    list.push_back(static_cast<double>(move.at("t_ns").to_number<std::int64_t>() - press.at_ns) /
                   1e6);
    ++next;
  }
  if (next != presses.size()) throw std::runtime_error("a command's coil is missing");
  return list;
}

// The lock holds every code in its slot and nothing else, as the building itself tells.
void check_memory(test::Building& building) {
  const auto memory = building.control("memory rtu-1");
  const auto& slots = memory.at("slots").as_array();
  std::set<std::int64_t> right;
  for (const auto& each : slots) {
    const auto& slot = each.as_object();
    const auto number = slot.at("slot").to_number<std::uint16_t>();
    const auto content = content_of(number);
    if (slot.at("value").as_string() == std::get<domain::Code>(content.key).digits()) {
      right.insert(number);
    }
  }
  if (right.size() != codes || slots.size() != codes) {
    throw std::runtime_error(cat("the lock holds ", right.size(), " of the ", codes, " codes"));
  }
}

void run() {
  Problems problems;
  const auto models =
      profile::Catalog::load({(test::source_folder() / "drivers" / "profiles").string()}, problems);
  const profile::Profile* el100 = models.profile("el-100");
  if (el100 == nullptr) throw std::runtime_error(problems.as_error().message());
  profile::Catalog calm_models;
  calm_models.add(calm(*el100), problems);
  const Floor floor = floor_of(*el100);
  const double wire_floor = codes * floor.wire_ms;
  const double work_floor = codes * floor.with_work_ms;

  test::TempDir folder;
  test::Building quiet(folder.path() / "quiet", test::Building::Scene::bench);
  const double alone = Run(quiet, calm_models, 1).write_all(false);
  check_memory(quiet);
  test::Building full(folder.path() / "full", test::Building::Scene::bench);
  Run busy(full, models, locks);
  const double among = busy.write_all(true);
  check_memory(full);
  const auto waited = latencies(full, busy.presses());

  bench::remark(
      "the floor is the wire's own time for the exchanges that are needed, computed; 'with"
      " the lock's work' adds 120 ms a write and 20 ms a read, as its data sheet says");
  bench::report({.name = "230 codes into a lock, each read back, RTU 19200 8E1, a quiet line",
                 .value = alone / 1000,
                 .unit = "s",
                 .floor = wire_floor / 1000});
  bench::report({.name = "the same, against the wire with the lock's work",
                 .value = alone / 1000,
                 .unit = "s",
                 .floor = work_floor / 1000,
                 .goal = "ratio <= 1.10",
                 .met = alone / work_floor <= 1.10});
  bench::report({.name = "the same, 16 locks polled flat out, commands at the others",
                 .value = among / 1000,
                 .unit = "s",
                 .floor = work_floor / 1000});
  bench::report({.name = "another door's command meanwhile, call to coil, p50",
                 .value = quantile(waited, 0.50),
                 .unit = "ms",
                 .floor = bench::poll_ms / 2 + bench::coil_ms});
  bench::report({.name = "another door's command meanwhile, call to coil, p99",
                 .value = quantile(waited, 0.99),
                 .unit = "ms",
                 .floor = floor.longest_ms + bench::coil_ms,
                 .goal = "floor + 5 ms",
                 .met = quantile(waited, 0.99) <= floor.longest_ms + bench::coil_ms + 5});
}

}  // namespace

int main() {
  try {
    run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "memory_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
