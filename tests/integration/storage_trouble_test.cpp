// A disk that is full, or takes nothing: the doors work, it is told, nothing is lost and nothing is
// shown twice.
#include <algorithm>
#include <fstream>
#include <map>
#include <vector>

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {
namespace {

using namespace std::chrono_literals;

// The storage is looked at every 5 s; a failed write is tried again every second.
constexpr auto soon = 12s;

// From here on, mounts of this program are seen by it and its children alone. False if this machine
// does not let it.
bool private_mounts() {
  static const bool entered = [] {
    const auto user = ::geteuid();
    const auto group = ::getegid();
    if (::unshare(CLONE_NEWNS) != 0) {
      if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
      std::ofstream("/proc/self/setgroups") << "deny";
      std::ofstream("/proc/self/uid_map") << user << ' ' << user << " 1";
      std::ofstream("/proc/self/gid_map") << group << ' ' << group << " 1";
    }
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  }();
  return entered;
}

// A small file system of its own.
class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    mounted_ = private_mounts() && ::mount("none", path_.c_str(), "tmpfs", 0, "size=4m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  bool read_only(bool on) const {
    const unsigned long flags = MS_REMOUNT | (on ? MS_RDONLY : 0UL);
    return ::mount("none", path_.c_str(), "tmpfs", flags, "size=4m") == 0;
  }
  void fill() const {
    std::ofstream filler(path("filler"), std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void make_room() const { std::filesystem::remove(path("filler")); }

 private:
  std::string path_;
  bool mounted_ = false;
};

// What `genkan watch --json` shows, for as long as this lives.
class Watcher {
 public:
  explicit Watcher(House& house)
      : process_({cli_program(), "--socket", house.gateway.socket(), "--json", "watch"},
                 house.folder.path() / "watched") {
    REQUIRE(wait_until([this] { return process_.output().find('\n') != std::string::npos; }, 10s));
  }
  // How often each record was shown.
  std::map<std::int64_t, int> records() const {
    std::map<std::int64_t, int> shown;
    const std::string text = process_.output();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      if (end == std::string::npos) break;
      const auto event = parse_json(std::string_view(text).substr(at, end - at), 1 << 20);
      at = end + 1;
      if (!event || !event->is_object()) continue;
      if (text_at(event->get_object(), "event") != "record") continue;
      ++shown[event->at("data").at("seq").to_number<std::int64_t>()];
    }
    return shown;
  }

 private:
  Process process_;
};

json::object storage(Gateway& gateway) {
  return gateway.api("GET", "/v1/status").json().at("storage").as_object();
}

std::size_t count(const std::vector<json::object>& records, const std::string& kind,
                  const std::string& device) {
  return static_cast<std::size_t>(std::ranges::count_if(records, [&](const json::object& record) {
    return text_at(record, "kind") == kind && text_at(record, "device") == device;
  }));
}

std::size_t count_trouble(const std::vector<json::object>& records, const std::string& kind) {
  return static_cast<std::size_t>(std::ranges::count_if(records, [&](const json::object& record) {
    return text_at(record, "kind") == kind &&
           text_at(record.at("body").as_object(), "trouble") == "storage_failing";
  }));
}

// The building goes on while the disk takes nothing, and catches up afterwards.
class Hardship {
 public:
  explicit Hardship(House& house) : house_(house), gateway_(house.gateway) {}

  // Things happen until the disk has refused something; each is one record.
  void until_it_fails() {
    for (int i = 0; i < 20 && !storage(gateway_).at("failing").as_bool(); ++i) turn_by_hand();
    REQUIRE(storage(gateway_).at("failing").as_bool());
  }
  void turn_by_hand() {
    const bool locked = text_at(state("lock-102"), "bolt") == "locked";
    house_.building.control(locked ? "hand lock-102 unlock" : "hand lock-102 lock");
    REQUIRE(wait_until(
        [&] { return text_at(state("lock-102"), "bolt") == (locked ? "unlocked" : "locked"); },
        10s));
    ++turns_;
  }

  void doors_work() {
    for (const char* command : {"unlock", "lock"}) {
      const auto moves = house_.building.moves().size();
      const ApiAnswer answer = gateway_.api("POST", "/v1/devices/lock-101/commands",
                                            cat(R"({"command":")", command, R"("})"));
      CHECK(answer.status == 200);
      CHECK(text_at(answer.json(), "verdict") == "done");
      CHECK(answer.json().at("took_ms").to_number<int>() < 3000);
      CHECK(answer.json().at("seq").is_null());  // not on disk, and not said to be
      CHECK(house_.building.moves().size() > moves);
    }
    // Another caller is answered while the disk is away, in the CLI's words too.
    const CliAnswer unlock = cli(gateway_, {"unlock", "lock-501"});
    CHECK(unlock.code == 0);
    CHECK_MESSAGE(unlock.output.find("is unlocked") != std::string::npos, unlock.output);
  }

  void it_is_told() {
    CHECK(wait_until([&] { return !trouble(gateway_, "storage_failing").empty(); }, soon));
    const json::object told = trouble(gateway_, "storage_failing");
    const json::object health = storage(gateway_);
    CHECK(text_at(told, "sentence") == "storage failing");
    CHECK(text_at(told, "detail") == text_at(health, "fault"));
    CHECK(text_at(health, "fault").size() > 8);
    CHECK(health.at("records_waiting").to_number<int>() >= 4);
    CHECK(health.at("records_lost").to_number<int>() == 0);
    MESSAGE("storage failing: " << text_at(told, "detail"));
  }

  // What must be on disk before it counts is refused with a sentence; the site stays whole.
  void changes_are_refused() {
    const std::string site = gateway_.api("GET", "/v1/site").body;
    const ApiAnswer import = gateway_.api(
        "PUT", "/v1/site", replaced(house_.building.site(), "\"Front door 101\"", "\"Another\""));
    CHECK(import.status == 503);
    CHECK_MESSAGE(sentence_of(import).starts_with("the change could not be stored: storage: "),
                  sentence_of(import));
    MESSAGE(sentence_of(import));
    CHECK(gateway_.api("GET", "/v1/site").body == site);
    const ApiAnswer reader = gateway_.api("PUT", "/v1/readers/test", R"({"seq":1})");
    CHECK(reader.status == 503);
    CHECK_MESSAGE(sentence_of(reader).starts_with("storage: "), sentence_of(reader));
  }

  void it_recovers(const Watcher& watcher, std::int64_t before) {
    CHECK(wait_until([&] { return !storage(gateway_).at("failing").as_bool(); }, soon));
    CHECK(wait_until([&] { return trouble(gateway_, "storage_failing").empty(); }, soon));
    CHECK(storage(gateway_).at("records_lost").to_number<int>() == 0);
    CHECK(wait_until([&] { return storage(gateway_).at("records_waiting").to_number<int>() == 0; },
                     soon));
    const auto head = quiet_head(gateway_);
    const auto records = gateway_.journal(before);
    // Each once, numbered without a hole.
    CHECK(static_cast<std::int64_t>(records.size()) == head - before);
    for (std::size_t i = 0; i < records.size(); ++i) {
      CHECK(records[i].at("seq").to_number<std::int64_t>() ==
            before + 1 + static_cast<std::int64_t>(i));
    }
    CHECK(count(records, "unlocked", "lock-102") + count(records, "locked", "lock-102") == turns_);
    CHECK(count(records, "unlocked", "lock-101") == 1);
    CHECK(count(records, "locked", "lock-101") == 1);
    CHECK(count(records, "unlocked", "lock-501") == 1);
    CHECK(count(records, "site_changed", "") == 0);
    CHECK(count_trouble(records, "trouble") == 1);
    CHECK(count_trouble(records, "trouble_cleared") == 1);
    // And shown once.
    CHECK(wait_until([&] { return watcher.records().contains(head); }, 5s));
    const auto shown = watcher.records();
    for (std::int64_t seq = before + 1; seq <= head; ++seq) {
      const auto found = shown.find(seq);
      CHECK_MESSAGE((found != shown.end() && found->second == 1), "record " << seq);
    }
    MESSAGE(records.size() << " records behind " << before << ", each shown once");
  }

  void it_is_there_after_a_restart() {
    const auto records = gateway_.journal();
    const std::string site = gateway_.api("GET", "/v1/site").body;
    house_.restart_with(read_file(house_.settings_file()));
    const auto again = gateway_.journal();
    REQUIRE(again.size() > records.size());
    for (std::size_t i = 0; i < records.size(); ++i) CHECK(again[i] == records[i]);
    CHECK(gateway_.api("GET", "/v1/site").body == site);
  }

 private:
  json::object state(const std::string& device) {
    return gateway_.device(device).at("state").as_object();
  }

  House& house_;
  Gateway& gateway_;
  std::size_t turns_ = 0;
};

void limit_files(pid_t process, rlim_t most) {
  rlimit limit{};
  REQUIRE(::prlimit(process, RLIMIT_FSIZE, nullptr, &limit) == 0);
  limit.rlim_cur = most == 0 ? limit.rlim_max : most;
  REQUIRE(::prlimit(process, RLIMIT_FSIZE, &limit, nullptr) == 0);
}

TEST_CASE("a disk that takes no byte more (file size limit): the doors work, it recovers") {
  House house;
  const auto before = quiet_head(house.gateway);
  Hardship hardship(house);
  {
    const Watcher watcher(house);
    // Below one page of the database: every write of it fails from now on.
    limit_files(house.gateway.process().pid(), 512);
    hardship.until_it_fails();
    hardship.doors_work();
    hardship.it_is_told();
    hardship.changes_are_refused();
    CHECK(house.gateway.process().running());
    limit_files(house.gateway.process().pid(), 0);
    hardship.it_recovers(watcher, before);
  }
  hardship.it_is_there_after_a_restart();
}

TEST_CASE("a full disk: the doors work, it recovers when there is room") {
  TempDir folder;
  const SmallDisk disk((folder.path() / "disk").string());
  if (!disk.mounted()) {
    MESSAGE("left out: this machine does not let the test mount a file system");
    return;
  }
  House house(nullptr, disk.path("genkan.db"));
  const auto before = quiet_head(house.gateway);
  Hardship hardship(house);
  {
    const Watcher watcher(house);
    disk.fill();
    hardship.until_it_fails();
    hardship.doors_work();
    hardship.it_is_told();
    hardship.changes_are_refused();
    disk.make_room();
    hardship.it_recovers(watcher, before);
  }
  hardship.it_is_there_after_a_restart();
}

TEST_CASE("a read-only disk at start: the doors work, it recovers when it can be written") {
  TempDir folder;
  const SmallDisk disk((folder.path() / "disk").string());
  if (!disk.mounted()) {
    MESSAGE("left out: this machine does not let the test mount a file system");
    return;
  }
  House house(nullptr, disk.path("genkan.db"));
  const auto before = quiet_head(house.gateway);
  const std::string site = house.gateway.api("GET", "/v1/site").body;
  const auto records = house.gateway.journal();
  REQUIRE(house.gateway.stop() == 0);
  REQUIRE(disk.read_only(true));
  house.gateway.start();
  CHECK(house.gateway.api("GET", "/v1/site").body == site);
  house.gateway.wait_fresh(20s);
  const auto readable = house.gateway.journal();
  REQUIRE(readable.size() >= records.size());
  for (std::size_t i = 0; i < records.size(); ++i) CHECK(readable[i] == records[i]);

  Hardship hardship(house);
  {
    const Watcher watcher(house);
    hardship.until_it_fails();
    hardship.doors_work();
    hardship.it_is_told();
    hardship.changes_are_refused();
    REQUIRE(disk.read_only(false));
    // Behind what was recorded at the orderly end; the start itself is among what was kept.
    hardship.it_recovers(watcher, before + 1);
  }
  hardship.it_is_there_after_a_restart();
}

}  // namespace
}  // namespace genkan::test
