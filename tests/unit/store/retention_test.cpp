#include "firmware/store/retention.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/store/store_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace {

// Records of so many days ago; -1: by a clock that is not trusted.
void write(StoreBench& bench, const std::vector<int>& days_ago) {
  ports::Change change;
  for (const int days : days_ago) {
    auto record = draft("lock-101");
    record.time = bench.clock.wall() - std::chrono::days{days};
    if (days < 0) {
      record.clock = ClockTrust::untrusted;
      record.time = WallTime{7s};
    }
    change.records.push_back(std::move(record));
  }
  REQUIRE(bench.commit(std::move(change)).has_value());
}

Options often(const TemporaryFolder& folder) {
  Options options = StoreBench::quick(folder.database());
  options.retention_every = 20ms;
  return options;
}

}  // namespace

TEST_CASE("retention: records older than their days go, from the old end only") {
  TemporaryFolder folder;
  StoreBench bench(often(folder));
  bench.clock.trusted = false;
  // A clock that once ran ahead, and one that began in 1970: order is by number, not by time.
  write(bench, {500, -1, 450, 401, 10, 600, -1, 1});
  bench.clock.trusted = true;
  REQUIRE(bench.run_until([&] { return number(bench.store->oldest()) > 1; }));
  CHECK(number(bench.store->oldest()) == 5);
  CHECK(number(bench.store->head()) == 8);
  CHECK(bench.read({})->size() == 4);
  CHECK(number(bench.commit(one_record("lock-101"))->front().seq) == 9);
  REQUIRE(bench.reopen().has_value());
  CHECK(number(bench.store->oldest()) == 5);
  CHECK(whole_journal(folder.database()).size() == 5);
}

TEST_CASE("retention: while the clock is not trusted nothing is too old") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  bench.clock.trusted = false;
  write(bench, {500, 500});
  const auto retained = [&folder, &bench] {
    const auto connection = Connection::open(folder.database(), Access::read_write);
    return retain(*connection, bench.options, bench.clock, {})->base.seq;
  };
  CHECK(number(retained()) == 0);
  bench.clock.trusted = true;
  CHECK(number(retained()) == 2);
}

TEST_CASE("retention: numbers go on when every record is gone") {
  TemporaryFolder folder;
  StoreBench bench(often(folder));
  bench.clock.trusted = false;
  write(bench, std::vector<int>(1'200, 401));
  bench.clock.trusted = true;
  REQUIRE(bench.run_until([&] { return number(bench.store->oldest()) == 1'201; }));
  CHECK(number(bench.store->head()) == 1'200);
  REQUIRE(bench.reopen().has_value());
  CHECK(number(bench.store->head()) == 1'200);
  CHECK(number(bench.store->oldest()) == 1'201);
  CHECK(number(bench.commit(one_record("lock-101"))->front().seq) == 1'201);
  CHECK(whole_journal(folder.database()).size() == 1);
}

TEST_CASE("retention: the file stays within its size and the chain provable") {
  TemporaryFolder folder;
  Options options = often(folder);
  options.journal_bytes = 2u << 20;
  options.retention_every = 1ms;
  StoreBench bench(options);
  std::uint64_t most = 0;
  for (int i = 0; i < 200; ++i) {
    ports::Change change;
    for (int n = 0; n < 100; ++n) {
      auto record = draft("lock-101");
      record.body["text"] = std::string(400, 'x');
      change.records.push_back(std::move(record));
    }
    REQUIRE(bench.commit(std::move(change)).has_value());
    most = std::max(most, std::filesystem::file_size(folder.database()));
  }
  REQUIRE(bench.run_until([&] { return number(bench.store->oldest()) > 15'000; }));
  CHECK(number(bench.store->head()) == 20'000);
  CHECK(most < (4u << 20));
  bench.close();
  const auto journal = whole_journal(folder.database());
  CHECK(journal.size() < 5'000);
  CHECK(number(journal.back().seq) == 20'000);
}
