#include "tests/long/fleet/report.hpp"

#include <cstdio>

#include "firmware/base/text.hpp"
#include "tests/integration/process.hpp"

namespace genkan::fleet {

namespace {

// "4.13": enough for a table.
std::string digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f" : value < 1000 ? "%.1f" : "%.0f", value);
  return text;
}

}  // namespace

void Report::check(bool holds, const std::string& sentence) {
  std::printf("%s  %s\n", holds ? "ok    " : "FAILED", sentence.c_str());
  std::fflush(stdout);
  if (!holds) ++faults_;
}

void Report::figure(const std::string& name, double value, const std::string& unit) {
  figures_.push_back(json::object{{"name", "fleet: " + name}, {"value", value}, {"unit", unit}});
}

void Report::add(const Row& row) {
  if (rows_.empty()) {
    std::puts(
        "          connected |   resident, MiB |   idle, % core | 0.2 records/s each, % core |"
        " flood     | signed command, ms     | genkan-cloud\n"
        " gateways         s |  cloud   broker |  cloud  broker |            cloud    broker |"
        " records/s |    p50        p99      | send, ms p50");
  }
  rows_.push_back(row);
  std::printf(
      "%9u %9.1f | %6.1f   %6.1f | %6.2f  %6.2f |           %6.2f    %6.2f | %9.0f | %6.2f     "
      "%6.2f      | %6.0f\n",
      row.gateways, row.connect_s, row.cloud_mib, row.broker_mib, row.idle_cloud, row.idle_broker,
      row.load_cloud, row.load_broker, row.flood_rate, row.command_p50, row.command_p99,
      row.send_p50);
  std::fflush(stdout);
  const auto say = [&](const std::string& name, double value, const std::string& unit) {
    figure(cat(row.gateways, " gateways, ", name), value, unit);
  };
  say("genkan-cloud resident", row.cloud_mib, "MiB");
  say("mosquitto resident", row.broker_mib, "MiB");
  say("genkan-cloud, 0.2 records a second each", row.load_cloud, "% of a core");
  say("mosquitto, 0.2 records a second each", row.load_broker, "% of a core");
  say("records a second, each a message, to the mirror", row.flood_rate, "records/s");
  say("signed command, publish to answer, p50", row.command_p50, "ms");
  say("signed command, publish to answer, p99", row.command_p99, "ms");
}

void Report::growth_of(const std::string& name, double Row::* cost, double factor,
                       const std::string& unit) {
  const auto slope = [&](const Row& from, const Row& to) {
    return (to.*cost - from.*cost) * factor / (to.gateways - from.gateways);
  };
  const double all = slope(rows_.front(), rows_.back());
  std::string steps;
  for (std::size_t i = 1; i < rows_.size(); ++i) {
    steps += cat(steps.empty() ? "" : ", ", rows_[i - 1].gateways, " to ", rows_[i].gateways, ": ",
                 digits(slope(rows_[i - 1], rows_[i])));
  }
  std::printf("        %s: %s %s a gateway (%s)\n", name.c_str(), digits(all).c_str(), unit.c_str(),
              steps.c_str());
  figure(cat(name, " a gateway, ", rows_.front().gateways, " to ", rows_.back().gateways), all,
         unit);
}

void Report::growth() {
  if (rows_.size() < 2) return;
  std::puts("growth:");
  growth_of("memory of genkan-cloud", &Row::cloud_mib, 1024, "KiB");
  growth_of("memory of mosquitto", &Row::broker_mib, 1024, "KiB");
  // A percent of a core is 10,000 µs a second.
  growth_of("processor of genkan-cloud, idle", &Row::idle_cloud, 10'000, "us/s");
  growth_of("processor of mosquitto, idle", &Row::idle_broker, 10'000, "us/s");
  growth_of("processor of genkan-cloud, 0.2 records a second", &Row::load_cloud, 10'000, "us/s");
  growth_of("processor of mosquitto, 0.2 records a second", &Row::load_broker, 10'000, "us/s");
}

void Report::save() const {
  test::write_file("build/fleet.json", json::serialize(figures_) + "\n");
}

}  // namespace genkan::fleet
