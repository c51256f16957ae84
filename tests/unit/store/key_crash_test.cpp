#include <algorithm>
#include <map>
#include <random>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/unit/store/key_testing.hpp"
#include "tests/unit/store/killed_child.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace fs = std::filesystem;

namespace {

// Puts reservations, and rotates now and then, until it is killed; reports each number whose commit
// was acknowledged.
boost::asio::awaitable<void> work(SqliteStore& store, std::uint32_t number, int report) {
  for (;; ++number) {
    if (number % 3 == 0) {
      const auto rotated =
          co_await store.rotate_key(draft("", domain::RecordKind::secrets_rotated));
      if (!rotated) ::_exit(3);
    }
    ports::Change change;
    change.keys.reservations = {reservation(cat("r-", number % 20), cat(10'000'000 + number))};
    const auto done = co_await store.commit(std::move(change));
    if (!done) ::_exit(4);
    if (::write(report, &number, sizeof number) != sizeof number) ::_exit(5);
  }
}

[[noreturn]] void work_until_killed(const fs::path& database, std::uint32_t first, int report) {
  TestClock clock;
  boost::asio::io_context loop;
  auto store = SqliteStore::open(StoreBench::quick(database), loop.get_executor(), clock);
  if (!store) ::_exit(1);
  boost::asio::co_spawn(loop, work(**store, first, report), boost::asio::detached);
  loop.run();
  ::_exit(2);
}

std::uint32_t number_in(const domain::Reservation& one) {
  return parse_integer<std::uint32_t>(one.code->digits(), 0, 99'999'999).value() - 10'000'000;
}

}  // namespace

TEST_CASE(
    "KEY-24: killed at random moments of rotations and commits, every acknowledged code opens") {
  TemporaryFolder folder;
  std::mt19937 random(20'261'120);
  std::map<std::uint32_t, std::uint32_t> acknowledged;  // by reservation
  std::uint32_t next = 1;
  for (int round = 0; round < 15; ++round) {
    CAPTURE(round);
    const Moment moment{random() % 12 + 1, std::chrono::microseconds(random() % 15'000)};
    run_until_killed<std::uint32_t>(
        moment, [&](int report) { work_until_killed(folder.database(), next, report); },
        [&](std::uint32_t number) {
          acknowledged[number % 20] = number;
          next = number + 1;
        });

    StoreBench bench(folder.database());
    const auto& keys = bench.store->memory().keys;
    CHECK(bench.store->memory().set_aside == "");
    REQUIRE(keys.unreadable_secrets == 0);
    CHECK(lines_of(folder.key_file(), "seal").size() == 1);
    for (auto& [slot, last] : acknowledged) {
      const auto one = std::ranges::find(keys.reservations, domain::ReservationId(cat("r-", slot)),
                                         &domain::Reservation::id);
      REQUIRE(one != keys.reservations.end());
      // One more may be on disk than its acknowledgement could tell of.
      const auto found = number_in(*one);
      CHECK((found == last || (found == next && next % 20 == slot)));
      last = found;
    }
    next += 1;
  }
}
