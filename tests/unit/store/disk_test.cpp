#include <csignal>
#include <filesystem>
#include <fstream>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/unit/store/store_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace {

namespace fs = std::filesystem;

// No file of this process can grow beyond `bytes` while it lives: a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

// Runs `work` in a child as a user that may write nothing of root's; its exit code.
int as_nobody(const std::function<int()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65'534) != 0) ::_exit(99);
    ::_exit(work());
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

}  // namespace

TEST_CASE("disk full: callers are told at once, what was submitted waits and is written in order") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  ports::Change site;
  site.inventory = sample_inventory();
  REQUIRE(bench.commit(site).has_value());
  REQUIRE(bench.commit(one_record("before")).has_value());
  std::size_t told_in_order = 0;
  {
    // Less than one page of the log.
    const FullDisk full(fs::file_size(folder.database().string() + "-wal") + 500);
    for (int i = 0; i < 20; ++i) {
      auto change = one_record(cat("kept-", i));
      change.held = {{DeviceId("panel"), i % 2 == 1}};
      bench.store->submit(std::move(change));
    }
    REQUIRE(bench.run_until([&] { return bench.store->health().failing; }));
    auto health = bench.store->health();
    CHECK(health.fault != "");
    CHECK(health.records_waiting == 20);
    CHECK(health.records_lost == 0);
    const auto began = Steady::now();
    const auto refused = bench.commit(one_record("refused"));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == ErrorCode::io);
    CHECK(refused.error().message().starts_with("storage: the disk "));
    CHECK(Steady::now() - began < 2s);
    CHECK_FALSE(bench.set_cursor("cloud", Seq{1}).has_value());
    // Reading goes on.
    const auto read = bench.read({});
    REQUIRE(read.has_value());
    told_in_order = read->size();
  }
  bench.store->submit(one_record("after"));
  REQUIRE(bench.run_until([&] { return bench.store->health().records_waiting == 0; }));
  const auto last = bench.commit(one_record("last"));
  REQUIRE(last.has_value());
  CHECK_FALSE(bench.store->health().failing);
  CHECK(bench.store->health().fault == "");
  CHECK(told_in_order == 1);
  const auto journal = whole_journal(folder.database());
  REQUIRE(journal.size() == 23);
  CHECK(bench.heard.size() == 23);
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(journal[i + 1].draft.device.str() == cat("kept-", i));
  }
  CHECK(journal[21].draft.device.str() == "after");
  CHECK(journal[22].draft.device.str() == "last");
  REQUIRE(bench.reopen().has_value());
  CHECK(bench.store->memory().held == std::set{DeviceId("panel")});
}

TEST_CASE("disk full: recovers by itself, also with nothing waiting") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(one_record("before")).has_value());
  {
    const FullDisk full(4'096);
    CHECK_FALSE(bench.commit(one_record("refused")).has_value());
    CHECK(bench.store->health().failing);
  }
  REQUIRE(bench.run_until([&] { return !bench.store->health().failing; }));
  CHECK(number(bench.commit(one_record("after"))->front().seq) == 2);
  CHECK(whole_journal(folder.database()).size() == 2);
}

TEST_CASE("disk full: past the bound the oldest activity is given up and counted, no alarm") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(one_record("before")).has_value());
  {
    const FullDisk full(4'096);
    CHECK_FALSE(bench.commit(one_record("refused")).has_value());
    for (int i = 0; i < 50; ++i) {
      ports::Change alarm;
      alarm.records = {
          draft(cat("alarm-", i), domain::RecordKind::alarm, domain::RecordLane::alarm)};
      bench.store->submit(std::move(alarm));
    }
    for (int i = 0; i < 10'050; ++i) bench.store->submit(one_record(cat("activity-", i)));
    REQUIRE(bench.run_until([&] { return bench.store->health().records_lost == 100; }));
    CHECK(bench.store->health().records_waiting == 10'000);
  }
  REQUIRE(bench.run_until([&] { return bench.store->health().records_waiting == 0; }));
  const auto journal = whole_journal(folder.database());
  REQUIRE(journal.size() == 10'001);
  CHECK(journal[50].draft.device.str() == "alarm-49");
  CHECK(journal[51].draft.device.str() == "activity-100");
  CHECK(journal.back().draft.device.str() == "activity-10049");
}

TEST_CASE("disk full: a store that stops ends promptly and answers its callers") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(one_record("before")).has_value());
  std::optional<StoreBench::Records> answer;
  {
    const FullDisk full(4'096);
    for (int i = 0; i < 700; ++i) bench.store->submit(one_record("lock-101"));
    boost::asio::co_spawn(
        bench.loop, bench.store->commit(one_record("lock-102")),
        [&answer](std::exception_ptr, StoreBench::Records records) { answer = records; });
    bench.loop.restart();
    bench.loop.poll();
    bench.close();
  }
  REQUIRE(answer.has_value());
  CHECK_FALSE(answer->has_value());
  CHECK(whole_journal(folder.database()).size() == 1);
}

TEST_CASE("read-only disk: the inventory is there, records wait in memory, and no call hangs") {
  TemporaryFolder folder;
  {
    StoreBench bench(folder.database());
    ports::Change site = one_record("before");
    site.inventory = sample_inventory();
    site.held = {{DeviceId("panel"), true}};
    REQUIRE(bench.commit(site).has_value());
  }
  fs::permissions(folder.path(), fs::perms{0555});
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    if (entry.path() == folder.key_file()) continue;  // stays its owner's: it cannot be read here
    fs::permissions(entry.path(), fs::perms{0444});
  }
  const int code = as_nobody([&folder] {
    boost::asio::io_context loop;
    TestClock clock;
    StoreBench bench(folder.database());
    const auto& memory = bench.store->memory();
    if (!(memory.inventory == sample_inventory())) return 1;
    if (!memory.held.contains(DeviceId("panel")) || memory.set_aside != "") return 2;
    if (number(bench.store->head()) != 1) return 3;
    if (!bench.store->health().failing || bench.store->health().fault.empty()) return 4;
    bench.store->submit(one_record("waits"));
    const auto refused = bench.commit(one_record("refused"));
    if (refused || refused.error().code() != ErrorCode::io) return 5;
    const auto read = bench.read({});
    if (!read || read->size() != 1) return 6;
    if (bench.store->health().records_waiting != 1) return 7;
    return 0;
  });
  CHECK(code == 0);
  fs::permissions(folder.path(), fs::perms{0755});
  CHECK(folder.files("genkan.db.damaged").empty());
}

TEST_CASE("read-only disk: a folder that cannot be made is no reason not to start") {
  TemporaryFolder folder;
  fs::permissions(folder.path(), fs::perms{0555});
  const int code = as_nobody([&folder] {
    StoreBench bench(folder.path() / "deeper" / "genkan.db");
    if (!bench.store->health().failing) return 1;
    if (!bench.store->memory().inventory.devices.empty()) return 2;
    if (bench.commit(one_record("refused")).has_value()) return 3;
    return bench.read({}).has_value() ? 4 : 0;
  });
  CHECK(code == 0);
}

TEST_CASE("absent disk: comes later, and what waited is written") {
  TemporaryFolder folder;
  const auto place = folder.path() / "disk";
  std::ofstream(place) << "a file where the folder should be";
  StoreBench bench(place / "genkan.db");
  CHECK(bench.store->health().failing);
  bench.store->submit(one_record("waited"));
  fs::remove(place);
  REQUIRE(bench.run_until([&] { return bench.heard.size() == 1; }));
  CHECK(number(bench.heard[0].seq) == 1);
  CHECK(number(bench.store->head()) == 1);
  CHECK_FALSE(bench.store->health().failing);
  CHECK(bench.read({})->size() == 1);
}
