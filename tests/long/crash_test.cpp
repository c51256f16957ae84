// ./dev crash [N]: kill -9 of genkand at N random moments under load. Afterwards: the database
// opens, no record that was shown or sent is missing or changed, none is twice, and no door moved
// without a command.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

#include "firmware/base/text.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/mqtt_client.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;

constexpr int doors = 16;

std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string door(int index) { return cat("lock-", index / 4 + 1, "0", index % 4 + 1); }

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// A command that was asked, whatever became of it.
struct Asked {
  std::string device;
  bool lock = false;
  std::int64_t at_ns = 0;
};

// Asks doors to lock and unlock, and lets hands move others, until told to stop.
class Load {
 public:
  Load(test::Gateway& gateway, test::Building& building)
      : commands_([this, &gateway] { command_doors(gateway); }),
        hands_([this, &building] { move_things(building); }) {}
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void stop() {
    stopping_ = true;
    if (commands_.joinable()) commands_.join();
    if (hands_.joinable()) hands_.join();
  }
  std::vector<Asked> asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }
  int answered() const { return answered_; }

 private:
  void command_doors(test::Gateway& gateway) {
    std::mt19937 random(1);
    std::map<int, bool> locked;
    while (!stopping_) {
      // The upper half of the doors is moved by command alone, the lower by hand alone.
      const int index = doors / 2 + static_cast<int>(random() % (doors / 2));
      const bool lock = locked[index] = !locked[index];
      {
        const std::scoped_lock guard(mutex_);
        asked_.push_back({door(index), lock, monotonic_ns()});
      }
      try {
        const auto answer = gateway.api("POST", "/v1/devices/" + door(index) + "/commands",
                                        lock ? R"({"command":"lock","timeout_ms":2000})"
                                             : R"({"command":"unlock","timeout_ms":2000})");
        if (answer.status == 200) ++answered_;
      } catch (const std::runtime_error&) {
        std::this_thread::sleep_for(5ms);  // it was killed under this very request
      }
    }
  }

  void move_things(test::Building& building) {
    std::mt19937 random(2);
    bool locked = false;
    while (!stopping_) {
      locked = !locked;
      const int index = static_cast<int>(random() % (doors / 2));
      building.control(cat("hand ", door(index), locked ? " lock" : " unlock"));
      building.control(cat("zone ", 1 + random() % 12, locked ? " active" : " normal"));
      std::this_thread::sleep_for(20ms);
    }
  }

  std::atomic<bool> stopping_{false};
  std::atomic<int> answered_{0};
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::thread commands_;
  std::thread hands_;
};

// Reads the journal as a screen would, and keeps all that it was shown.
class Onlooker {
 public:
  explicit Onlooker(test::Gateway& gateway) : reading_([this, &gateway] { look(gateway); }) {}
  ~Onlooker() { stop(); }
  Onlooker(const Onlooker&) = delete;
  Onlooker& operator=(const Onlooker&) = delete;

  void stop() {
    stopping_ = true;
    if (reading_.joinable()) reading_.join();
  }
  const std::map<std::int64_t, std::string>& shown() const { return shown_; }

 private:
  void look(test::Gateway& gateway) {
    std::int64_t last = 0;
    while (!stopping_) {
      try {
        const auto page =
            gateway.api("GET", cat("/v1/journal?limit=1000&wait=1&after=", last)).json();
        for (const auto& record : page.at("records").as_array()) {
          last = record.at("seq").to_number<std::int64_t>();
          shown_[last] = json::serialize(record);
        }
      } catch (const std::exception&) {
        std::this_thread::sleep_for(5ms);
      }
    }
  }

  std::atomic<bool> stopping_{false};
  std::map<std::int64_t, std::string> shown_;
  std::thread reading_;
};

int faults = 0;

void check(bool holds, const std::string& sentence) {
  std::printf("%s  %s\n", holds ? "ok    " : "FAILED", sentence.c_str());
  if (!holds) ++faults;
}

std::map<std::int64_t, std::string> by_number(const std::vector<json::object>& journal) {
  std::map<std::int64_t, std::string> records;
  for (const auto& record : journal) {
    records[record.at("seq").to_number<std::int64_t>()] = json::serialize(record);
  }
  return records;
}

void check_numbers(const std::vector<json::object>& journal) {
  std::int64_t expected = 1;
  bool gapless = true;
  for (const auto& record : journal) {
    gapless = gapless && record.at("seq").to_number<std::int64_t>() == expected++;
  }
  check(gapless, cat("the journal's ", journal.size(), " records are numbered without a gap"));
}

void check_shown(const std::map<std::int64_t, std::string>& journal,
                 const std::map<std::int64_t, std::string>& shown, const std::string& where) {
  std::size_t missing = 0;
  for (const auto& [seq, record] : shown) {
    const auto found = journal.find(seq);
    if (found == journal.end() || found->second != record) ++missing;
  }
  check(missing == 0 && !shown.empty(),
        cat(shown.size(), " records ", where, "; missing or changed: ", missing));
}

std::map<std::int64_t, std::string> sent_over_mqtt(const test::MqttClient& cloud) {
  std::map<std::int64_t, std::string> records;
  for (const auto& message : cloud.messages()) {
    const json::object body = json::parse(message.payload).as_object();
    if (const json::value* list = body.if_contains("records")) {
      for (const auto& record : list->as_array()) {
        records[record.at("seq").to_number<std::int64_t>()] = json::serialize(record);
      }
    } else {
      records[body.at("seq").to_number<std::int64_t>()] = message.payload;
    }
  }
  return records;
}

// Each movement of a coil belongs to a command that asked for it; one command moves at most once.
void check_movements(const std::vector<json::object>& moves, std::vector<Asked> asked) {
  std::size_t written = 0;
  std::size_t unasked = 0;
  for (const auto& move : moves) {
    if (text_at(move, "what") != "coil") continue;
    const bool lock = move.at("value").to_number<int>() != 0;
    // Contacts of doors that close by themselves are put to rest at each start; that opens nothing.
    if (!lock && !text_at(move, "device").starts_with("lock-")) continue;
    ++written;
    const auto at = move.at("t_ns").to_number<std::int64_t>();
    const auto reason = std::ranges::find_if(asked, [&](const Asked& one) {
      return one.device == text_at(move, "device") && one.lock == lock && one.at_ns <= at;
    });
    if (reason == asked.end()) {
      ++unasked;
    } else {
      asked.erase(reason);
    }
  }
  check(unasked == 0 && written > 0,
        cat(written, " coils were written; without a command of their own: ", unasked));
}

// What was recorded of a bolt happened: never more records than movements.
void check_records_against_bolts(const std::vector<json::object>& journal,
                                 const std::vector<json::object>& moves) {
  std::map<std::string, int> balance;
  for (const auto& move : moves) {
    if (text_at(move, "what") == "bolt") {
      ++balance[text_at(move, "device") + " " + text_at(move, "value")];
    }
  }
  int records = 0;
  for (const auto& record : journal) {
    const std::string kind = text_at(record, "kind");
    if (kind != "locked" && kind != "unlocked") continue;
    ++records;
    --balance[text_at(record, "device") + " " + kind];
  }
  const auto twice = std::ranges::count_if(balance, [](const auto& one) { return one.second < 0; });
  check(twice == 0 && records > 0,
        cat(records, " records of bolts; doors with more records than movements: ", twice));
}

int run(int kills) {
  test::TempDir folder;
  test::MosquittoBroker broker;
  test::Building building(folder.path() / "building", test::Building::Scene::sample);
  test::Gateway gateway(folder.path() / "gateway");
  test::Agent agent(folder.path() / "agent", gateway, broker.port());
  gateway.start();
  gateway.import_site(building.site());
  gateway.wait_fresh(30s);
  test::MqttClient cloud(broker.port(), "crash-cloud");
  cloud.subscribe(cat("genkan/1/", gateway.id(), "/event/#"));
  agent.start();

  Onlooker onlooker(gateway);
  Load load(gateway, building);
  std::mt19937 random(3);
  for (int i = 0; i < kills; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 600));
    gateway.kill();
    gateway.start();
    if ((i + 1) % 20 == 0) std::printf("        %d kills\n", i + 1);
    std::fflush(stdout);
  }
  std::this_thread::sleep_for(1s);
  load.stop();
  std::this_thread::sleep_for(3s);  // the last records, and the agent's last batches
  onlooker.stop();

  const auto journal = gateway.journal();
  const auto records = by_number(journal);
  check(true, cat("the database opened after each of ", kills, " kills; ", load.answered(),
                  " commands were answered"));
  check_numbers(journal);
  check_shown(records, onlooker.shown(), "were shown");
  check_shown(records, sent_over_mqtt(cloud), "were sent over MQTT");
  check_movements(building.moves(), load.asked());
  check_records_against_bolts(journal, building.moves());
  check(gateway.api("GET", "/v1/status").json().at("storage").at("failing").as_bool() == false,
        "storage works");
  return faults == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  const auto kills = count > 1 ? parse_integer<int>(values[1], 1, 100'000) : 200;
  if (!kills) {
    std::fputs("usage: ./dev crash [N]\n", stderr);
    return 2;
  }
  try {
    return run(*kills);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "crash test: %s\n", error.what());
    return 1;
  }
}
