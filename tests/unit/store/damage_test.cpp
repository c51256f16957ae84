#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/store/log_check.hpp"
#include "tests/unit/store/store_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace {

namespace fs = std::filesystem;

// How a record of device lock-17 stands in its row (in an index, the device stands alone).
constexpr std::string_view row_17 = "activitylock-17r101";

// A sound database with inventory, a hold, a cursor and `records` records.
void make_database(const TemporaryFolder& folder, int records = 30) {
  StoreBench bench(folder.database());
  ports::Change change;
  change.inventory = sample_inventory();
  change.held = {{DeviceId("lock-101"), true}};
  REQUIRE(bench.commit(change).has_value());
  for (int i = 0; i < records; ++i) {
    REQUIRE(bench.commit(one_record(cat("lock-", i))).has_value());
  }
  REQUIRE(bench.set_cursor("cloud", Seq{records / 2}).has_value());
}

// A copy of a database in use, with its log: what a power cut leaves.
void copy_in_use(const fs::path& from, const fs::path& to) {
  fs::copy_file(from, to);
  fs::copy_file(from.string() + "-wal", to.string() + "-wal");
}

void flip(const fs::path& file, std::uint64_t at) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(at));
  const int byte = stream.get();
  const char flipped = static_cast<char>(byte ^ 0x10);
  overwrite(file, at, std::string_view(&flipped, 1));
}

std::int64_t seq_of_next_record(StoreBench& bench) {
  const auto records = bench.commit(one_record("next"));
  REQUIRE(records.has_value());
  return number(records->front().seq);
}

}  // namespace

TEST_CASE("damage: the file is set aside whole, a fresh one begun, no number used twice") {
  struct Case {
    const char* name;
    void (*harm)(const fs::path&);
    bool carried_over;
  };
  const Case cases[] = {
      {"header", [](const fs::path& file) { overwrite(file, 0, "no database at all"); }, false},
      {"one byte of a record",
       [](const fs::path& file) { overwrite(file, find_in(file, row_17), "activitylock-18"); },
       true},
      {"one digit of a body",
       [](const fs::path& file) {
         overwrite(file, find_in(file, "\"battery\":87"), "\"battery\":86");
       },
       true},
      {"a page of the journal",
       [](const fs::path& file) {
         overwrite(file, find_in(file, row_17) / 4'096 * 4'096, std::string(4'096, '\xA5'));
       },
       true},
      {"cut in half", [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); },
       false},
      {"text", [](const fs::path& file) { std::ofstream(file) << std::string(9'000, 'x'); }, false},
  };
  for (const auto& each : cases) {
    CAPTURE(each.name);
    TemporaryFolder folder;
    make_database(folder);
    each.harm(folder.database());
    const auto harmed_bytes = fs::file_size(folder.database());
    StoreBench bench(folder.database());
    const fs::path aside = bench.store->memory().set_aside;
    REQUIRE(aside.string().starts_with(folder.database().string() + ".damaged-20261120T"));
    CHECK(fs::file_size(aside) == harmed_bytes);
    CHECK_FALSE(bench.store->health().failing);
    if (each.carried_over) {
      CHECK(bench.store->memory().inventory == sample_inventory());
      CHECK(bench.store->memory().held == std::set{DeviceId("lock-101")});
      CHECK(number(bench.cursor("cloud").value()) == 15);
    }
    const auto next = seq_of_next_record(bench);
    CHECK(next > 30);
    CHECK(number(bench.store->oldest()) == next);
    REQUIRE(bench.reopen().has_value());
    CHECK(bench.store->memory().set_aside == "");
    CHECK(number(bench.store->head()) == next);
    CHECK(number(bench.store->oldest()) == next);
    if (each.carried_over) CHECK(bench.store->memory().inventory == sample_inventory());
    CHECK(seq_of_next_record(bench) == next + 1);
    CHECK(whole_journal(folder.database()).size() == 2);
  }
}

TEST_CASE("damage: without the side file numbers go on far behind the last that can be read") {
  TemporaryFolder folder;
  make_database(folder);
  fs::remove(folder.database().string() + ".head");
  SUBCASE("records can be read") {
    overwrite(folder.database(), find_in(folder.database(), row_17), "activitylock-18");
    StoreBench bench(folder.database());
    CHECK(seq_of_next_record(bench) == 30 + reserved_block);
  }
  SUBCASE("nothing can be read") {
    overwrite(folder.database(), 0, "no database at all");
    StoreBench bench(folder.database());
    CHECK(seq_of_next_record(bench) == bench.clock.now.load());
  }
}

TEST_CASE("damage: a database that is gone has had its numbers all the same") {
  TemporaryFolder folder;
  make_database(folder);
  const auto reserved = read_reserved(folder.database());
  REQUIRE(number(reserved) > 30);
  fs::remove(folder.database());
  StoreBench bench(folder.database());
  CHECK(seq_of_next_record(bench) == number(reserved));
  CHECK(bench.store->oldest() == reserved);
  CHECK(whole_journal(folder.database()).size() == 1);
}

TEST_CASE("damage: again and again, each file is kept under a name of its own") {
  TemporaryFolder folder;
  make_database(folder);
  for (int i = 0; i < 3; ++i) {
    overwrite(folder.database(), 0, "no database at all");
    StoreBench bench(folder.database());
    CHECK(bench.store->memory().set_aside != "");
  }
  CHECK(folder.files("genkan.db.damaged-20261120T").size() == 3);
}

TEST_CASE("damage: the check of the chain names the record") {
  TemporaryFolder folder;
  make_database(folder);
  CHECK(verify_chain(folder.database())->fault == "");
  CHECK(verify_chain(folder.database())->checked == 30);
  const auto run = [&folder](const std::string& sql) {
    const auto connection = Connection::open(folder.database(), Access::read_write);
    REQUIRE(connection->run(sql).has_value());
  };
  struct Case {
    const char* sql;
    std::int64_t broken_at;
  };
  const Case cases[] = {
      {"UPDATE journal SET actor = 'nobody' WHERE seq = 7", 7},
      {"UPDATE journal SET body = '{' WHERE seq = 7", 7},
      {"UPDATE journal SET kind = 'lockd' WHERE seq = 7", 7},
      {"UPDATE journal SET hash = x'00' WHERE seq = 7", 7},
      {"DELETE FROM journal WHERE seq = 7", 8},
      {"DELETE FROM journal WHERE seq = 1", 2},
      {"UPDATE journal SET time = 0 WHERE seq = 30", 30},
      {"UPDATE meta SET value = 3 WHERE key = 'base_seq'", 4},
  };
  const auto original = folder.path() / "original.db";
  fs::copy_file(folder.database(), original);
  for (const auto& each : cases) {
    CAPTURE(each.sql);
    run(each.sql);
    const auto report = verify_chain(folder.database());
    REQUIRE(report.has_value());
    CHECK(number(report->broken_at) == each.broken_at);
    CHECK(report->fault != "");
    fs::copy_file(original, folder.database(), fs::copy_options::overwrite_existing);
  }
  CHECK(verify_chain(folder.database())->fault == "");
}

TEST_CASE("damage: a row that makes no sense does not stop a reader") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  for (int i = 0; i < 3; ++i) REQUIRE(bench.commit(one_record("lock-101")).has_value());
  {
    const auto connection = Connection::open(folder.database(), Access::read_write);
    REQUIRE(connection->run("UPDATE journal SET body = '{' WHERE seq = 2").has_value());
  }
  const auto records = bench.read({});
  REQUIRE(records.has_value());
  REQUIRE(records->size() == 3);
  CHECK((*records)[1].draft.kind == domain::RecordKind::trouble);
  CHECK((*records)[1].draft.body.contains("damaged"));
  CHECK((*records)[2].draft.body == draft("x").body);
}

TEST_CASE("damage: one flipped bit in the write-ahead log is found before SQLite forgets records") {
  TemporaryFolder folder;
  StoreBench bench(folder.database());
  ports::Change change;
  change.inventory = sample_inventory();
  REQUIRE(bench.commit(change).has_value());
  for (int i = 0; i < 40; ++i) {
    REQUIRE(bench.commit(one_record(cat("lock-", i))).has_value());
  }
  const auto log_bytes = fs::file_size(folder.database().string() + "-wal");
  REQUIRE(log_bytes > 80 * 1'024);

  SUBCASE("sound") {
    const auto copy = folder.path() / "copy.db";
    copy_in_use(folder.database(), copy);
    CHECK(log_fault(copy) == "");
    StoreBench second(copy);
    CHECK(number(second.store->head()) == 40);
  }
  SUBCASE("the torn end of a crash is no damage") {
    for (int cut : {1, 500, 1'048, 4'000}) {
      CAPTURE(cut);
      const auto copy = folder.path() / cat("torn-", cut, ".db");
      copy_in_use(folder.database(), copy);
      fs::resize_file(copy.string() + "-wal", log_bytes - static_cast<std::uint64_t>(cut));
      CHECK(log_fault(copy) == "");
      StoreBench second(copy);
      CHECK(second.store->memory().set_aside == "");
      CHECK(number(second.store->head()) >= 36);
    }
  }
  SUBCASE("flipped") {
    for (const std::uint64_t at : {std::uint64_t{9}, std::uint64_t{17}, std::uint64_t{45},
                                   std::uint64_t{60}, log_bytes / 3, log_bytes / 2}) {
      CAPTURE(at);
      const auto copy = folder.path() / cat("flipped-", at, ".db");
      copy_in_use(folder.database(), copy);
      flip(copy.string() + "-wal", at);
      CHECK(log_fault(copy) != "");
      StoreBench second(copy);
      const fs::path aside = second.store->memory().set_aside;
      CHECK(aside != "");
      CHECK(fs::file_size(aside.string() + "-wal") == log_bytes);
      CHECK(seq_of_next_record(second) > 40);
    }
  }
}
