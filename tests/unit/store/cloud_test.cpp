#include <filesystem>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/store/cloud_tables.hpp"
#include "tests/unit/envelopes.hpp"
#include "tests/unit/store/key_testing.hpp"
#include "tests/unit/store/store_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace {

const WallTime now{std::chrono::milliseconds{1'795'170'000'000}};  // as TestClock
const auto now_seconds = std::chrono::floor<std::chrono::seconds>(now);

domain::LedgerRow row(std::string jti, std::chrono::seconds expires = 30s) {
  domain::LedgerRow made;
  made.jti = std::move(jti);
  made.kid = "k1";
  made.sub = "anna";
  made.digest = sha256(made.jti);
  made.expires = now_seconds + expires;
  made.accepted = now;
  made.method = "POST";
  made.path = "/v1/devices/lock-101/commands";
  made.device = DeviceId("lock-101");
  made.command = "unlock";
  return made;
}

ports::Change accept(domain::LedgerRow its_row) {
  ports::Change change;
  change.cloud.accepted.push_back(std::move(its_row));
  return change;
}

domain::CloudClaim claim() {
  return {"SPID-1", "Example cloud", {{"uri", "ssl://b:8883"}}, "ca", "certificate", now};
}

template <class T>
T wait(StoreBench& bench, boost::asio::awaitable<T> work) {
  std::optional<T> result;
  boost::asio::co_spawn(
      bench.loop,
      [](boost::asio::awaitable<T> its_work,
         std::optional<T>* into) -> boost::asio::awaitable<void> {
        *into = co_await std::move(its_work);
      }(std::move(work), &result),
      boost::asio::detached);
  REQUIRE(bench.run_until([&result] { return result.has_value(); }));
  return std::move(*result);
}

std::optional<domain::LedgerRow> find(StoreBench& bench, std::string jti) {
  auto found = wait(bench, bench.store->ledger_row(std::move(jti)));
  REQUIRE(found);
  return *found;
}

}  // namespace

TEST_CASE("REM-4: a ledger row is taken once; the second fails whole, and its record with it") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(accept(row("11111111"))));
  const auto head = bench.store->head();
  auto second = accept(row("11111111", 60s));
  second.records.push_back(draft("lock-101"));
  const auto refused = bench.commit(std::move(second));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == ErrorCode::conflict);
  CHECK(bench.store->head() == head);
  CHECK(find(bench, "11111111") == row("11111111"));
  CHECK(find(bench, "22222222") == std::nullopt);
  REQUIRE(bench.commit(accept(row("22222222"))));
}

TEST_CASE("REM-4: a row and its answer survive kill -9; what was under way is known at start") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(accept(row("11111111"))));
  REQUIRE(bench.commit(accept(row("22222222", 90s))));
  ports::Change end;
  end.cloud.ended.push_back(domain::ledger_end("11111111", 200, R"({"verdict":"done"})"));
  REQUIRE(bench.commit(std::move(end)));
  // The files as a power cut leaves them.
  TemporaryFolder copy;
  for (const auto& file : folder.files("")) {
    std::filesystem::copy(file, copy.path() / file.filename());
  }
  StoreBench after(copy.database());
  const auto& cloud = after.store->memory().cloud;
  CHECK(cloud.under_way == std::vector{row("22222222", 90s)});
  CHECK(cloud.ledger_expiries ==
        std::vector<std::chrono::sys_seconds>{now_seconds + 30s, now_seconds + 90s});
  auto answered = row("11111111");
  answered.state = domain::LedgerState::answered;
  answered.status = 200;
  answered.answer = R"({"verdict":"done"})";
  CHECK(find(after, "11111111") == answered);
}

TEST_CASE("REM-4: forgetting rows raises the floor, which never falls") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(accept(row("11111111", 10s))));
  REQUIRE(bench.commit(accept(row("22222222", 20s))));
  ports::Change tidy;
  tidy.cloud.ledger_floor = now_seconds + 10s;
  REQUIRE(bench.commit(tidy));
  CHECK(find(bench, "11111111") == std::nullopt);
  CHECK(find(bench, "22222222") != std::nullopt);
  tidy.cloud.ledger_floor = now_seconds;
  REQUIRE(bench.commit(tidy));
  REQUIRE(bench.reopen());
  CHECK(bench.store->memory().cloud.ledger_floor == now_seconds + 10s);
}

TEST_CASE("SITE-1: claim, trusted keys and the request are there after a restart") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  const auto journal = bench.store->memory().cloud.journal_id;
  CHECK(journal.starts_with("j-"));
  CHECK(journal.size() == 10);
  auto ending = test::Signer("k2", {domain::Scope::trust, domain::Scope::read}).trusted();
  ending.not_after = now;
  ending.added = now;
  const auto plain = test::Signer("k1", {domain::Scope::command}).trusted();
  ports::Change change;
  change.cloud.trust_keys = {ending, plain};
  change.cloud.claim.emplace(claim());
  change.cloud.csr = "request";
  REQUIRE(bench.commit(std::move(change)));
  REQUIRE(bench.reopen());
  const auto memory = bench.store->memory().cloud;
  CHECK(memory.trust_keys == std::vector{plain, ending});
  CHECK(memory.claim == claim());
  CHECK(memory.csr == "request");
  CHECK(memory.journal_id == journal);
  ports::Change release;
  release.cloud.claim.emplace(std::nullopt);
  release.cloud.trust_keys_removed = {"k1", "nobody"};
  REQUIRE(bench.commit(std::move(release)));
  REQUIRE(bench.reopen());
  CHECK(bench.store->memory().cloud.claim == std::nullopt);
  CHECK(bench.store->memory().cloud.trust_keys == std::vector{ending});
}

TEST_CASE("REM-4: a database that is set aside leaves trust, claim and ledger to the next one") {
  TemporaryFolder folder;
  std::string journal;
  const auto key = test::Signer("k1", {domain::Scope::command}).trusted();
  {
    StoreBench bench(folder.database());
    journal = bench.store->memory().cloud.journal_id;
    ports::Change change = accept(row("11111111"));
    change.cloud.trust_keys = {key};
    change.cloud.claim.emplace(claim());
    change.records.push_back(draft("lock-101"));
    change.records.push_back(draft("lock-102"));
    REQUIRE(bench.commit(std::move(change)));
    bench.close();
  }
  run_sql(folder.database(), "UPDATE journal SET actor = 'somebody' WHERE seq = 1");
  StoreBench after(folder.database());
  REQUIRE(after.store->memory().set_aside != "");
  const auto& cloud = after.store->memory().cloud;
  CHECK(cloud.trust_keys == std::vector{key});
  CHECK(cloud.claim == claim());
  CHECK(cloud.under_way == std::vector{row("11111111")});
  // Another journal, and what may have been lost with the old one is not accepted again.
  CHECK(cloud.journal_id != journal);
  CHECK(cloud.journal_id.starts_with("j-"));
  CHECK(cloud.ledger_floor == now_seconds + 60s);
  const auto refused = after.commit(accept(row("11111111")));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == ErrorCode::conflict);
}

TEST_CASE("REM-4: changes that wait for the disk melt into one") {
  ports::CloudChange earlier;
  ports::CloudChange later;
  const auto k1 = test::Signer("k1", {domain::Scope::read}).trusted();
  const auto k2 = test::Signer("k2", {domain::Scope::read}).trusted();
  earlier.trust_keys = {k1, k2};
  earlier.claim.emplace(claim());
  earlier.csr = "one";
  earlier.ended.push_back(domain::ledger_end("11111111", 200, "{}"));
  earlier.ledger_floor = now_seconds;
  later.trust_keys_removed = {"k1"};
  later.csr = "two";
  later.ended.push_back(domain::ledger_end("22222222", 200, "{}"));
  melt(earlier, later);
  CHECK(later.trust_keys == std::vector{k2});
  CHECK(later.trust_keys_removed == std::vector<std::string>{"k1"});
  CHECK(later.claim == std::optional(std::optional(claim())));
  CHECK(later.csr == "two");
  CHECK(later.ended.size() == 2);
  CHECK(later.ended.front().jti == "11111111");
  CHECK(later.ledger_floor == now_seconds);
}
