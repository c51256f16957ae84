// ./dev soak [MINUTES]: full load; memory flat, no descriptors leaked, no drift of poll times, no
// growth of the database beyond its retention. Prints a table and build/soak.json.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <deque>
#include <random>
#include <stdexcept>
#include <thread>

#include "firmware/base/text.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/mqtt_client.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;

constexpr std::uint64_t journal_mib = 1;  // small, so that retention has work within minutes
constexpr auto sample_every = 10s;
constexpr std::size_t doors_at_once = 8;

struct Sample {
  double minute = 0;
  test::ProcessUse daemon;
  test::ProcessUse agent;
  double polls_a = 0;  // exchanges a second on line-a
  double polls_b = 0;
  double database_mib = 0;
  std::int64_t records = 0;  // ever
  std::int64_t kept = 0;     // what retention has left of them
};

std::uint64_t asked(const json::object& buses, std::string_view line) {
  for (const auto& bus : buses.at("buses").as_array()) {
    if (bus.at("id").as_string() == line) {
      return bus.at("counts").at("asked").to_number<std::uint64_t>();
    }
  }
  throw std::runtime_error("no bus " + std::string(line));
}

double database_mib(const std::filesystem::path& database) {
  double bytes = 0;
  for (const auto* part : {"", "-wal", "-shm"}) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(database.string() + part, missing);
    if (!missing) bytes += static_cast<double>(size);
  }
  return bytes / (1 << 20);
}

// Commands over MQTT and things that happen in the building, as fast as they are answered.
class Load {
 public:
  Load(const std::string& gateway, int broker_port, test::Building& building)
      : commands_([this, gateway, broker_port] { command(gateway, broker_port); }),
        events_([this, &building] { happen(building); }) {}
  ~Load() {
    stopping_ = true;
    commands_.join();
    events_.join();
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  int commands() const { return done_; }

 private:
  void command(const std::string& gateway, int broker_port) {
    test::MqttClient cloud(broker_port, "soak-cloud");
    std::deque<std::string> under_way;  // at most `doors_at_once`, of different doors
    for (int i = 0; !stopping_; ++i) {
      test::MqttRequest request;
      const int door = i % 16;
      request.path = cat("/v1/devices/lock-", 1 + door / 4, "0", 1 + door % 4, "/commands");
      request.body = i / 16 % 2 == 0 ? R"({"command":"unlock"})" : R"({"command":"lock"})";
      under_way.push_back(cloud.send(gateway, request));
      if (under_way.size() < doors_at_once) continue;
      const std::string oldest = under_way.front();
      under_way.pop_front();
      const auto is_it = [&oldest](const auto& message) { return message.correlation == oldest; };
      if (cloud.take(is_it, 15s)) ++done_;
    }
  }

  void happen(test::Building& building) {
    std::mt19937 random(2);
    for (int i = 0; !stopping_; ++i) {
      try {
        building.control(cat("zone ", 1 + random() % 12, i % 2 == 0 ? " active" : " normal"));
        building.control(cat("hand lock-50", 1 + random() % 4, i % 2 == 0 ? " lock" : " unlock"));
      } catch (const std::runtime_error&) {
        // Somebody else who lives there has that door open.
      }
      std::this_thread::sleep_for(20ms);
    }
  }

  std::atomic<bool> stopping_{false};
  std::atomic<int> done_{0};
  std::thread commands_;
  std::thread events_;
};

// The median of a figure over a part of the samples.
template <class Figure>
double median(const std::vector<Sample>& samples, std::size_t from, std::size_t to, Figure figure) {
  std::vector<double> values;
  for (std::size_t i = from; i < to; ++i) values.push_back(figure(samples[i]));
  std::ranges::sort(values);
  return values[values.size() / 2];
}

int faults = 0;
json::array figures;

// Compares the last third of the run with the middle one.
template <class Figure>
void compare(const std::vector<Sample>& samples, const std::string& name, const std::string& unit,
             double most_change, Figure figure) {
  const std::size_t third = samples.size() / 3;
  const double middle = median(samples, third, 2 * third, figure);
  const double last = median(samples, 2 * third, samples.size(), figure);
  const double ratio = middle == 0 ? 1 : last / middle;
  const bool met = ratio <= 1 + most_change && ratio >= 1 - most_change;
  if (!met) ++faults;
  std::printf("%-34s middle third %9.2f, last third %9.2f %s: %+.1f %%  %s\n", name.c_str(), middle,
              last, unit.c_str(), (ratio - 1) * 100, met ? "flat" : "DRIFTS");
  json::object row;
  row["name"] = "soak: " + name;
  row["value"] = last;
  row["unit"] = unit;
  row["floor"] = middle;
  row["ratio"] = ratio;
  row["goal"] = cat("within ", static_cast<int>(most_change * 100), " %");
  row["met"] = met;
  figures.push_back(std::move(row));
}

int run(int minutes) {
  test::TempDir folder;
  test::MosquittoBroker broker;
  test::Building building(folder.path() / "building", test::Building::Scene::sample, {"--life"});
  test::Gateway gateway(folder.path() / "gateway",
                        {.more_settings = "", .journal_mib = journal_mib});
  test::Agent agent(folder.path() / "agent", gateway, broker.port());
  gateway.start();
  gateway.import_site(building.site());
  gateway.wait_fresh(30s);
  agent.start();

  std::vector<Sample> samples;
  std::printf("%7s %10s %10s %5s %5s %9s %9s %8s %9s %7s\n", "minute", "genkand", "agent", "fds",
              "fds", "line-a", "line-b", "database", "records", "kept");
  {
    const Load load(gateway.id(), broker.port(), building);
    const auto began = std::chrono::steady_clock::now();
    json::object before = gateway.api("GET", "/v1/buses").json();
    auto before_at = began;
    while (std::chrono::steady_clock::now() - began < std::chrono::minutes(minutes)) {
      std::this_thread::sleep_for(sample_every);
      const auto now = std::chrono::steady_clock::now();
      const json::object buses = gateway.api("GET", "/v1/buses").json();
      const double seconds = std::chrono::duration<double>(now - before_at).count();
      Sample sample;
      sample.minute = std::chrono::duration<double>(now - began).count() / 60;
      sample.daemon = gateway.process().use();
      sample.agent = agent.process().use();
      sample.polls_a =
          static_cast<double>(asked(buses, "line-a") - asked(before, "line-a")) / seconds;
      sample.polls_b =
          static_cast<double>(asked(buses, "line-b") - asked(before, "line-b")) / seconds;
      sample.database_mib = database_mib(gateway.database());
      const json::object status = gateway.api("GET", "/v1/status").json();
      const json::value& journal = status.at("journal");
      sample.records = journal.at("head").to_number<std::int64_t>();
      sample.kept = sample.records - journal.at("oldest").to_number<std::int64_t>() + 1;
      before = buses;
      before_at = now;
      std::printf("%7.1f %6lu KiB %6lu KiB %5zu %5zu %7.1f/s %7.1f/s %4.2f MiB %9ld %7ld\n",
                  sample.minute, static_cast<unsigned long>(sample.daemon.resident_kib),
                  static_cast<unsigned long>(sample.agent.resident_kib), sample.daemon.descriptors,
                  sample.agent.descriptors, sample.polls_a, sample.polls_b, sample.database_mib,
                  static_cast<long>(sample.records), static_cast<long>(sample.kept));
      std::fflush(stdout);
      samples.push_back(sample);
    }
    std::printf("%d commands over MQTT were answered\n", load.commands());
  }
  if (samples.size() < 6) {
    std::puts("too short to compare; run at least one minute");
    return 1;
  }
  const auto kib = [](std::uint64_t value) { return static_cast<double>(value); };
  compare(samples, "genkand resident", "KiB", 0.03,
          [kib](const Sample& sample) { return kib(sample.daemon.resident_kib); });
  compare(samples, "genkan-agent resident", "KiB", 0.03,
          [kib](const Sample& sample) { return kib(sample.agent.resident_kib); });
  compare(samples, "genkand descriptors", "", 0.0,
          [kib](const Sample& sample) { return kib(sample.daemon.descriptors); });
  compare(samples, "genkan-agent descriptors", "", 0.0,
          [kib](const Sample& sample) { return kib(sample.agent.descriptors); });
  compare(samples, "exchanges on line-a", "/s", 0.03,
          [](const Sample& sample) { return sample.polls_a; });
  compare(samples, "exchanges on line-b", "/s", 0.03,
          [](const Sample& sample) { return sample.polls_b; });
  compare(samples, "database", "MiB", 0.1,
          [](const Sample& sample) { return sample.database_mib; });
  const bool retained = samples.back().kept < samples.back().records;
  if (!retained) ++faults;
  std::printf("%-34s %ld of %ld records kept with %lu MiB of journal: %s\n", "retention",
              static_cast<long>(samples.back().kept), static_cast<long>(samples.back().records),
              static_cast<unsigned long>(journal_mib),
              retained ? "works" : "NOT REACHED; run for longer");
  test::write_file("build/soak.json", json::serialize(figures) + "\n");
  return faults == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  const auto minutes = count > 1 ? parse_integer<int>(values[1], 1, 10'000) : 10;
  if (!minutes) {
    std::fputs("usage: ./dev soak [MINUTES]\n", stderr);
    return 2;
  }
  try {
    return run(*minutes);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "soak test: %s\n", error.what());
    return 1;
  }
}
