#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "firmware/store/sqlite_store.hpp"
#include "tests/fakes/temp_dir.hpp"

// What the store's tests share.
namespace genkan::store::testing {

// A folder of its own, gone with its content at the end.
class TemporaryFolder : public test::TempDir {
 public:
  std::filesystem::path database() const { return path() / "genkan.db"; }
  std::filesystem::path key_file() const { return path() / "gateway.key"; }
  // Files whose name begins so.
  std::vector<std::filesystem::path> files(std::string_view prefix) const;
};

// Wall time and trust as the test says.
class TestClock final : public Clock {
 public:
  SteadyTime steady() const override { return Steady::now(); }
  WallTime wall() const override { return WallTime{std::chrono::milliseconds{now.load()}}; }
  ClockTrust trust() const override {
    return trusted.load() ? ClockTrust::trusted : ClockTrust::untrusted;
  }
  std::atomic<std::int64_t> now{1'795'170'000'000};  // 2026-11-20
  std::atomic<bool> trusted{true};
};

// A store on a loop of its own; waits have a deadline of 20 s.
class StoreBench {
 public:
  explicit StoreBench(const std::filesystem::path& database);
  explicit StoreBench(Options options);
  ~StoreBench();

  using Records = Result<std::vector<domain::Record>>;
  Records commit(ports::Change change);
  Records read(ports::JournalQuery query);
  Result<> set_cursor(std::string reader, Seq seq);
  Result<Seq> cursor(std::string reader);
  Result<> rotate_key();
  // Runs the loop until it is so; false if it never is.
  bool run_until(const std::function<bool()>& so);
  // Ends the store as the daemon does; a new one can then be opened.
  void close();
  Result<> reopen();

  static Options quick(const std::filesystem::path& database);

  TestClock clock;
  Options options;
  boost::asio::io_context loop;
  std::unique_ptr<SqliteStore> store;
  std::vector<domain::Record> heard;  // by the listener

 private:
  template <class T>
  T wait(boost::asio::awaitable<T> work);
};

domain::RecordDraft draft(std::string device, domain::RecordKind kind = domain::RecordKind::locked,
                          domain::RecordLane lane = domain::RecordLane::activity);
ports::Change one_record(std::string device);
// Buses of both sorts, rooms, devices with all that they can have.
domain::Inventory sample_inventory();

// Overwrites bytes of a file.
void overwrite(const std::filesystem::path& file, std::uint64_t at, std::string_view bytes);
// Where `text` first stands in the file; the file's size if nowhere.
std::uint64_t find_in(const std::filesystem::path& file, std::string_view text);

// Whether the journal on disk is 1 … or base + 1 … without a hole, its chain right; the records.
std::vector<domain::Record> whole_journal(const std::filesystem::path& database);

}  // namespace genkan::store::testing
