#include "firmware/store/schema.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/store/store_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace {

void make_version(const std::filesystem::path& database, int version) {
  const auto connection = Connection::open(database, Access::read_write);
  REQUIRE(connection.has_value());
  REQUIRE(prepare_for_writing(*connection).has_value());
  REQUIRE(migrate(*connection, version).has_value());
  REQUIRE(connection->integer("PRAGMA user_version").value() == version);
}

}  // namespace

TEST_CASE("migrations: from every earlier version to the newest, and nothing is lost") {
  for (int version = 0; version <= newest_schema(); ++version) {
    CAPTURE(version);
    TemporaryFolder folder;
    make_version(folder.database(), version);
    if (version >= 1) {
      const auto connection = Connection::open(folder.database(), Access::read_write);
      auto journal = JournalWriter::open(*connection, "earlier");
      auto record = draft("lock-101");
      REQUIRE(journal.has_value());
      REQUIRE(journal->append(record).has_value());
    }
    StoreBench bench(folder.database());
    CHECK(bench.store->memory().set_aside == "");
    CHECK(number(bench.store->head()) == (version >= 1 ? 1 : 0));
    ports::Change change = one_record("lock-101");
    change.inventory = sample_inventory();
    REQUIRE(bench.commit(change).has_value());
    bench.close();
    const auto connection = Connection::open(folder.database(), Access::read_only);
    CHECK(connection->integer("PRAGMA user_version").value() == newest_schema());
    CHECK(connection->integer("PRAGMA auto_vacuum").value() == 2);
    CHECK(connection->text("PRAGMA journal_mode").value() == "wal");
  }
}

TEST_CASE("migrations: a newer database is refused and left as it is") {
  TemporaryFolder folder;
  make_version(folder.database(), newest_schema());
  {
    const auto connection = Connection::open(folder.database(), Access::read_write);
    REQUIRE(connection->run("PRAGMA user_version = 99").has_value());
  }
  boost::asio::io_context loop;
  TestClock clock;
  auto opened = SqliteStore::open(StoreBench::quick(folder.database()), loop.get_executor(), clock);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code() == ErrorCode::unsupported);
  CHECK(opened.error().message().find("version 99") != std::string::npos);
  CHECK(folder.files("genkan.db.damaged").empty());
  const auto connection = Connection::open(folder.database(), Access::read_only);
  CHECK(connection->integer("PRAGMA user_version").value() == 99);
}

TEST_CASE("migrations: one that fails leaves the version before it") {
  TemporaryFolder folder;
  make_version(folder.database(), 1);
  const auto connection = Connection::open(folder.database(), Access::read_write);
  REQUIRE(connection->run("CREATE TABLE devices (x)").has_value());
  const auto migrated = migrate(*connection);
  REQUIRE_FALSE(migrated.has_value());
  CHECK(migrated.error().message().starts_with("migration 2: "));
  CHECK(connection->integer("PRAGMA user_version").value() == 1);
  CHECK(connection->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'rooms'").value() ==
        0);
}

TEST_CASE("migrations: a site of before there were keys has the usual settings and no coupling") {
  TemporaryFolder folder;
  make_version(folder.database(), 3);
  {
    const auto connection = Connection::open(folder.database(), Access::read_write);
    REQUIRE(connection
                ->run("INSERT INTO buildings VALUES (1, 'sakura', 'Sakura Court');"
                      "INSERT INTO rooms VALUES (1, 'r101', '101', 'sakura', 0, 101);"
                      "INSERT INTO buses VALUES (1, 'line-a', '', NULL, NULL, NULL, NULL, NULL, "
                      "'192.0.2.7', 502);"
                      "INSERT INTO devices VALUES (1, 'lock-101', 'Door 101', 'el-100', 'line-a', "
                      "1, 1, NULL, NULL, 60);"
                      "INSERT INTO device_rooms VALUES ('lock-101', 1, 'r101');"
                      "INSERT INTO held VALUES ('lock-101');"
                      "UPDATE meta SET value = 'SPID-0001' WHERE key = 'contract'")
                .has_value());
  }
  domain::BuildingConfig sakura;
  sakura.id = BuildingId("sakura");
  sakura.name = "Sakura Court";
  domain::DeviceConfig lock;
  lock.id = DeviceId("lock-101");
  lock.name = "Door 101";
  lock.model = "el-100";
  lock.bus = BusId("line-a");
  lock.rooms = {RoomId("r101")};
  lock.open_limit = 60s;
  const auto check = [&](const ports::Memory& memory) {
    CHECK(memory.set_aside == "");
    CHECK(memory.inventory.contract == "SPID-0001");
    CHECK(memory.inventory.buildings == std::vector{sakura});
    CHECK(memory.inventory.devices == std::vector{lock});
    CHECK(memory.held == std::set{DeviceId("lock-101")});
    CHECK(memory.keys == ports::KeyMemory{});
  };
  SUBCASE("migrated") {
    StoreBench bench(folder.database());
    check(bench.store->memory());
    ports::Change change;
    change.inventory = sample_inventory();
    REQUIRE(bench.commit(change).has_value());
    REQUIRE(bench.reopen().has_value());
    CHECK(bench.store->memory().inventory == sample_inventory());
  }
  SUBCASE("where the key file, and so the database, cannot be written, it is read as it is") {
    std::filesystem::create_directories(folder.key_file().string() + ".new/in-the-way");
    StoreBench bench(folder.database());
    CHECK(bench.store->health().failing);
    check(bench.store->memory());
    std::filesystem::remove_all(folder.key_file().string() + ".new");
    REQUIRE(bench.run_until([&] { return !bench.store->health().failing; }));
    REQUIRE(bench.reopen().has_value());
    check(bench.store->memory());
  }
}
