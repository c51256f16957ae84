#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/store/backlog.hpp"
#include "firmware/store/journal_writer.hpp"
#include "firmware/store/schema.hpp"
#include "firmware/store/seal.hpp"
#include "tests/unit/store/store_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace {

constexpr auto boot = "0123456789abcdef";

struct Journal {
  explicit Journal(const std::filesystem::path& path)
      : connection(*Connection::open(path, Access::read_write)) {
    REQUIRE(prepare_for_writing(connection).has_value());
    REQUIRE(migrate(connection).has_value());
    writer.emplace(*JournalWriter::open(connection, boot));
  }
  Connection connection;
  std::optional<JournalWriter> writer;
};

// A body with all that is not simply its own text.
domain::RecordDraft odd_draft() {
  auto odd = draft("lock-\"7\"");
  odd.actor = "user:\xe9\x8d\xb5\n";
  odd.body = {{"share", 0.1 + 0.2}, {"text", "\x01\\/"}, {"list", json::array{1, nullptr, -2.5}}};
  return odd;
}

domain::RecordDraft too_large() {
  auto large = draft("large");
  large.body = {{"text", std::string(5'000, 'x')}};
  return large;
}

}  // namespace

TEST_CASE("foresight: foresees what domain::chain_hash says of the record that is written") {
  const TemporaryFolder folder;
  Journal journal(folder.database());
  Foresight foresight(boot);
  foresight.begin_behind(journal.writer->head());
  for (int round = 0; round < 3; ++round) {
    std::vector drafts{draft("a"), odd_draft(), draft("c")};
    const auto foreseen = foresight.foresee(drafts);
    REQUIRE(foreseen.size() == drafts.size());
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      CHECK(foreseen[i].before == journal.writer->head());
      const auto record = journal.writer->append(drafts[i]);
      REQUIRE(record.has_value());
      CHECK(record->hash == foreseen[i].hash);
      CHECK(record->hash == domain::chain_hash(foreseen[i].before.hash, *record));
    }
  }
}

TEST_CASE("foresight: the writer takes a hash made for its place, and no other") {
  const TemporaryFolder folder;
  Journal journal(folder.database());
  const ChainLink start = journal.writer->head();
  const Digest made{1, 2, 3};
  // Right hash, wrong number; then right number, wrong hash.
  const Foreseen elsewhere{{Seq{7}, start.hash}, made};
  const Foreseen other_past{{Seq{1}, start.hash}, made};
  for (const Foreseen* wrong : {&elsewhere, &other_past}) {
    const ChainLink before = journal.writer->head();
    auto next = draft("a");
    const auto record = journal.writer->append(next, wrong);
    REQUIRE(record.has_value());
    CHECK(record->hash == domain::chain_hash(before.hash, *record));
  }
  auto third = draft("c");
  const Foreseen fits{journal.writer->head(), made};
  const auto record = journal.writer->append(third, &fits);
  REQUIRE(record.has_value());
  CHECK(record->hash == made);
}

TEST_CASE("foresight: nothing is foreseen where the place is not known") {
  Foresight foresight(boot);
  std::vector drafts{draft("a")};
  CHECK(foresight.foresee(drafts).empty());
  foresight.begin_behind({});
  CHECK(foresight.foresee(drafts).size() == 1);
  foresight.lose();
  CHECK(foresight.foresee(drafts).empty());
  foresight.begin_behind({});
  std::vector many(Foresight::most_records + 1, draft("b"));
  CHECK(foresight.foresee(many).empty());
  CHECK(foresight.foresee(drafts).empty());
}

TEST_CASE("foresight: a change that will be refused does not move the place") {
  Foresight foresight(boot);
  foresight.begin_behind({});
  std::vector refused{draft("a"), too_large()};
  CHECK(foresight.foresee(refused).empty());
  std::vector next{draft("b")};
  const auto foreseen = foresight.foresee(next);
  REQUIRE(foreseen.size() == 1);
  CHECK(foreseen[0].before == ChainLink{});
}

TEST_CASE("foresight: a change that lost a record to the bound has nothing foreseen") {
  Backlog backlog;
  ports::Change two = one_record("a");
  two.records.push_back(draft("b"));
  backlog.submit(std::move(two), {{}, {}});
  ports::Change flood;
  flood.records.assign(Backlog::most_drafts - 1, draft("flood"));
  backlog.submit(std::move(flood));
  const auto jobs = backlog.take(1, 1);
  REQUIRE(jobs.front().change.records.size() == 1);
  CHECK(jobs.front().change.records[0].device.str() == "b");
  CHECK(jobs.front().foreseen.empty());
}

TEST_CASE("foresight: the chain is right when refused changes, callers and large changes mix") {
  const TemporaryFolder folder;
  StoreBench bench(folder.database());
  std::size_t kept = 0;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 100; ++i) {
      auto change = one_record(cat("lock-", i));
      if (i % 7 == 0) change.records.push_back(odd_draft());
      if (i % 11 == 0) change.held = {{DeviceId("panel"), i % 2 == 0}};
      if (i % 31 == 0) change.records.resize(40, draft("many"));
      if (i == 50 || (round == 3 && i % 5 == 0)) {
        change.records.push_back(too_large());
      } else {
        kept += change.records.size();
      }
      bench.store->submit(std::move(change));
    }
    REQUIRE(bench.commit(one_record("caller")).has_value());
    ++kept;
  }
  CHECK(bench.heard.size() == kept);
  bench.close();
  CHECK(whole_journal(folder.database()).size() == kept);
}
