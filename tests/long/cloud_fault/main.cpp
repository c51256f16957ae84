// ./dev cloud-faults [--records N] [--commands N] [--faults N] [--seed N]: agent, genkand, broker
// and genkan-cloud are killed and stopped and their lines cut, at random, while the journal grows
// and signed commands move bolts. Afterwards: the mirror has each record once, in order; each
// movement in the buildings' own logs belongs to one command, in time; each command has its answer.
#include <chrono>
#include <cstdio>
#include <exception>
#include <optional>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "firmware/base/text.hpp"
#include "tests/integration/estate.hpp"
#include "tests/integration/signer.hpp"
#include "tests/integration/tcp_cut.hpp"
#include "tests/long/cloud_fault/commands.hpp"
#include "tests/long/cloud_fault/faults.hpp"
#include "tests/long/cloud_fault/pace.hpp"
#include "tests/long/cloud_fault/proof.hpp"
#include "tests/long/cloud_fault/records.hpp"

namespace genkan::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto patience = 60s;
// For the last gap to be repaired: genkan-cloud asks again after five minutes at most.
constexpr auto until_mirrored = 400s;
// A fault and the work that goes with it; far more than they take.
constexpr auto most_a_fault = 60s;
constexpr int locks_over_tcp = 16;

struct Plan {
  FaultPace::Sums sums{.records = 100'000, .commands = 10'000, .faults = 300};
  unsigned seed = std::random_device{}();
};

// The sample building's site, with the locks of another building on Modbus TCP.
std::string site_of(const Building& sample, const Building& bench) {
  std::string site = cat(sample.site(), "\n[[bus]]\nid = \"tcp-2\"\nname = \"Annex\"\n",
                         "tcp = \"127.0.0.1:", bench.tcp_port(), "\"\n");
  for (int unit = 1; unit <= locks_over_tcp; ++unit) {
    site += cat("\n[[device]]\nid = \"tcp-", unit, "\"\nname = \"Annex ", unit,
                "\"\nmodel = \"el-100\"\nbus = \"tcp-2\"\nunit = ", unit, "\nrooms = [\"r504\"]\n");
  }
  return site;
}

std::vector<CommandLoad::Door> doors_of(Building& sample, Building& bench) {
  std::vector<CommandLoad::Door> doors{{"bike-room-lock", &sample}};
  for (int floor = 1; floor <= 6; ++floor) {
    for (int door = 1; door <= 4; ++door)
      doors.push_back({cat("lock-", floor, "0", door), &sample});
  }
  for (int unit = 1; unit <= locks_over_tcp; ++unit) doors.push_back({cat("tcp-", unit), &bench});
  return doors;
}

// From now on everybody who asks genkan-cloud's settings is told that the broker is there.
void put_broker_at(const Cloud& cloud, int before, int port) {
  const auto file = cloud.path("cloud.toml");
  write_file(file, replaced(read_file(file), cat(":", before, '"'), cat(":", port, '"')));
}

// Everything, with the lines of gateway and cloud to the broker in our hands.
struct Scene {
  Scene()
      : estate("requests_per_minute = 100000\n"),
        annex(estate.house.folder.path() / "annex", Building::Scene::bench),
        gateway_line(estate.cloud.port()),
        cloud_line(estate.cloud.own_port()) {
    auto& gateway = estate.house.gateway;
    // Nothing may be cleared away before the mirror has it.
    estate.house.restart_with(replaced(read_file(estate.house.settings_file()), "journal_mib = 64",
                                       "journal_mib = 4096"));
    gateway.import_site(site_of(estate.house.building, annex));
    gateway.wait_fresh(patience);
    estate.cloud.start_broker();
    estate.start_agent();
    put_broker_at(estate.cloud, estate.cloud.port(), gateway_line.port());
    estate.claim();
    put_broker_at(estate.cloud, estate.cloud.own_port(), cloud_line.port());
    estate.cloud.start();
    if (!wait_until([this] { return estate.connected(); }, patience)) {
      throw std::runtime_error("the gateway does not reach its cloud");
    }
  }

  CommandLoad::Cloud cloud() const {
    return {estate.house.gateway.id(),
            cloud_line.port(),
            {estate.cloud.path("ca.pem"), estate.cloud.path("cloud.pem"),
             estate.cloud.path("cloud.key")}};
  }
  RequestSigner signer() const {
    const auto kid = estate.cloud.kid();
    return {estate.cloud.path("keys") / (kid + ".key"), kid, estate.house.gateway.id()};
  }

  Estate estate;
  Building annex;
  TcpCut gateway_line;
  TcpCut cloud_line;
};

double seconds_since(Clock::time_point then) {
  return std::chrono::duration<double>(Clock::now() - then).count();
}

// Breaks and mends until all of the work is done; false: it does not come to its end.
bool break_things(Faults& faults, FaultPace& pace, unsigned seed) {
  const auto began = Clock::now();
  const auto end = began + 120s + pace.wanted().faults * most_a_fault;
  std::mt19937 random(seed);
  auto next = began;
  std::int64_t told = 0;
  const auto over = [&pace] {
    return pace.faults() >= pace.wanted().faults && pace.finished(FaultPace::Work::records) &&
           pace.finished(FaultPace::Work::commands);
  };
  while (!over()) {
    if (Clock::now() > end) return false;
    faults.tick();
    if (Clock::now() >= next && pace.may_fault() && faults.begin()) {
      pace.fault_began();
      next = Clock::now() + std::chrono::milliseconds(500 + random() % 3000);
    }
    if (pace.faults() >= told + 20) {
      told = pace.faults();
      std::printf("        %5.0f s: %ld faults, %ld records, %ld commands\n", seconds_since(began),
                  static_cast<long>(told), static_cast<long>(pace.done(FaultPace::Work::records)),
                  static_cast<long>(pace.done(FaultPace::Work::commands)));
      std::fflush(stdout);
    }
    std::this_thread::sleep_for(10ms);
  }
  std::printf("        %5.0f s: all of it\n", seconds_since(began));
  return true;
}

std::size_t lines_with(const std::filesystem::path& log, std::string_view words) {
  std::istringstream text(read_file(log));
  std::size_t count = 0;
  for (std::string line; std::getline(text, line);) {
    if (line.find(words) != std::string::npos) ++count;
  }
  return count;
}

void tell_what_happened(const Scene& scene, const Faults& faults, const CommandLoad& commands) {
  std::int64_t sends = 0;
  for (const auto& order : commands.orders()) sends += order.sends;
  for (const auto& [kind, count] : faults.counts())
    std::printf("        %6d %s\n", count, kind.c_str());
  const auto& folder = scene.estate.house.folder.path();
  std::printf("        %6zu connections of the agent, %zu of genkan-cloud, %d of the sender\n",
              lines_with(folder / "agent" / "agent.log", "connected to the broker"),
              lines_with(scene.estate.cloud.path("relay.log"), "connected to the broker"),
              commands.connections());
  std::printf("        %6zu gaps that genkan-cloud asked for\n",
              lines_with(scene.estate.cloud.path("relay.log"), "records are missing"));
  std::printf("        %6ld sendings of %zu commands\n", static_cast<long>(sends),
              commands.orders().size());
}

void check_programs(Findings& findings, Scene& scene, const Faults& faults) {
  for (const auto& surprise : faults.surprises()) findings.example(surprise);
  findings.check(faults.surprises().empty(),
                 cat("programs that ended by themselves: ", faults.surprises().size()));
  const auto status = scene.estate.house.gateway.api("GET", "/v1/status").json();
  findings.check(!status.at("storage").at("failing").as_bool() &&
                     status.at("storage").at("records_lost").to_number<std::int64_t>() == 0,
                 "storage works and lost nothing");
}

// The head of the journal, once genkand is up again and nothing happens any more.
std::int64_t last_head(Gateway& gateway) {
  std::int64_t head = 0;
  const auto up = [&] {
    try {
      head = quiet_head(gateway);
      return true;
    } catch (const std::exception&) {
      return false;  // it is just being started: away, or it says so
    }
  };
  if (!wait_until(up, patience)) throw std::runtime_error("genkand is not up: " + gateway.log());
  return head;
}

int run(const Plan& plan) {
  std::printf("%ld records, %ld commands, %ld faults, seed %u\n",
              static_cast<long>(plan.sums.records), static_cast<long>(plan.sums.commands),
              static_cast<long>(plan.sums.faults), plan.seed);
  Scene scene;
  Estate& estate = scene.estate;
  auto& building = estate.house.building;
  FaultPace pace(plan.sums);
  Faults faults(estate, scene.gateway_line, scene.cloud_line, plan.seed);
  RecordLoad records(estate.house.gateway, building, pace);
  CommandLoad commands(scene.cloud(), scene.signer(), doors_of(building, scene.annex), pace,
                       plan.seed + 1);
  Findings findings;
  const bool over = break_things(faults, pace, plan.seed + 2);
  faults.end_all();
  commands.stop();
  records.stop();

  const auto head = last_head(estate.house.gateway);
  const auto began = Clock::now();
  const auto database = estate.cloud.path("cloud.db");
  const bool mirrored = wait_until([&] { return mirrored_to(database) >= head; }, until_mirrored);
  const auto took = seconds_since(began);
  faults.tick();
  tell_what_happened(scene, faults, commands);
  findings.check(over, "records, commands and faults came to their numbers");
  findings.check(mirrored, cat("the mirror is whole ", static_cast<int>(took + 0.5),
                               " s after the last record"));
  check_mirror(findings, estate.house.gateway, database);

  auto moved = movements(building.moves());
  const auto moved_there = movements(scene.annex.moves());
  moved.insert(moved.end(), moved_there.begin(), moved_there.end());
  const auto& orders = commands.orders();
  const auto moved_by = attribute(findings, moved, orders);
  show_answers(moved_by, orders);
  check_movements(findings, moved_by, orders);
  check_answers(findings, orders);
  for (const auto& sentence : commands.contradictions()) findings.example(sentence);
  findings.check(commands.contradictions().empty(),
                 cat("asked again though answered: ", commands.asked_again(),
                     "; another answer: ", commands.contradictions().size()));
  check_programs(findings, scene, faults);
  return findings.faults() == 0 ? 0 : 1;
}

std::optional<Plan> plan_of(int count, char** values) {
  Plan plan;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = values[i];
    const auto number = parse_integer<std::int64_t>(values[i + 1], 0, 4'294'967'295);
    if (!number || (*number == 0 && name != "--seed")) return std::nullopt;
    if (name == "--records") {
      plan.sums.records = *number;
    } else if (name == "--commands") {
      plan.sums.commands = *number;
    } else if (name == "--faults") {
      plan.sums.faults = *number;
    } else if (name == "--seed") {
      plan.seed = static_cast<unsigned>(*number);
    } else {
      return std::nullopt;
    }
  }
  if (count % 2 == 0) return std::nullopt;
  return plan;
}

}  // namespace
}  // namespace genkan::test

int main(int count, char** values) {
  const auto plan = genkan::test::plan_of(count, values);
  if (!plan) {
    std::fputs("usage: ./dev cloud-faults [--records N] [--commands N] [--faults N] [--seed N]\n",
               stderr);
    return 2;
  }
  try {
    return genkan::test::run(*plan);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cloud fault test: %s\n", error.what());
    return 1;
  }
}
