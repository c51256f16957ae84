#include <random>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/store/backlog.hpp"
#include "firmware/store/key_text.hpp"
#include "tests/fakes/key_memory.hpp"
#include "tests/fakes/store.hpp"
#include "tests/unit/store/key_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace {

// A change as a busy office makes them: few ids, so that they are put, put again and removed.
class RandomKeys {
 public:
  explicit RandomKeys(std::uint32_t seed) : random_(seed) {}

  ports::KeyChange change() {
    ports::KeyChange keys;
    for (int i = below(4); i > 0; --i) {
      const auto id = cat("r-", below(6));
      auto one = reservation(id, cat(10'000'000 + below(1'000'000)));
      if (chance()) one.card = card(card_of_guest, cat("card ", below(9)));
      if (chance()) one.kind = domain::KeyKind::link;
      if (one.kind == domain::KeyKind::link) one.code.reset();
      if (chance()) one.target = domain::KeyGroupId("g-1");
      keys.reservations.push_back(one);
    }
    if (chance()) keys.reservations_removed.emplace_back(cat("r-", below(6)));
    if (chance()) keys.key_groups.push_back({group(), cat(below(9)), devices()});
    if (chance()) keys.key_groups_removed.push_back(group());
    if (chance()) add_holder(keys);
    if (chance()) keys.holders_removed.emplace_back(cat("h-", below(3)));
    if (chance()) keys.slot_notes.emplace_back(device(), note(0, slot(), cat("r-", below(6))));
    if (chance()) keys.slot_notes_removed.emplace_back(device(), address());
    if (chance() && !keys.slot_notes.empty()) {
      const auto& [where, noted] = keys.slot_notes.back();
      keys.stale_hashes.emplace_back(where, noted.address);
    }
    if (chance()) keys.coupling_marks.push_back({device(), WallTime{below(1'000) * 1ms}});
    if (chance()) keys.coupled_since.emplace_back(device(), WallTime{below(1'000) * 1ms});
    if (chance()) keys.room_codes.emplace_back(RoomId("r101"), room_code());
    if (chance()) add_temporary_key(keys);
    if (chance()) keys.temporary_keys_removed.emplace_back(cat("t-", below(3)));
    if (chance()) keys.holiday_table = chance() ? "" : cat("2026-01-01,", below(9));
    return keys;
  }

  int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint32_t>(bound)); }

 private:
  bool chance() { return below(3) == 0; }
  std::uint16_t slot() { return static_cast<std::uint16_t>(1 + below(3)); }
  domain::SlotAddress address() { return {0, slot()}; }
  DeviceId device() { return DeviceId(cat("lock-", below(2))); }
  domain::KeyGroupId group() { return domain::KeyGroupId(cat("g-", below(3))); }
  std::vector<DeviceId> devices() {
    std::vector<DeviceId> some;
    for (int i = below(3); i > 0; --i) some.push_back(DeviceId(cat("lock-", i)));
    return some;
  }
  std::optional<domain::Code> room_code() {
    if (chance()) return std::nullopt;
    return code(cat(1'000 + below(1'000)));
  }
  void add_holder(ports::KeyChange& keys) {
    domain::Holder one;
    one.id = domain::HolderId(cat("h-", below(3)));
    one.group = group();
    if (chance()) one.code = code(cat(2'000 + below(1'000)));
    if (chance()) one.card = card(card_of_holder, cat("card ", below(9)));
    keys.holders.push_back(one);
  }
  void add_temporary_key(ports::KeyChange& keys) {
    domain::TemporaryKey one;
    const int number = below(3);
    one.id = domain::TemporaryKeyId(cat("t-", number));
    one.rule = domain::OnceKey{9, {}};
    one.used = static_cast<std::uint16_t>(below(9));
    one.serial = static_cast<std::uint64_t>(number);
    keys.temporary_keys.push_back(one);
  }

  std::mt19937 random_;
};

// What a gateway would be told after the changes, by each of the two stores.
class TwoStores {
 public:
  TwoStores() : real_(folder_.database()), fake_(real_.loop.get_executor()) {}

  void commit(const ports::KeyChange& keys) {
    ports::Change change;
    change.keys = keys;
    REQUIRE(real_.commit(change).has_value());
    bool done = false;
    boost::asio::co_spawn(real_.loop, fake_.commit(change),
                          [&done](std::exception_ptr, StoreBench::Records) { done = true; });
    REQUIRE(real_.run_until([&done] { return done; }));
  }
  void check() {
    REQUIRE(real_.reopen().has_value());
    const auto& real = real_.store->memory().keys;
    const auto& fake = fake_.on_disk().keys;
    CHECK(real.slot_notes == fake.slot_notes);
    CHECK(real.stale_hashes == fake.stale_hashes);
    CHECK(real.holiday_table == fake.holiday_table);
    CHECK(real == fake);
  }

 private:
  TemporaryFolder folder_;
  StoreBench real_;
  fakes::FakeStore fake_;
};

}  // namespace

TEST_CASE("KEY-24: every sort of key comes back after a restart, with all that it has") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  CHECK(bench.store->memory().keys == ports::KeyMemory{});
  REQUIRE(bench.commit(with(all_keys())).has_value());
  REQUIRE(bench.reopen().has_value());
  const auto& keys = bench.store->memory().keys;
  const auto expected = memory_of_all();
  CHECK(keys.reservations == expected.reservations);
  CHECK(keys.key_groups == expected.key_groups);
  CHECK(keys.validity_groups == expected.validity_groups);
  CHECK(keys.holders == expected.holders);
  CHECK(keys.temporary_keys == expected.temporary_keys);
  CHECK(keys.room_codes == expected.room_codes);
  CHECK(keys.slot_notes == expected.slot_notes);
  CHECK(keys.coupling_marks == expected.coupling_marks);
  CHECK(keys.coupled_since == expected.coupled_since);
  CHECK(keys == expected);
  CHECK(keys.unreadable_secrets == 0);
  CHECK(sealed_rows(folder.database()).size() == secrets_of_all);
}

TEST_CASE("KEY-24: what is removed is gone, and its secrets with it") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(with(all_keys())).has_value());
  ports::KeyChange keys;
  keys.reservations_removed = {domain::ReservationId("r-1"), domain::ReservationId("none")};
  keys.key_groups_removed = {domain::KeyGroupId("g-1")};
  keys.validity_groups_removed = {domain::ValidityGroupId("v-2")};
  keys.holders_removed = {domain::HolderId("h-1")};
  keys.temporary_keys_removed = {domain::TemporaryKeyId("t-1")};
  keys.room_codes = {{RoomId("r101"), std::nullopt}};
  keys.slot_notes_removed = {{DeviceId("lock-101"), {0, 80}}, {DeviceId("lock-102"), {0, 79}}};
  REQUIRE(bench.commit(with(keys)).has_value());
  REQUIRE(bench.reopen().has_value());
  auto expected = memory_of_all();
  fakes::apply(keys, expected);
  CHECK(bench.store->memory().keys == expected);
  CHECK(expected.slot_notes.size() == 1);
  CHECK(sealed_rows(folder.database()).empty());
}

TEST_CASE("KEY-24: a code or card that a record no longer has leaves the disk") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  ports::KeyChange keys;
  keys.reservations = {reservation("r-1", code_of_guest)};
  keys.reservations[0].card = card(card_of_guest);
  REQUIRE(bench.commit(with(keys)).has_value());
  REQUIRE(sealed_rows(folder.database()).size() == 2);
  keys.reservations[0].card.reset();
  REQUIRE(bench.commit(with(keys)).has_value());
  CHECK(sealed_rows(folder.database()).size() == 1);
  keys.reservations[0].kind = domain::KeyKind::link;
  keys.reservations[0].code.reset();
  REQUIRE(bench.commit(with(keys)).has_value());
  CHECK(sealed_rows(folder.database()).empty());
}

TEST_CASE("KEY-24: keys are in the transaction of their records, all or nothing") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  ports::Change fat = with(all_keys());
  fat.records[0].body["text"] = std::string(most_body_bytes, 'x');
  CHECK(bench.commit(fat).error().code() == ErrorCode::invalid);
  // A serial that is there already: the keys are refused, and the record with them.
  ports::Change twice = with(all_keys());
  twice.keys.temporary_keys[1].serial = twice.keys.temporary_keys[0].serial;
  const auto refused = bench.commit(twice);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code() == ErrorCode::conflict);
  REQUIRE(bench.reopen().has_value());
  CHECK(bench.store->memory().keys == ports::KeyMemory{});
  CHECK(whole_journal(folder.database()).empty());
}

TEST_CASE("RES-40: marks go with the device that the site no longer has, notes stay") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  ports::Change change = with(all_keys());
  change.inventory = sample_inventory();
  REQUIRE(bench.commit(change).has_value());
  ports::Change smaller;
  smaller.inventory = sample_inventory();
  smaller.inventory->devices.clear();
  REQUIRE(bench.commit(smaller).has_value());
  REQUIRE(bench.reopen().has_value());
  auto expected = memory_of_all();
  expected.coupling_marks.clear();
  expected.coupled_since.clear();
  CHECK(bench.store->memory().keys == expected);
}

TEST_CASE(
    "KEY-24: a row that makes no sense goes aside with its file; all others are carried over") {
  const char* nonsense[] = {
      "UPDATE reservations SET timing = '{}' WHERE id = 'r-2'",
      "UPDATE reservations SET kind = 'key' WHERE id = 'r-2'",
      "UPDATE reservations SET mail = 'x' WHERE id = 'r-2'",
      "UPDATE reservations SET revision = -1 WHERE id = 'r-2'",
  };
  for (const auto* sql : nonsense) {
    CAPTURE(sql);
    TemporaryFolder folder;
    StoreBench bench(folder.database());
    REQUIRE(bench.commit(with(all_keys())).has_value());
    bench.close();
    run_sql(folder.database(), sql);
    REQUIRE(bench.reopen().has_value());
    CHECK(bench.store->memory().set_aside != "");
    auto expected = memory_of_all();
    expected.reservations.pop_back();
    CHECK(bench.store->memory().keys == expected);
    REQUIRE(bench.reopen().has_value());
    CHECK(bench.store->memory().set_aside == "");
    CHECK(bench.store->memory().keys == expected);
  }
}

TEST_CASE("KEY-24: the fake store and the real one keep the same, whatever the changes") {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    RandomKeys keys(seed);
    TwoStores stores;
    for (int i = 0; i < 40; ++i) {
      stores.commit(keys.change());
      if (i % 10 == 9) stores.check();
    }
  }
}

TEST_CASE("KEY-24: changes that wait for the disk melt into one, with the same result") {
  for (std::uint32_t seed = 100; seed < 200; ++seed) {
    CAPTURE(seed);
    RandomKeys keys(seed);
    Backlog backlog;
    ports::KeyMemory expected;
    for (int i = 0; i < 12; ++i) {
      ports::Change change;
      change.keys = keys.change();
      fakes::apply(change.keys, expected);
      backlog.submit(std::move(change));
    }
    auto jobs = backlog.take(100, 100);
    REQUIRE(jobs.size() == 1);
    ports::KeyMemory melted;
    fakes::apply(jobs.front().change.keys, melted);
    CHECK(melted == expected);
    CHECK(jobs.front().change.keys.reservations_removed.size() <= 6);
  }
}

TEST_CASE("RES-20: timings are read back as they were written, and nonsense is none") {
  const domain::LocalTime low{std::chrono::minutes{-1'000'000}};
  const domain::LocalTime high{std::chrono::minutes{100'000'000}};
  const std::vector<domain::Timing> timings{domain::Always{}, domain::Span{low, high},
                                            domain::Weekly{0x7F, 0min, 24h},
                                            all_keys().reservations[1].timing};
  for (const auto& timing : timings) {
    CAPTURE(text_of(timing));
    CHECK(timing_from(text_of(timing)) == timing);
  }
  CHECK(list_from(text_of(std::vector<std::string>{})) == std::vector<std::string>{});
  for (const auto* nonsense :
       {"", "{}", "[]", "{\"span\":[1]}", "{\"span\":[1,\"2\"]}", "{\"weekly\":[128,0,1]}",
        "{\"weekly\":[1,0,1441]}", "{\"recurrence\":[]}", "{\"recurrence\":{\"days\":[1,2]}}",
        "{\"span\":[1,99999999999999]}", "{\"span\":1"}) {
    CAPTURE(nonsense);
    CHECK_FALSE(timing_from(nonsense).has_value());
    CHECK_FALSE(rule_from(nonsense).has_value());
    CHECK_FALSE(schedule_from(nonsense).has_value());
  }
  CHECK_FALSE(list_from("[1]").has_value());
}
