#include <fstream>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/store/store_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace {

ports::Change whole_change() {
  ports::Change change;
  change.records = {draft("lock-101"),
                    draft("zone-5", domain::RecordKind::alarm, domain::RecordLane::alarm)};
  domain::DeviceState state;
  state.set({domain::Field::bolt}, static_cast<std::int32_t>(domain::Bolt::locked));
  state.set({domain::Field::battery}, 87);
  change.last_states = {{DeviceId("lock-101"), state}};
  change.troubles_set = {
      {{domain::TroubleKind::line_down, {}, BusId("line-a")}, WallTime{5ms}, "adapter pulled"},
      {{domain::TroubleKind::battery_low, DeviceId("lock-101"), {}}, WallTime{3ms}, ""}};
  change.held = {{DeviceId("panel"), true}, {DeviceId("lock-101"), true}};
  change.inventory = sample_inventory();
  return change;
}

}  // namespace

TEST_CASE("store: begins empty, at number 1") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  CHECK(bench.store->memory().inventory == domain::Inventory{});
  CHECK(bench.store->memory().set_aside == "");
  CHECK(bench.store->boot().size() == 16);
  CHECK(number(bench.store->head()) == 0);
  CHECK(number(bench.store->oldest()) == 1);
  const auto records = bench.commit(one_record("lock-101"));
  REQUIRE(records.has_value());
  REQUIRE(records->size() == 1);
  CHECK(number(records->front().seq) == 1);
  CHECK(records->front().boot == bench.store->boot());
  CHECK(records->front().hash == domain::chain_hash(Digest{}, records->front()));
  CHECK(number(bench.store->head()) == 1);
  CHECK_FALSE(bench.store->health().failing);
  CHECK(bench.store->health().commits == 1);
  CHECK(bench.store->health().free_bytes > 0);
}

TEST_CASE("store: its files are its owner's alone, also those of before, restored and set aside") {
  namespace fs = std::filesystem;
  TemporaryFolder folder;
  const auto open_to_others = [&folder] {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
      const auto others = fs::perms::group_all | fs::perms::others_all;
      if ((entry.status().permissions() & others) != fs::perms::none) {
        names.push_back(entry.path().filename().string());
      }
    }
    return names;
  };
  {
    StoreBench bench(folder.database());
    REQUIRE(bench.commit(one_record("lock-101")));
    CHECK(folder.files("genkan.db-wal").size() == 1);
    CHECK(open_to_others() == std::vector<std::string>{});
    bench.close();
    const auto everybody = fs::perms{0644};
    fs::permissions(folder.database(), everybody);
    std::ofstream(folder.path() / "genkan.db.damaged-20261119T000000Z") << "damaged";
    CHECK(open_to_others().size() == 2);
    REQUIRE(bench.reopen());
    CHECK(open_to_others() == std::vector<std::string>{});
  }
  overwrite(folder.database(), 0, "no database at all");
  fs::permissions(folder.database(), fs::perms{0644});
  StoreBench after(folder.database());
  CHECK(after.store->memory().set_aside != "");
  CHECK(open_to_others() == std::vector<std::string>{});
}

TEST_CASE("store: all of a change comes back after a restart") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  const auto change = whole_change();
  REQUIRE(bench.commit(change).has_value());
  REQUIRE(bench.reopen().has_value());
  const auto& memory = bench.store->memory();
  CHECK(memory.inventory == *change.inventory);
  CHECK(memory.last_states.at(DeviceId("lock-101")) == change.last_states[0].second);
  REQUIRE(memory.troubles.size() == 2);
  CHECK(memory.troubles[0].key == change.troubles_set[1].key);  // the older first
  CHECK(memory.troubles[1].key == change.troubles_set[0].key);
  CHECK(memory.troubles[1].detail == "adapter pulled");
  CHECK(memory.troubles[1].since == WallTime{5ms});
  CHECK(memory.held == std::set{DeviceId("lock-101"), DeviceId("panel")});
  CHECK(memory.set_aside == "");
  CHECK(number(bench.store->head()) == 2);
  CHECK(folder.files("genkan.db.damaged").empty());
}

TEST_CASE("store: what is cleared, released or removed is gone") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(whole_change()).has_value());
  ports::Change change;
  change.troubles_cleared = {{domain::TroubleKind::line_down, {}, BusId("line-a")}};
  change.held = {{DeviceId("lock-101"), false}};
  REQUIRE(bench.commit(change).has_value());
  SUBCASE("cleared and released") {
    REQUIRE(bench.reopen().has_value());
    CHECK(bench.store->memory().troubles.size() == 1);
    CHECK(bench.store->memory().held == std::set{DeviceId("panel")});
    CHECK(bench.store->memory().last_states.size() == 1);
  }
  SUBCASE("a new inventory takes the states of devices that it lacks with it") {
    ports::Change smaller;
    smaller.inventory = sample_inventory();
    smaller.inventory->devices.clear();
    REQUIRE(bench.commit(smaller).has_value());
    REQUIRE(bench.reopen().has_value());
    CHECK(bench.store->memory().held.empty());
    CHECK(bench.store->memory().last_states.empty());
    CHECK(bench.store->memory().inventory == *smaller.inventory);
  }
}

TEST_CASE("store: a change that cannot be kept leaves nothing and disturbs no other") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  ports::Change twice = whole_change();
  twice.inventory->devices.push_back(twice.inventory->devices.front());
  ports::Change fat = whole_change();
  fat.records[1].body["text"] = std::string(most_body_bytes, 'x');
  ports::Change binary = one_record("lock-101");
  binary.records[0].body["text"] = "\xff\xfe";
  bench.store->submit(one_record("before"));
  CHECK(bench.commit(twice).error().code() == ErrorCode::conflict);
  const auto fat_answer = bench.commit(fat);
  REQUIRE_FALSE(fat_answer.has_value());
  CHECK(fat_answer.error().code() == ErrorCode::invalid);
  CHECK(fat_answer.error().message().find("at most 4096") != std::string::npos);
  CHECK(bench.commit(binary).error().code() == ErrorCode::invalid);
  bench.store->submit(fat);
  const auto after = bench.commit(one_record("after"));
  REQUIRE(after.has_value());
  CHECK(number(after->front().seq) == 2);
  CHECK(bench.store->health().records_lost == 2);
  CHECK_FALSE(bench.store->health().failing);
  REQUIRE(bench.reopen().has_value());
  CHECK(bench.store->memory().inventory.devices.empty());
  CHECK(bench.store->memory().held.empty());
  CHECK(whole_journal(folder.database()).size() == 2);
}

TEST_CASE("store: changes are committed in groups, heard in order, each once") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  constexpr int changes = 3'000;
  int answered = 0;
  bool answered_after_heard = true;
  for (int i = 0; i < changes; ++i) {
    auto change = one_record(cat("lock-", i));
    if (i % 3 != 0) {
      bench.store->submit(std::move(change));
      continue;
    }
    if (i % 9 == 0) change.records.push_back(draft(cat("lock-", i)));
    boost::asio::co_spawn(bench.loop, bench.store->commit(std::move(change)),
                          [&](std::exception_ptr, StoreBench::Records records) {
                            ++answered;
                            answered_after_heard = answered_after_heard && records.has_value() &&
                                                   bench.heard.back().seq >= records->back().seq;
                          });
    if (i % 500 == 0) bench.loop.poll();
  }
  REQUIRE(bench.run_until([&] { return answered == changes / 3; }));
  CHECK(answered_after_heard);
  REQUIRE(bench.heard.size() == changes + 334);
  for (std::size_t i = 0; i < bench.heard.size(); ++i) {
    REQUIRE(number(bench.heard[i].seq) == static_cast<std::int64_t>(i) + 1);
  }
  CHECK(bench.store->health().commits < 1'000);
  CHECK(whole_journal(folder.database()).size() == bench.heard.size());
}

TEST_CASE("store: the journal is asked by number, lane, device and direction") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  for (int i = 1; i <= 60; ++i) {
    const bool alarm = i % 10 == 0;
    ports::Change change;
    change.records = {draft(cat("lock-", i % 3), domain::RecordKind::locked,
                            alarm ? domain::RecordLane::alarm : domain::RecordLane::activity)};
    REQUIRE(bench.commit(std::move(change)).has_value());
  }
  struct Case {
    const char* name;
    ports::JournalQuery query;
    std::size_t count;
    std::int64_t first;
    std::int64_t last;
  };
  const auto alarm = domain::RecordLane::alarm;
  const auto activity = domain::RecordLane::activity;
  const Case cases[] = {
      {"all", {Seq{}, 1'000, {}, {}, false, {}}, 60, 1, 60},
      {"after", {Seq{58}, 10, {}, {}, false, {}}, 2, 59, 60},
      {"limit", {Seq{5}, 3, {}, {}, false, {}}, 3, 6, 8},
      {"alarms", {Seq{}, 100, alarm, {}, false, {}}, 6, 10, 60},
      {"activity", {Seq{9}, 2, activity, {}, false, {}}, 2, 11, 12},
      {"device", {Seq{}, 100, {}, DeviceId("lock-1"), false, {}}, 20, 1, 58},
      {"device's alarms", {Seq{}, 100, alarm, DeviceId("lock-1"), false, {}}, 2, 10, 40},
      {"newest", {Seq{}, 2, {}, {}, true, {}}, 2, 60, 59},
      {"newest before", {Seq{40}, 5, alarm, {}, true, Seq{60}}, 1, 50, 50},
      {"nobody's", {Seq{}, 100, {}, DeviceId("none"), false, {}}, 0, 0, 0},
      {"behind the end", {Seq{60}, 100, {}, {}, false, {}}, 0, 0, 0},
  };
  for (const auto& each : cases) {
    CAPTURE(each.name);
    const auto records = bench.read(each.query);
    REQUIRE(records.has_value());
    REQUIRE(records->size() == each.count);
    if (each.count == 0) continue;
    CHECK(number(records->front().seq) == each.first);
    CHECK(number(records->back().seq) == each.last);
    CHECK(records->front().draft.actor == "hand");
    CHECK(records->front().draft.body == draft("x").body);
    CHECK(domain::to_json(records->front()) ==
          domain::to_json(bench.heard[static_cast<std::size_t>(each.first) - 1]));
  }
  for (const std::uint32_t limit : {0u, 1'001u}) {
    ports::JournalQuery query;
    query.limit = limit;
    CHECK(bench.read(query).error().code() == ErrorCode::invalid);
  }
}

TEST_CASE("store: what a body says is hashed as it is read back") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  ports::Change change = one_record("lock-101");
  change.records[0].body = {{"a", 0.1},
                            {"b", 1.7976931348623157e308},
                            {"c", 3.141592653589793},
                            {"d", {2.2250738585072014e-308, -0.0, 1e21}},
                            {"e", std::uint64_t{18'446'744'073'709'551'615u}},
                            {"f", "\xe9\x8d\xb5 \"\\ \n"},
                            {"g", nullptr}};
  change.records[0].actor = "user:\"anna\"";
  REQUIRE(bench.commit(change).has_value());
  change.records[0].body = {};
  change.records[0].device = {};
  change.records[0].room = {};
  change.records[0].actor = "";
  change.records[0].time = WallTime{0ms};
  change.records[0].clock = ClockTrust::untrusted;
  REQUIRE(bench.commit(change).has_value());
  CHECK(whole_journal(folder.database()).size() == 2);
}

TEST_CASE("store: cursors are kept; names and numbers are checked") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  for (int i = 0; i < 5; ++i) REQUIRE(bench.commit(one_record("lock-101")).has_value());
  CHECK(number(bench.cursor("cloud").value()) == 0);
  REQUIRE(bench.set_cursor("cloud", Seq{4}).has_value());
  REQUIRE(bench.set_cursor("mail-2", Seq{1}).has_value());
  CHECK(number(bench.cursor("cloud").value()) == 4);
  REQUIRE(bench.reopen().has_value());
  CHECK(number(bench.cursor("cloud").value()) == 4);
  CHECK(number(bench.cursor("mail-2").value()) == 1);
  for (const auto& name :
       {std::string(), std::string("Cloud"), std::string("a b"), std::string(33, 'a')}) {
    CAPTURE(name);
    CHECK(bench.set_cursor(name, Seq{1}).error().code() == ErrorCode::invalid);
    CHECK(bench.cursor(name).error().code() == ErrorCode::invalid);
  }
  CHECK(bench.set_cursor("cloud", Seq{6}).error().code() == ErrorCode::invalid);
  CHECK(bench.set_cursor("cloud", Seq{-1}).error().code() == ErrorCode::invalid);
  for (int i = 0; i < 62; ++i) REQUIRE(bench.set_cursor(cat("r", i), Seq{1}).has_value());
  CHECK(bench.set_cursor("one-more", Seq{1}).error().code() == ErrorCode::invalid);
  CHECK(bench.set_cursor("cloud", Seq{5}).has_value());
}

TEST_CASE("store: what waits is on disk after the store is closed") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  for (int i = 0; i < 2'000; ++i) bench.store->submit(one_record("lock-101"));
  bool answered = false;
  boost::asio::co_spawn(bench.loop, bench.store->commit(one_record("lock-102")),
                        [&answered](std::exception_ptr, StoreBench::Records records) {
                          answered = records.has_value();
                        });
  bench.loop.restart();
  bench.loop.poll();
  bench.close();
  CHECK(answered);
  CHECK(folder.files("genkan.db-wal").empty());
  CHECK(whole_journal(folder.database()).size() == 2'001);
}

TEST_CASE("store: settings out of range and a second gateway are refused with a sentence") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  const auto refused = [&](auto change) {
    Options options = StoreBench::quick(folder.path() / "other.db");
    change(options);
    auto opened = SqliteStore::open(options, bench.loop.get_executor(), bench.clock);
    REQUIRE_FALSE(opened.has_value());
    return opened.error();
  };
  CHECK(refused([](Options& o) { o.path = ""; }).code() == ErrorCode::invalid);
  CHECK(refused([](Options& o) { o.journal_days = 0; }).code() == ErrorCode::invalid);
  CHECK(refused([](Options& o) { o.journal_bytes = 1'000; }).code() == ErrorCode::invalid);
  const auto second = refused([&](Options& o) { o.path = folder.database(); });
  CHECK(second.code() == ErrorCode::conflict);
  CHECK(second.message().find("another gateway") != std::string::npos);
  CHECK(bench.commit(one_record("lock-101")).has_value());
}
