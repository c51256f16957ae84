#include <optional>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/store/key_file.hpp"
#include "tests/fakes/key_memory.hpp"
#include "tests/unit/store/key_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;
using domain::KeyOwner;
using domain::KeyRef;

namespace fs = std::filesystem;

namespace {

const std::vector<KeyRef> whose_all{{KeyOwner::reservation, "r-1", false},
                                    {KeyOwner::reservation, "r-1", true},
                                    {KeyOwner::holder, "h-1", false},
                                    {KeyOwner::holder, "h-1", true},
                                    {KeyOwner::room, "r101", false}};

// The records of all_keys() without their secrets.
ports::KeyMemory records_of_all() {
  auto memory = memory_of_all();
  memory.reservations[0].code.reset();
  memory.reservations[0].card.reset();
  memory.holders[0].code.reset();
  memory.holders[0].card.reset();
  memory.room_codes.clear();
  return memory;
}

// A store with all_keys() whose key file is lost.
class Lost {
 public:
  Lost() : bench(folder.database()) {
    REQUIRE(bench.commit(with(all_keys())).has_value());
    hashing = bench.store->keys().hashing;
    bench.close();
    backup = read_text(folder.key_file());
    rows = sealed_rows(folder.database());
    REQUIRE(rows.size() == secrets_of_all);
    fs::remove(folder.key_file());
    REQUIRE(bench.reopen().has_value());
  }
  const ports::KeyMemory& keys() const { return bench.store->memory().keys; }
  void commit(ports::KeyChange change) {
    REQUIRE(bench.commit(with(std::move(change))).has_value());
  }
  void restart_with(std::string_view key_file) {
    bench.close();
    write_text(folder.key_file(), key_file);
    REQUIRE(bench.reopen().has_value());
  }

  TemporaryFolder folder;
  StoreBench bench;
  std::string backup;
  std::vector<std::string> rows;
  std::optional<SecretKey> hashing;
};

}  // namespace

TEST_CASE("KEY-24: the key file is made at the first start, before anything can be sealed") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  CHECK(lines_of(folder.key_file(), "seal").size() == 1);
  CHECK(lines_of(folder.key_file(), "root").size() == 1);
  CHECK(lines_of(folder.key_file(), "genkan key file 1").size() == 1);
  const auto before = read_text(folder.key_file());
  REQUIRE(bench.reopen().has_value());
  CHECK(read_text(folder.key_file()) == before);
  // Where the options say, if they say so.
  Options options = StoreBench::quick(folder.path() / "other.db");
  options.key_file = folder.path() / "other.key";
  StoreBench other(options);
  CHECK(fs::exists(options.key_file));
}

TEST_CASE(
    "KEY-24: without the key file the records are there, told as unreadable, and nothing is lost") {
  Lost lost;
  CHECK(lost.keys().unreadable_secrets == secrets_of_all);
  CHECK(lost.keys().unreadable == whose_all);
  CHECK(lost.keys().stale_hashes.size() == 3);
  auto expected = records_of_all();
  expected.unreadable_secrets = secrets_of_all;
  expected.unreadable = whose_all;
  expected.stale_hashes = lost.keys().stale_hashes;
  CHECK(lost.keys() == expected);
  CHECK(lost.bench.store->memory().set_aside == "");
  CHECK_FALSE(lost.bench.store->keys().hashing == *lost.hashing);
  CHECK(sealed_rows(lost.folder.database()) == lost.rows);
  CHECK(read_text(lost.folder.key_file()) != lost.backup);

  SUBCASE("the right file put back heals all of it") {
    lost.restart_with(lost.backup);
    CHECK(lost.keys() == memory_of_all());
    CHECK(lost.bench.store->keys().hashing == *lost.hashing);
  }
  SUBCASE("a record that is changed in between keeps its sealed code and card") {
    ports::KeyChange keys;
    keys.reservations = {lost.keys().reservations[0]};
    keys.reservations[0].name = "Renamed";
    keys.holders = {lost.keys().holders[0]};
    lost.commit(keys);
    lost.restart_with(lost.backup);
    auto healed = memory_of_all();
    healed.reservations[0].name = "Renamed";
    CHECK(lost.keys() == healed);
  }
  SUBCASE("what is given anew, or taken away, is not brought back") {
    ports::KeyChange keys;
    keys.reservations = {lost.keys().reservations[0]};
    keys.reservations[0].code = code("5555");
    keys.holders_removed = {domain::HolderId("h-1")};
    keys.room_codes = {{RoomId("r101"), std::nullopt}};
    lost.commit(keys);
    REQUIRE(lost.bench.reopen().has_value());
    CHECK(lost.keys().reservations[0].code == code("5555"));
    CHECK(lost.keys().unreadable == std::vector{whose_all[1]});
    lost.restart_with(lost.backup);
    CHECK_FALSE(lost.keys().reservations[0].code.has_value());  // sealed with the other key
    CHECK(lost.keys().reservations[0].card == card(card_of_guest, "blue"));
    CHECK(lost.keys().holders.size() == 1);
    CHECK(lost.keys().room_codes.empty());
  }
  SUBCASE("a reservation that becomes a link loses its code for good") {
    ports::KeyChange keys;
    keys.reservations = {lost.keys().reservations[0]};
    keys.reservations[0].kind = domain::KeyKind::link;
    lost.commit(keys);
    lost.restart_with(lost.backup);
    CHECK_FALSE(lost.keys().reservations[0].code.has_value());
    CHECK(lost.keys().reservations[0].card.has_value());
  }
  SUBCASE("both files put together open all, and are brought to one key") {
    ports::KeyChange keys;
    keys.reservations = {reservation("r-9", "5555")};
    keys.slot_notes = {{DeviceId("lock-101"), note(0, 80, "r-9")}};
    keys.slot_notes[0].second.hash.bytes.fill(0x99);
    lost.commit(keys);
    const auto newer = read_text(lost.folder.key_file());
    lost.restart_with(lost.backup + newer);
    auto healed = memory_of_all();
    fakes::apply(keys, healed);
    healed.stale_hashes = {{DeviceId("lock-101"), {0, 80}}};  // its hash is of the other file
    CHECK(lost.keys() == healed);
    CHECK(lost.bench.store->keys().hashing == *lost.hashing);
    CHECK(read_text(lost.folder.key_file()) == lost.backup);
    REQUIRE(lost.bench.reopen().has_value());
    CHECK(lost.keys() == healed);
  }
}

TEST_CASE("KEY-24: a note put again with the hash that it has stays stale until the hash is new") {
  Lost lost;
  ports::KeyChange keys;
  auto failed = note(0, 80, "r-1");
  failed.state = domain::NoteState::removing;
  failed.failures = 3;
  auto anew = note(0, 79, "r-1");
  anew.hash.bytes.fill(0x77);
  keys.slot_notes = {{DeviceId("lock-101"), failed}, {DeviceId("lock-102"), anew}};
  lost.commit(keys);
  REQUIRE(lost.bench.reopen().has_value());
  const std::set<std::pair<DeviceId, domain::SlotAddress>> stale{{DeviceId("lock-101"), {0, 80}},
                                                                 {DeviceId("lock-101"), {1, 90}}};
  CHECK(lost.keys().stale_hashes == stale);
}

TEST_CASE("KEY-24: another gateway's key file opens nothing and is left as it is") {
  TemporaryFolder elsewhere;
  {
    StoreBench other(elsewhere.database());
  }
  const auto theirs = read_text(elsewhere.key_file());
  Lost lost;
  lost.restart_with(theirs);
  CHECK(lost.keys().unreadable_secrets == secrets_of_all);
  CHECK(read_text(lost.folder.key_file()) == theirs);
  CHECK(sealed_rows(lost.folder.database()) == lost.rows);
  lost.restart_with(lost.backup);
  CHECK(lost.keys() == memory_of_all());
}

TEST_CASE("KEY-24: a damaged key file is set aside; what can be read of it still opens") {
  Lost lost;
  lost.restart_with(lost.backup);
  const auto damaged_at = [&lost](std::string_view word) {
    auto text = lost.backup;
    const auto at = text.find(word) + 20;
    text[at] = text[at] == '0' ? '1' : '0';
    return text;
  };
  SUBCASE("the key that seals") {
    lost.restart_with(damaged_at("seal"));
    CHECK(lost.keys().unreadable == whose_all);
    CHECK(lost.keys().stale_hashes.empty());
  }
  SUBCASE("the root") {
    lost.restart_with(damaged_at("root"));
    auto expected = memory_of_all();
    expected.stale_hashes = lost.keys().stale_hashes;
    CHECK(lost.keys() == expected);
    CHECK(lost.keys().stale_hashes.size() == 3);
  }
  SUBCASE("all of it") {
    lost.restart_with("");
    CHECK(lost.keys().unreadable == whose_all);
  }
  CHECK(lost.folder.files("gateway.key.damaged-").size() == 1);
  CHECK(parse_key_file(read_text(lost.folder.key_file())).state == KeyFileState::sound);
  lost.restart_with(lost.backup);
  CHECK(lost.keys() == memory_of_all());
}

TEST_CASE("KEY-24: a database set aside takes its sealed values along, readable or not") {
  bool with_key = false;
  SUBCASE("lost") { with_key = false; }
  SUBCASE("there") { with_key = true; }
  CAPTURE(with_key);
  Lost lost;
  if (with_key) lost.restart_with(lost.backup);
  const auto before = lost.keys();
  lost.bench.close();
  run_sql(lost.folder.database(), "DROP TABLE cursors");  // not ours any more
  REQUIRE(lost.bench.reopen().has_value());
  CHECK(lost.bench.store->memory().set_aside != "");
  CHECK(lost.keys() == before);
  REQUIRE(lost.bench.reopen().has_value());
  CHECK(lost.bench.store->memory().set_aside == "");
  CHECK(lost.keys() == before);
  lost.restart_with(lost.backup);
  auto healed = memory_of_all();
  healed.stale_hashes = lost.keys().stale_hashes;
  CHECK(lost.keys() == healed);
}

TEST_CASE(
    "KEY-24: no key file can be written: nothing is sealed, and the keys of the run are kept") {
  TemporaryFolder folder;
  const fs::path in_the_way = folder.key_file().string() + ".new";
  fs::create_directories(in_the_way / "x");
  StoreBench bench(folder.database());
  CHECK(bench.store->health().failing);
  CHECK(bench.store->health().fault.find("gateway.key: cannot be written") != std::string::npos);
  const auto hashing = bench.store->keys().hashing;
  CHECK(bench.commit(with(all_keys())).error().code() == ErrorCode::io);
  bench.store->submit(with(all_keys()));
  CHECK_FALSE(fs::exists(folder.key_file()));
  CHECK_FALSE(fs::exists(folder.database()));
  fs::remove_all(in_the_way);
  REQUIRE(bench.run_until([&] { return bench.store->health().records_waiting == 0; }));
  REQUIRE(bench.reopen().has_value());
  CHECK(bench.store->memory().keys == memory_of_all());
  CHECK(bench.store->keys().hashing == hashing);
}
