// ./dev fleet [N]: N simulated gateways (2,000), each on its own TLS connection with its own
// certificate, against one mosquitto and one genkan-cloud: what a gateway costs and how that grows
// from a tenth of them to all; then all of them lost and back at once, and a new command key for
// everybody. Nothing may be missing in the mirror, and each command is answered.
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include <sys/resource.h>

#include "firmware/base/text.hpp"
#include "tests/bench/figures.hpp"
#include "tests/long/fleet/report.hpp"
#include "tests/long/fleet/town.hpp"
#include "tests/unit/agent/schema.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;
using fleet::Report;
using fleet::Town;

constexpr auto settle = 3s;
constexpr auto idle = 10s;
constexpr auto load = 20s;
constexpr double pace_each = 0.2;  // records a second at each gateway, each with a state
constexpr int commands = 200;
constexpr int sends = 5;
constexpr int flood = 20'000;     // records, over all gateways
constexpr int warm_up = 100'000;  // records, until the caches of SQLite are full
constexpr int missed_each = 50;   // records that a gateway makes while it is away
constexpr auto patience = 180s;

// A connection is a descriptor here and another at the broker, which has our limits.
void raise_descriptors(rlim_t wanted) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < wanted) {
    throw std::runtime_error(cat("only ", limit.rlim_max, " open files are allowed; ", wanted,
                                 " are needed (ulimit -n)"));
  }
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void check_words(Report& report) {
  const test::Schemas schemas(test::source_folder() / "cloud-agent/contract/schemas");
  fleet::Words words("fleet-1", 1, "trial-1");
  const auto fits = [&](const std::string& schema, const std::string& text) {
    const auto fault = schemas.fault(schema, json::parse(text));
    if (!fault.empty()) report.check(false, cat("a simulated gateway's ", schema, ": ", fault));
    return fault.empty();
  };
  fleet::Arrived request;
  request.method = "POST";
  request.path = "/v1/signed";
  request.payload = "nothing";
  const bool right = fits("presence", words.presence(3)) &&
                     fits("presence", fleet::Words::offline()) && fits("state", words.state(1)) &&
                     fits("alarm", words.record(20)) &&
                     fits("activity", cat("{\"records\":[", words.record(21), "]}")) &&
                     fits("refusal", words.reply(request, 3).body);
  report.check(right, "what simulated gateways say keeps the contract's schemas");
}

double share(double before, double after, double seconds) {
  return 100 * (after - before) / seconds;
}

void measure(Town& town, unsigned gateways, bool first, Report& report) {
  fleet::Row row{.gateways = gateways};
  row.connect_s = town.grow(gateways);
  if (first) town.fleet().flood(warm_up / static_cast<int>(gateways), 100);
  if (!town.wait_whole(patience)) throw std::runtime_error("the mirror does not become whole");
  std::this_thread::sleep_for(settle);
  const auto rest = town.cost();
  std::this_thread::sleep_for(idle);
  const auto rested = town.cost();
  row.idle_cloud = share(rest.cloud, rested.cloud, rested.seconds - rest.seconds);
  row.idle_broker = share(rest.broker, rested.broker, rested.seconds - rest.seconds);

  town.fleet().set_pace(pace_each * gateways);
  std::this_thread::sleep_for(settle);
  const auto work = town.cost();
  std::this_thread::sleep_for(load);
  const auto worked = town.cost();
  row.load_cloud = share(work.cloud, worked.cloud, worked.seconds - work.seconds);
  row.load_broker = share(work.broker, worked.broker, worked.seconds - work.seconds);
  row.cloud_mib = town.cloud_mib();
  row.broker_mib = town.broker_mib();
  const auto times = town.command_times(commands);
  row.command_p50 = bench::quantile(times, 0.50);
  row.command_p99 = bench::quantile(times, 0.99);
  row.send_p50 = bench::median(town.send_times(sends));
  town.fleet().set_pace(0);
  if (!town.wait_whole(patience)) throw std::runtime_error("the mirror does not become whole");

  const int each = std::max(1, flood / static_cast<int>(gateways));
  town.fleet().flood(each, 1);
  const auto seconds = town.wait_whole(patience);
  if (!seconds) throw std::runtime_error("the mirror does not become whole after a flood");
  row.flood_rate = each * static_cast<double>(gateways) / *seconds;
  report.add(row);
}

// The broker dies under load, with all connections, and starts again at once.
void lose_broker(Town& town, unsigned gateways, Report& report) {
  town.fleet().set_pace(pace_each * gateways);
  std::this_thread::sleep_for(settle);
  const auto before = town.cost();
  town.kill_broker();
  const auto online = town.wait_online(gateways, patience);
  const auto back = town.cost();
  town.fleet().set_pace(0);
  const auto whole = town.wait_whole(patience);
  report.check(online && whole,
               cat("broker killed: all ", gateways, " gateways and every record are back"));
  if (!online || !whole) return;
  const auto after = town.cost();
  std::printf(
      "        all connected after %.1f s (genkan-cloud used %.1f s of processor, the new broker"
      " %.1f s),\n        the mirror whole %.1f s after the load ended (%.1f s and %.1f s)\n",
      *online, back.cloud - before.cloud, back.broker, *whole, after.cloud - before.cloud,
      after.broker);
  report.figure("broker killed: until all are connected again", *online, "s");
}

// Every connection is cut and stays away until the wills are out; records are made meanwhile; all
// come back in the same moment.
void lose_everybody(Town& town, unsigned gateways, Report& report) {
  town.fleet().vanish();
  const auto away = town.wait_online(0, patience);
  report.check(away.has_value(), cat("all ", gateways, " cut off: the mirror has them as away"));
  if (!away) return;
  town.fleet().flood(missed_each, 100);
  const auto before = town.cost();
  town.fleet().come();
  const auto online = town.wait_online(gateways, patience);
  const auto whole = town.wait_whole(patience);
  report.check(online && whole, cat("all ", gateways, " back at once, with ",
                                    static_cast<std::int64_t>(missed_each) * gateways,
                                    " records: online in the mirror, nothing missing"));
  if (!online || !whole) return;
  const auto after = town.cost();
  std::printf(
      "        away after %.1f s (wills have 5 s to wait here); back: all online in the mirror"
      " after %.1f s,\n        every record %.1f s later; genkan-cloud used %.1f s of processor,"
      " mosquitto %.1f s\n",
      *away, *online, *whole, after.cloud - before.cloud, after.broker - before.broker);
  report.figure("all back at once: until all are online in the mirror", *online, "s");
  report.figure("all back at once: until every missed record is there", *online + *whole, "s");
}

void change_keys(Town& town, unsigned gateways, Report& report) {
  const auto made = town.cloud().run({"keys", "new"});
  if (made.code != 0) throw std::runtime_error("keys new: " + made.output);
  const auto began = std::chrono::steady_clock::now();
  const bool changed = test::wait_until(
      [&] {
        return town.mirror().number("SELECT count(*) FROM command_keys WHERE retired IS NULL") == 1;
      },
      900s);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  report.check(changed,
               cat("a new command key for all ", gateways, ", and the old one taken away"));
  if (!changed) return;
  std::printf("        %.1f s: %.0f signed requests a second\n", seconds, 2 * gateways / seconds);
  report.figure("a new command key everywhere", seconds, "s");
  report.check(town.command_times(20).size() == 20, "20 commands signed with it are done");
}

void check_mirror(Town& town, Report& report) {
  const auto fleet = town.fleet().totals();
  const auto records = town.mirror().number("SELECT count(*) FROM records");
  const auto gaps =
      town.mirror().number("SELECT count(*) FROM journals WHERE whole <> highest OR current = 0");
  const auto others = town.mirror().number(
      "SELECT (SELECT count(*) FROM disputed) +"
      " (SELECT count(*) FROM gone)");
  report.check(records == fleet.head && gaps == 0 && others == 0,
               cat("the mirror has ", records, " records of ", fleet.head,
                   "; journals with gaps: ", gaps, "; disputed or gone: ", others));
  const auto states = town.mirror().number("SELECT count(*) FROM states");
  report.check(states == fleet.gateways * static_cast<std::int64_t>(fleet::Gateway::devices),
               cat("and the states of ", states, " devices"));
}

int run(unsigned gateways) {
  raise_descriptors(gateways + 200);
  Report report;
  check_words(report);
  Town town(gateways);
  const double enrolled = town.enrol();
  std::printf("        %u gateways enrolled in %.1f s\n", gateways, enrolled);
  report.figure("enrolments a second", gateways / enrolled, "1/s");
  for (const unsigned size : {gateways / 10, gateways / 4, gateways / 2, gateways}) {
    measure(town, size, size == gateways / 10, report);
  }
  report.growth();
  lose_broker(town, gateways, report);
  lose_everybody(town, gateways, report);
  change_keys(town, gateways, report);
  check_mirror(town, report);
  const auto cloud = town.cloud().process().use();
  const auto broker = town.cloud().broker().use();
  std::printf("        most memory ever: genkan-cloud %.1f MiB, the last mosquitto %.1f MiB\n",
              static_cast<double>(cloud.peak_kib) / 1024,
              static_cast<double>(broker.peak_kib) / 1024);
  report.save();
  return report.faults() == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  const auto gateways = count > 1 ? parse_integer<unsigned>(values[1], 20, 8000) : 2000;
  if (!gateways) {
    std::fputs("usage: ./dev fleet [N]   (20 to 8000 gateways)\n", stderr);
    return 2;
  }
  try {
    return run(*gateways);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fleet test: %s\n", error.what());
    return 1;
  }
}
