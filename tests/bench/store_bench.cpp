// The journal's store against a bare SQLite loop with the same durability (WAL, synchronous=FULL),
// the same table and the same number of rows in a transaction, in the same run.
//   store_bench [FOLDER]     FOLDER lies on the disk to be measured; default: the temporary folder
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <sqlite3.h>

#include "firmware/base/json.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"
#include "firmware/store/sqlite_store.hpp"
#include "tests/bench/figures.hpp"

namespace {

using namespace genkan;
namespace fs = std::filesystem;

constexpr int runs = 5;                // medians of so many, store and bare loop in turn
constexpr std::size_t burst = 30'000;  // records of a throughput run
constexpr std::size_t singles = 600;   // records of a one-by-one run
// Records submitted and not yet told of: a burst of a building, and a flood that never lets the
// writer rest (then every record's text and hash count, for which the bare loop has no equal).
constexpr std::size_t burst_window = 100;
constexpr std::size_t flood_window = 2'000;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "store_bench: %s\n", why.c_str());
  std::exit(1);
}

// What this process had the kernel write to block devices.
std::uint64_t written_bytes() {
  std::ifstream file("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (file >> name >> value) {
    if (name == "write_bytes:") return value;
  }
  return 0;
}

// What one record of a lock is like.
domain::RecordDraft draft(std::size_t i) {
  domain::RecordDraft draft;
  draft.kind = i % 2 == 0 ? domain::RecordKind::locked : domain::RecordKind::unlocked;
  draft.lane = i % 50 == 0 ? domain::RecordLane::alarm : domain::RecordLane::activity;
  draft.time =
      WallTime{std::chrono::milliseconds{1'795'170'000'000 + static_cast<std::int64_t>(i)}};
  draft.clock = ClockTrust::trusted;
  draft.device = DeviceId(cat("lock-", 101 + i % 24));
  draft.room = RoomId(cat("r", 101 + i % 24));
  draft.actor = "slot:12";
  draft.body = {{"bolt", "locked"}, {"battery", 87}};
  return draft;
}

struct Measured {
  double per_second = 0;
  double bytes_each = 0;
  double batch = 0;                 // records a transaction
  std::vector<double> latencies{};  // milliseconds
};

Measured finish(std::uint64_t bytes_before, std::size_t records, double seconds,
                Measured measured) {
  measured.per_second = static_cast<double>(records) / seconds;
  measured.bytes_each =
      static_cast<double>(written_bytes() - bytes_before) / static_cast<double>(records);
  return measured;
}

double seconds_since(SteadyTime began) {
  return std::chrono::duration<double>(Steady::now() - began).count();
}

void remove_database(const fs::path& path) {
  for (const char* suffix : {"", "-wal", "-shm", ".head", ".lock"}) {
    fs::remove(path.string() + suffix);
  }
}

// A store with its loop; told records are counted.
struct Rig {
  explicit Rig(const fs::path& path) {
    store::Options options;
    options.path = path;
    auto opened = store::SqliteStore::open(options, loop.get_executor(), clock);
    if (!opened) give_up(opened.error().message());
    store = *std::move(opened);
    store->listen([this](const std::vector<domain::Record>& records) { told += records.size(); });
  }
  SystemClock clock{true};
  boost::asio::io_context loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      loop.get_executor()};
  std::unique_ptr<store::SqliteStore> store;
  std::size_t told = 0;
};

Measured store_burst(const fs::path& path, std::size_t window) {
  remove_database(path);
  Rig rig(path);
  std::vector<ports::Change> changes(burst);
  for (std::size_t i = 0; i < burst; ++i) changes[i].records.push_back(draft(i));
  const auto bytes = written_bytes();
  const auto began = Steady::now();
  std::size_t sent = 0;
  while (rig.told < burst) {
    while (sent < burst && sent - rig.told < window) rig.store->submit(std::move(changes[sent++]));
    rig.loop.run_one();
  }
  const double seconds = seconds_since(began);
  Measured measured;
  measured.batch = static_cast<double>(burst) / static_cast<double>(rig.store->health().commits);
  rig.store.reset();
  return finish(bytes, burst, seconds, std::move(measured));
}

boost::asio::awaitable<void> commit_singles(Rig& rig, std::vector<double>& latencies) {
  for (std::size_t i = 0; i < singles; ++i) {
    ports::Change change;
    change.records.push_back(draft(i));
    const auto began = Steady::now();
    const auto records = co_await rig.store->commit(std::move(change));
    if (!records) give_up(records.error().message());
    latencies.push_back(seconds_since(began) * 1e3);
  }
  rig.loop.stop();
}

Measured store_singles(const fs::path& path) {
  remove_database(path);
  Rig rig(path);
  Measured measured;
  const auto bytes = written_bytes();
  const auto began = Steady::now();
  boost::asio::co_spawn(rig.loop, commit_singles(rig, measured.latencies),
                        [](std::exception_ptr) {});
  rig.loop.run();
  const double seconds = seconds_since(began);
  rig.store.reset();
  return finish(bytes, singles, seconds, std::move(measured));
}

// SQLite and nothing else, opened for one thread as the store's connection is.
class Bare {
 public:
  // `tables`: the statements that make the table; rows go to `journal`.
  Bare(const fs::path& path, const std::string& tables) {
    remove_database(path);
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &database_, flags, nullptr) != SQLITE_OK) {
      give_up("bare: cannot open");
    }
    run("PRAGMA page_size=1024; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;"
        "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;");
    run(tables);
    constexpr auto sql = "INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?,?)";
    if (sqlite3_prepare_v2(database_, sql, -1, &insert_, nullptr) != SQLITE_OK) {
      give_up(sqlite3_errmsg(database_));
    }
  }
  ~Bare() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  void run(const std::string& sql) {
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      give_up(sqlite3_errmsg(database_));
    }
  }

  void insert(std::size_t i, const domain::RecordDraft& row, const std::string& body) {
    const auto text = [this](int at, std::string_view value) {
      sqlite3_bind_text(insert_, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    };
    sqlite3_bind_int64(insert_, 1, static_cast<std::int64_t>(i) + 1);
    text(2, "0123456789abcdef");
    sqlite3_bind_int64(insert_, 3, row.time.time_since_epoch().count());
    text(4, "trusted");
    text(5, domain::name_of(row.kind));
    text(6, row.lane == domain::RecordLane::alarm ? "alarm" : "activity");
    text(7, row.device.str());
    text(8, row.room.str());
    text(9, row.actor);
    text(10, body);
    const Digest hash{};
    sqlite3_bind_blob(insert_, 11, hash.data(), static_cast<int>(hash.size()), SQLITE_TRANSIENT);
    if (sqlite3_step(insert_) != SQLITE_DONE) give_up(sqlite3_errmsg(database_));
    sqlite3_reset(insert_);
  }

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

// The store's own tables, as it made them.
std::string tables_of(const fs::path& path) {
  sqlite3* database = nullptr;
  sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  std::string sql;
  const auto collect = [](void* out, int, char** columns, char**) {
    *static_cast<std::string*>(out) += std::string(columns[0]) + ";";
    return 0;
  };
  sqlite3_exec(database, "SELECT sql FROM sqlite_schema WHERE tbl_name = 'journal'", collect, &sql,
               nullptr);
  sqlite3_close(database);
  return sql;
}

Measured bare_run(const fs::path& path, const std::string& tables, std::size_t records,
                  std::size_t batch) {
  std::vector<domain::RecordDraft> rows;
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < records; ++i) {
    rows.push_back(draft(i));
    bodies.push_back(json::serialize(rows.back().body));
  }
  Measured measured;
  auto bare = std::make_unique<Bare>(path, tables);
  const auto bytes = written_bytes();
  const auto began = Steady::now();
  for (std::size_t i = 0; i < records;) {
    const auto transaction_began = Steady::now();
    bare->run("BEGIN IMMEDIATE");
    for (std::size_t n = 0; n < batch && i < records; ++n, ++i) bare->insert(i, rows[i], bodies[i]);
    bare->run("COMMIT");
    measured.latencies.push_back(seconds_since(transaction_began) * 1e3);
  }
  const double seconds = seconds_since(began);
  bare.reset();
  return finish(bytes, records, seconds, std::move(measured));
}

constexpr double least_ratio = 0.7;

// Medians of the runs; store and bare loop took turns.
struct Measure {
  std::string name;
  std::string unit;
  bool goal = false;  // value at least `least_ratio` of the floor
  std::vector<double> values{};
  std::vector<double> floors{};
};

void report(const Measure& measure) {
  bench::Figure figure{measure.name, bench::median(measure.values), measure.unit,
                       bench::median(measure.floors)};
  if (measure.goal) {
    figure.goal = "ratio >= 0.7";
    figure.met = figure.value >= least_ratio * *figure.floor;
  }
  bench::report(figure);
}

}  // namespace

int main(int argc, char** argv) {
  set_log_level(LogLevel::warning);
  const fs::path parent = argc > 1 ? fs::path(argv[1]) : fs::temp_directory_path();
  std::string name = (parent / "store-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) give_up("cannot make a folder in " + parent.string());
  const fs::path path = fs::path(name) / "bench.db";
  Measure rate{"journal, bursts of 100", "records/s", true};
  Measure flood_rate{"journal, a flood", "records/s", true};
  Measure group_bytes{"journal, bursts: bytes to disk", "bytes/record"};
  Measure batch{"journal, bursts: group", "records/transaction"};
  Measure flood_batch{"journal, a flood: group", "records/transaction"};
  Measure single_rate{"journal, one by one", "records/s", true};
  Measure single_bytes{"journal, one by one: bytes to disk", "bytes/record"};
  Measure single_p50{"journal, one commit, p50", "ms"};
  Measure single_p99{"journal, one commit, p99", "ms"};
  for (int run = 0; run < runs; ++run) {
    const Measured grouped = store_burst(path, burst_window);
    const std::string tables = tables_of(path);
    const auto rows = static_cast<std::size_t>(std::lround(grouped.batch));
    const Measured bare_grouped = bare_run(path, tables, burst, rows);
    const Measured flood = store_burst(path, flood_window);
    const auto flood_rows = static_cast<std::size_t>(std::lround(flood.batch));
    flood_rate.values.push_back(flood.per_second);
    flood_rate.floors.push_back(bare_run(path, tables, burst, flood_rows).per_second);
    flood_batch.values.push_back(flood.batch);
    flood_batch.floors.push_back(static_cast<double>(flood_rows));
    const Measured single = store_singles(path);
    const Measured bare_single = bare_run(path, tables, singles, 1);
    rate.values.push_back(grouped.per_second);
    rate.floors.push_back(bare_grouped.per_second);
    group_bytes.values.push_back(grouped.bytes_each);
    group_bytes.floors.push_back(bare_grouped.bytes_each);
    batch.values.push_back(grouped.batch);
    batch.floors.push_back(static_cast<double>(rows));
    single_rate.values.push_back(single.per_second);
    single_rate.floors.push_back(bare_single.per_second);
    single_bytes.values.push_back(single.bytes_each);
    single_bytes.floors.push_back(bare_single.bytes_each);
    single_p50.values.push_back(bench::quantile(single.latencies, 0.5));
    single_p50.floors.push_back(bench::quantile(bare_single.latencies, 0.5));
    single_p99.values.push_back(bench::quantile(single.latencies, 0.99));
    single_p99.floors.push_back(bench::quantile(bare_single.latencies, 0.99));
  }
  for (const auto* measure : {&rate, &batch, &flood_rate, &flood_batch, &group_bytes, &single_rate,
                              &single_bytes, &single_p50, &single_p99}) {
    report(*measure);
  }
  fs::remove_all(name);
  return 0;
}
