#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "firmware/base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

// SQLite behind values: every call says in its Result how it went. Error codes of this wrapper:
// `io` the disk refuses (full, read-only, input/output error), `corrupt` the file does not hold
// together, `busy` another program holds it, `conflict` a constraint of the schema, `internal`
// else.
namespace genkan::store {

class Connection;

// A prepared statement. Parameters and columns are counted as SQLite does: ?1 …, column 0 ….
// Text and blobs that are bound must live until reset(); views of columns until the next step().
class Statement {
 public:
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, std::span<const std::uint8_t> blob);
  Statement& bind_null(int parameter);
  // NULL for empty text.
  Statement& bind_optional(int parameter, std::string_view text);
  // NULL for none.
  Statement& bind_optional(int parameter, std::optional<std::chrono::minutes> minutes);

  // True: there is a row to read; false: done.
  Result<bool> step();
  // Steps to the end, throws rows away, resets.
  Result<> run();
  // Ready to be bound and stepped again; ends the read transaction of a query.
  void reset();

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // empty for NULL
  std::span<const std::uint8_t> blob(int column) const;
  bool is_null(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_fault_ = 0;
};

enum class Access {
  read_write,  // made if it is not there, for its owner alone (0600)
  read_only,
  immutable,  // the file alone, without WAL or locks: for a disk that cannot be written
};

// One connection; one thread at a time. Statements must be gone before it.
class Connection {
 public:
  static Result<Connection> open(const std::filesystem::path& path, Access access);

  Result<Statement> prepare(std::string_view sql) const;
  // Runs all statements of `sql`, throws rows away.
  Result<> run(const std::string& sql) const;
  // The first column of the first row; 0 for NULL or no row.
  Result<std::int64_t> integer(std::string_view sql) const;
  Result<std::string> text(std::string_view sql) const;

  bool in_transaction() const;
  std::int64_t changes() const;  // rows of the last statement
  // How many pages the write-ahead log had after this connection's last commit.
  int log_pages() const;
  // Whether closing moves the log into the file and removes it (the default), or leaves every byte
  // as it is (a file under suspicion).
  void checkpoint_on_close(bool on) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Connection(sqlite3* database);

  std::unique_ptr<int> log_pages_;  // set by SQLite's hook; outlives the connection
  std::unique_ptr<sqlite3, Close> database_;
};

// A transaction: rolled back by the destructor unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(const Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(other.connection_) {
    other.connection_ = nullptr;
  }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<> commit();

 private:
  explicit Transaction(const Connection& connection) : connection_(&connection) {}
  const Connection* connection_;
};

}  // namespace genkan::store
