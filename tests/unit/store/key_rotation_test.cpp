#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/store/secret_table.hpp"
#include "tests/unit/store/key_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace fs = std::filesystem;

namespace {

// Which keys the rows were sealed with.
std::set<std::string> keys_of(const std::vector<std::string>& rows) {
  std::set<std::string> keys;
  for (const auto& row : rows) keys.insert(row.substr(row.rfind(' ') - 8, 8));
  return keys;
}

std::set<std::string> keys_in_file(const TemporaryFolder& folder) {
  std::set<std::string> keys;
  for (const auto& line : lines_of(folder.key_file(), "seal")) keys.insert(line.substr(5, 8));
  return keys;
}

// A rotation by hand up to where the power fails.
enum class Until {
  nothing,
  first_file_begun,   // the new file is half written, beside the old one
  first_file,         // both keys are in the file
  some_rows,          // the transaction is open
  commit,             // all is sealed anew
  second_file_begun,  // the file without the old key is half written
  second_file,        // done
};

void rotate_until(const TemporaryFolder& folder, Until until) {
  const fs::path draft = folder.key_file().string() + ".new";
  if (until == Until::first_file_begun) write_text(draft, "genkan key file 1\nseal 0123");
  if (until <= Until::first_file_begun) return;
  const auto connection = Connection::open(folder.database(), Access::read_write);
  REQUIRE(connection.has_value());
  connection->checkpoint_on_close(false);  // the power fails: nobody closes anything
  auto secrets = Secrets::load(folder.key_file());
  REQUIRE(secrets.has_value());
  REQUIRE(secrets->begin_rotation().has_value());
  if (until == Until::some_rows) {
    auto transaction = Transaction::begin(*connection);
    REQUIRE(reseal(*connection, *secrets).has_value());
  }
  if (until <= Until::some_rows) return;
  REQUIRE(reseal_all(*connection, *secrets).has_value());
  if (until == Until::second_file_begun) write_text(draft, "genkan key file 1\n");
  if (until <= Until::second_file_begun) return;
  REQUIRE(secrets->end_rotation().has_value());
}

}  // namespace

TEST_CASE("KEY-24: a rotation seals all anew, forgets the old key and keeps every hash") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(with(all_keys())).has_value());
  const auto rows = sealed_rows(folder.database());
  const auto root = lines_of(folder.key_file(), "root");
  const auto hashing = bench.store->keys().hashing;
  const auto token = bench.store->keys().token;
  const auto before = keys_in_file(folder);
  REQUIRE(bench.rotate_key().has_value());
  const auto after = keys_in_file(folder);
  REQUIRE(after.size() == 1);
  CHECK(after != before);
  CHECK(lines_of(folder.key_file(), "root") == root);
  const auto now = sealed_rows(folder.database());
  REQUIRE(now.size() == rows.size());
  for (const auto& row : rows) CHECK(std::ranges::find(now, row) == now.end());
  CHECK(keys_of(now) == after);
  // What is put next is sealed with the new key.
  ports::KeyChange more;
  more.reservations = {reservation("r-9", "5555")};
  REQUIRE(bench.commit(with(more)).has_value());
  CHECK(keys_of(sealed_rows(folder.database())) == after);
  REQUIRE(bench.reopen().has_value());
  CHECK(bench.store->memory().keys.unreadable_secrets == 0);
  CHECK(bench.store->memory().keys.stale_hashes.empty());
  CHECK(bench.store->memory().keys.holders == memory_of_all().holders);
  CHECK(bench.store->keys().hashing == hashing);
  CHECK(bench.store->keys().token == token);
}

TEST_CASE("KEY-24: a rotation of more than is read at a time, and of nothing") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.rotate_key().has_value());
  ports::KeyChange keys;
  for (int i = 0; i < 2'345; ++i) {
    keys.reservations.push_back(reservation(cat("r-", i), cat(10'000'000 + i)));
    if (i % 3 == 0) keys.room_codes.emplace_back(RoomId(cat("room-", i)), code("4444"));
  }
  REQUIRE(bench.commit(with(keys)).has_value());
  REQUIRE(bench.rotate_key().has_value());
  CHECK(keys_of(sealed_rows(folder.database())) == keys_in_file(folder));
  REQUIRE(bench.reopen().has_value());
  CHECK(bench.store->memory().keys.unreadable_secrets == 0);
  CHECK(bench.store->memory().keys.room_codes.size() == 782);
}

TEST_CASE(
    "KEY-24: power fails between any two steps of a rotation: all opens, and the next start ends "
    "it") {
  for (const auto until :
       {Until::nothing, Until::first_file_begun, Until::first_file, Until::some_rows, Until::commit,
        Until::second_file_begun, Until::second_file}) {
    CAPTURE(static_cast<int>(until));
    TemporaryFolder folder;
    StoreBench bench(folder.database());
    REQUIRE(bench.commit(with(all_keys())).has_value());
    bench.close();
    const auto before = keys_in_file(folder);
    rotate_until(folder, until);
    REQUIRE(bench.reopen().has_value());
    CHECK(bench.store->memory().keys == memory_of_all());
    const auto after = keys_in_file(folder);
    CHECK(after.size() == 1);
    CHECK((after == before) == (until <= Until::first_file_begun));
    CHECK(keys_of(sealed_rows(folder.database())) == after);
    REQUIRE(bench.rotate_key().has_value());
    REQUIRE(bench.reopen().has_value());
    CHECK(bench.store->memory().keys == memory_of_all());
    CHECK(lines_of(folder.key_file(), "seal").size() == 1);
  }
}

TEST_CASE("KEY-24: a rotation whose step fails is told, and nothing is lost by it") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(with(all_keys())).has_value());
  const auto before = keys_in_file(folder);
  const auto rows = sealed_rows(folder.database());
  const fs::path in_the_way = folder.key_file().string() + ".new";
  SUBCASE("the new key cannot be written") {
    fs::create_directories(in_the_way / "x");
    const auto refused = bench.rotate_key();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == ErrorCode::io);
    CHECK(refused.error().message().find("the key was not rotated") != std::string::npos);
    CHECK(keys_in_file(folder) == before);
    CHECK(sealed_rows(folder.database()) == rows);
    CHECK_FALSE(bench.store->health().failing);  // records go on
    REQUIRE(bench.commit(one_record("lock-101")).has_value());
    fs::remove_all(in_the_way);
  }
  SUBCASE("the rows cannot be sealed anew") {
    bench.close();
    run_sql(folder.database(),
            "CREATE TRIGGER no BEFORE INSERT ON secrets WHEN new.id = 'r101' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END");
    REQUIRE(bench.reopen().has_value());
    for (int i = 0; i < 10; ++i) {
      const auto refused = bench.rotate_key();
      REQUIRE_FALSE(refused.has_value());
      CHECK(refused.error().code() == ErrorCode::conflict);
    }
    CHECK(keys_in_file(folder).size() <= KeyFile::most_keys);
    CHECK(keys_in_file(folder).contains(*before.begin()));
    CHECK(sealed_rows(folder.database()) == rows);
    REQUIRE(bench.reopen().has_value());  // it cannot be ended yet, and that keeps nothing
    CHECK(bench.store->memory().keys == memory_of_all());
    bench.close();
    run_sql(folder.database(), "DROP TRIGGER no");
    REQUIRE(bench.reopen().has_value());
  }
  CHECK(bench.store->memory().keys.unreadable_secrets == 0);
  REQUIRE(bench.rotate_key().has_value());
  CHECK(keys_in_file(folder).size() == 1);
  CHECK(keys_in_file(folder) != before);
  REQUIRE(bench.reopen().has_value());
  CHECK(bench.store->memory().keys == memory_of_all());
}

TEST_CASE("KEY-24: the old key that cannot be taken out of the file stays, and goes later") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(with(all_keys())).has_value());
  bench.close();
  auto secrets = Secrets::load(folder.key_file());
  REQUIRE(secrets.has_value());
  const auto connection = Connection::open(folder.database(), Access::read_write);
  REQUIRE(secrets->begin_rotation().has_value());
  REQUIRE(reseal_all(*connection, *secrets).has_value());
  const fs::path in_the_way = folder.key_file().string() + ".new";
  fs::create_directories(in_the_way / "x");
  CHECK(secrets->end_rotation().error().code() == ErrorCode::io);
  CHECK(secrets->rotation_is_open());
  CHECK(lines_of(folder.key_file(), "seal").size() == 2);
  CHECK(load_secrets(*connection, *secrets)->unreadable.empty());
  fs::remove_all(in_the_way);
  REQUIRE(secrets->end_rotation().has_value());
  CHECK_FALSE(secrets->rotation_is_open());
  CHECK(lines_of(folder.key_file(), "seal").size() == 1);
  CHECK(load_secrets(*connection, *secrets)->unreadable.empty());
}

TEST_CASE("KEY-24: what a lost key sealed goes through rotations untouched") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  REQUIRE(bench.commit(with(all_keys())).has_value());
  bench.close();
  const auto backup = read_text(folder.key_file());
  const auto rows = sealed_rows(folder.database());
  fs::remove(folder.key_file());
  REQUIRE(bench.reopen().has_value());
  REQUIRE(bench.rotate_key().has_value());
  CHECK(sealed_rows(folder.database()) == rows);
  bench.close();
  write_text(folder.key_file(), backup);
  REQUIRE(bench.reopen().has_value());
  CHECK(bench.store->memory().keys == memory_of_all());
}
