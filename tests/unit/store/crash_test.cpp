#include <map>
#include <random>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/unit/store/killed_child.hpp"
#include "tests/unit/store/store_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace {

// What the child reports of each record once it was told of it, one write each.
struct Acknowledged {
  std::int64_t seq;
  std::int64_t id;
};

// Submits and commits for ever; reports each record that its listener is told of.
[[noreturn]] void write_until_killed(const std::filesystem::path& database, std::int64_t first_id,
                                     int report) {
  TestClock clock;
  boost::asio::io_context loop;
  auto store = SqliteStore::open(StoreBench::quick(database), loop.get_executor(), clock);
  if (!store) ::_exit(1);
  std::int64_t id = first_id;
  std::int64_t heard = first_id;
  (*store)->listen([&heard, report](const std::vector<domain::Record>& records) {
    for (const auto& record : records) {
      const Acknowledged line{number(record.seq),
                              record.draft.body.at("id").to_number<std::int64_t>()};
      if (::write(report, &line, sizeof line) != sizeof line) ::_exit(2);
      ++heard;
    }
  });
  while (true) {
    while (id - heard < 64) {
      auto change = one_record("lock-101");
      change.records[0].body["id"] = id;
      change.held = {{DeviceId("lock-101"), id % 2 == 0}};
      ++id;
      (*store)->submit(std::move(change));
    }
    loop.restart();
    loop.run_one();
  }
}

}  // namespace

TEST_CASE("crash: killed at random moments, no acknowledged record is missing, none is twice") {
  TemporaryFolder folder;
  std::mt19937 random(20'261'120);
  std::map<std::int64_t, std::int64_t> acknowledged;  // seq → id
  std::int64_t first_id = 1;
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    const Moment moment{random() % 300 + 1, std::chrono::microseconds(random() % 1'000)};
    run_until_killed<Acknowledged>(
        moment, [&](int report) { write_until_killed(folder.database(), first_id, report); },
        [&](const Acknowledged& line) {
          REQUIRE(acknowledged.emplace(line.seq, line.id).second);
          first_id = std::max(first_id, line.id + 1);
        });

    StoreBench bench(folder.database());
    CHECK(bench.store->memory().set_aside == "");
    const auto journal = whole_journal(folder.database());
    std::map<std::int64_t, int> times;
    for (const auto& record : journal) {
      const auto id = record.draft.body.at("id").to_number<std::int64_t>();
      first_id = std::max(first_id, id + 1);
      CHECK(++times[id] == 1);
    }
    for (const auto& [seq, id] : acknowledged) {
      REQUIRE(seq <= static_cast<std::int64_t>(journal.size()));
      const auto& record = journal[static_cast<std::size_t>(seq) - 1];
      CHECK(record.draft.body.at("id").to_number<std::int64_t>() == id);
    }
    // The state is that of the last record on disk: both or neither.
    if (!journal.empty()) {
      const auto last = journal.back().draft.body.at("id").to_number<std::int64_t>();
      CHECK(bench.store->memory().held.contains(DeviceId("lock-101")) == (last % 2 == 0));
    }
  }
  CHECK(acknowledged.size() > 1'000);
}
