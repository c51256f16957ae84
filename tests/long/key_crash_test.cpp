// ./dev key-crash [N]: kill -9 of genkand at N random moments while keys are written into locks and
// removed. After each restart, within one pass over the locks: what is in their memories is what
// the reservations say, no acknowledged one is lost, no removed one stays, and what was programmed
// at a lock by hand is untouched.
#include <algorithm>
#include <cstdio>
#include <future>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "firmware/base/text.hpp"
#include "tests/integration/harness.hpp"

namespace {

using namespace std::chrono_literals;
using namespace genkan;

constexpr int locks = 8;  // lock-1 to lock-8 have a memory
constexpr std::size_t most_keys = 24;
// A pass: the line is found again, eight memories are read, what is missing is written.
constexpr auto one_pass = 60s;
constexpr auto by_hand = "90210";
constexpr int most_houses = 5;

std::string lock_name(int index) { return cat("lock-", index + 1); }

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// What the test knows of a reservation that it asked for.
struct Key {
  std::string device;
  std::string code;
};

class Trial {
 public:
  Trial(test::Gateway& gateway, test::Building& building, unsigned seed)
      : gateway_(gateway), building_(building), random_(seed) {}

  // Makes or removes one; a request that is cut short may or may not have been done.
  void change() {
    const bool make =
        kept_.size() < most_keys / 2 || (kept_.size() < most_keys && random_() % 2 == 0);
    try {
      if (make) {
        reserve();
      } else {
        remove();
      }
    } catch (const std::runtime_error&) {
      ++cut_short_;
    }
  }

  // Waits until every lock says that it is done, then compares; how long it took, or nothing.
  bool settles() {
    const auto end = std::chrono::steady_clock::now() + one_pass;
    while (!settled()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(50ms);
    }
    return true;
  }

  // Every difference as a sentence.
  std::vector<std::string> differences() {
    const auto listed = reservations();
    std::vector<std::string> found;
    for (const auto& [id, key] : kept_) {
      if (!listed.contains(id)) found.push_back(cat("reservation ", id, " is lost"));
    }
    for (const auto& id : removed_) {
      if (listed.contains(id)) found.push_back(cat("reservation ", id, " is back"));
    }
    for (int i = 0; i < locks; ++i) {
      std::multiset<std::string> wanted{by_hand};
      for (const auto& [id, key] : listed) {
        if (key.device == lock_name(i)) wanted.insert(key.code);
      }
      const auto in_lock = codes_in(lock_name(i));
      if (in_lock == wanted || is_full(i, wanted, in_lock)) continue;
      found.push_back(cat(lock_name(i), " holds ", in_lock.size(), " codes, should hold ",
                          wanted.size(), " (", missing(wanted, in_lock), " missing, ",
                          missing(in_lock, wanted), " too many)"));
    }
    kept_ = listed;  // what was cut short and done all the same counts from now on
    return found;
  }

  std::size_t made() const { return made_; }
  std::size_t gone() const { return removed_.size(); }
  std::size_t cut_short() const { return cut_short_; }

 private:
  void reserve() {
    const std::string device = lock_name(static_cast<int>(random_() % locks));
    const std::string code = cat(100'000 + next_code_++);
    // Back to the beginning of today, to the end of next month: due at once.
    const auto answer =
        gateway_.api("POST", "/v1/reservations",
                     cat(R"({"name":"trial","device":")", device, R"(","kind":"code","code":")",
                         code, R"(","start":"2026-01-01 00:00","end":"2098-01-01 00:00"})"));
    if (answer.status == 200) {
      kept_[text_at(answer.json(), "id")] = {device, code};
      ++made_;
    } else if (answer.status != 409) {  // pk-9 has nine places only
      throw std::logic_error("a reservation was refused: " + answer.body);
    }
  }

  void remove() {
    auto at = kept_.begin();
    std::advance(at, static_cast<int>(random_() % kept_.size()));
    const std::string id = at->first;
    kept_.erase(at);  // from now on it may be gone
    if (gateway_.api("DELETE", "/v1/reservations/" + id).status == 200) removed_.insert(id);
  }

  bool settled() {
    for (int i = 0; i < locks; ++i) {
      const auto answer = gateway_.api("GET", cat("/v1/devices/", lock_name(i), "/keys")).json();
      if (answer.at("memory").at("read_at").is_null()) return false;
      for (const auto& key : answer.at("keys").as_array()) {
        const std::string state = text_at(key.as_object(), "state");
        const std::string why = text_at(key.as_object(), "why");
        const bool full = state == "not_set" && why == "no_address";
        if (state != "set" && !full) return false;
      }
    }
    return true;
  }

  std::map<std::string, Key> reservations() {
    std::map<std::string, Key> listed;
    const auto answer =
        gateway_.api("GET", "/v1/reservations?secrets=1&page_size=200&past=1").json();
    for (const auto& entry : answer.at("reservations").as_array()) {
      const auto& object = entry.as_object();
      listed[text_at(object, "id")] = {text_at(object, "device"), text_at(object, "code")};
    }
    return listed;
  }

  std::multiset<std::string> codes_in(const std::string& lock) {
    std::multiset<std::string> codes;
    for (const auto& slot : building_.control("memory " + lock).at("slots").as_array()) {
      codes.insert(text_at(slot.as_object(), "value"));
    }
    return codes;
  }

  // pk-9 has nine places: the rest is told as not set.
  static bool is_full(int index, const std::multiset<std::string>& wanted,
                      const std::multiset<std::string>& in_lock) {
    return index >= locks - 2 && wanted.size() > 9 && in_lock.size() == 9 &&
           missing(in_lock, wanted) == 0;
  }

  static std::size_t missing(const std::multiset<std::string>& from,
                             const std::multiset<std::string>& in) {
    return static_cast<std::size_t>(std::ranges::count_if(
        from, [&](const auto& code) { return in.count(code) < from.count(code); }));
  }

  test::Gateway& gateway_;
  test::Building& building_;
  std::mt19937 random_;
  std::map<std::string, Key> kept_;
  std::set<std::string> removed_;
  int next_code_ = 0;
  std::size_t made_ = 0;
  std::size_t cut_short_ = 0;
};

struct Outcome {
  int faults = 0;
  std::size_t made = 0;
  std::size_t gone = 0;
  std::size_t cut_short = 0;
  std::chrono::milliseconds longest{0};  // from the start until all locks were right
};

// One building, whose gateway is killed so many times.
Outcome run(int house, int kills) {
  test::TempDir folder;
  test::Building building(folder.path() / "building", test::Building::Scene::keys);
  test::Gateway gateway(folder.path() / "gateway");
  gateway.start();
  gateway.import_site(building.site());
  gateway.wait_fresh(30s);
  for (int i = 0; i < locks; ++i) {
    building.control(cat("program ", lock_name(i), " 0 1 code ", by_hand));
  }
  const auto seed = static_cast<unsigned>(house);
  Trial trial(gateway, building, 2 * seed);
  std::mt19937 random(2 * seed + 1);
  Outcome outcome;
  for (int i = 1; i <= kills && outcome.faults < 10; ++i) {
    for (auto changes = 1 + random() % 3; changes > 0; --changes) trial.change();
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 1500));
    gateway.kill();
    gateway.start();
    const auto began = std::chrono::steady_clock::now();
    const bool settled = trial.settles();
    outcome.longest =
        std::max(outcome.longest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                      std::chrono::steady_clock::now() - began));
    auto differences = trial.differences();
    if (!settled) differences.emplace_back("the locks were not brought up to date");
    for (const auto& difference : differences) {
      ++outcome.faults;
      std::puts(cat("FAILED  house ", house, ", kill ", i, ": ", difference).c_str());
    }
    if (i % 20 == 0) std::puts(cat("        house ", house, ": ", i, " kills").c_str());
    std::fflush(stdout);
  }
  outcome.made = trial.made();
  outcome.gone = trial.gone();
  outcome.cut_short = trial.cut_short();
  return outcome;
}

// The time goes into the lines' waiting, so several houses at once share the kills.
int run_houses(int kills) {
  const int houses = std::min(kills, most_houses);
  std::vector<std::future<Outcome>> running;
  for (int i = 0; i < houses; ++i) {
    const int share = kills / houses + (i < kills % houses ? 1 : 0);
    running.push_back(std::async(std::launch::async, run, i + 1, share));
  }
  Outcome all;
  for (auto& house : running) {
    const Outcome one = house.get();
    all.faults += one.faults;
    all.made += one.made;
    all.gone += one.gone;
    all.cut_short += one.cut_short;
    all.longest = std::max(all.longest, one.longest);
  }
  std::puts(cat(all.faults == 0 ? "ok    " : "FAILED", "  ", kills, " kills: ", all.made,
                " keys written and ", all.gone, " removed as acknowledged, ", all.cut_short,
                " requests cut short; longest until all locks were right: ", all.longest.count(),
                " ms")
                .c_str());
  return all.faults == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  const auto kills = count > 1 ? parse_integer<int>(values[1], 1, 100'000) : 500;
  if (!kills) {
    std::fputs("usage: ./dev key-crash [N]\n", stderr);
    return 2;
  }
  try {
    return run_houses(*kills);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "key crash test: %s\n", error.what());
    return 1;
  }
}
