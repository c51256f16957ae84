#include "firmware/store/sqlite.hpp"

#include <cstring>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

ErrorCode code_of(int result) {
  switch (result & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::busy;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: return ErrorCode::conflict;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_NOLFS:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM: return ErrorCode::io;
    default: return ErrorCode::internal;
  }
}

std::string sentence_of(int result, sqlite3* database) {
  const int cause = database != nullptr ? sqlite3_system_errno(database) : 0;
  const std::string because = cause != 0 ? cat(" (", std::strerror(cause), ")") : std::string();
  switch (result & 0xFF) {
    case SQLITE_FULL: return "the disk is full";
    case SQLITE_IOERR: return cat("the disk gave an input/output error", because);
    case SQLITE_READONLY: return "the database cannot be written: file or disk is read-only";
    case SQLITE_CANTOPEN: return cat("the database file cannot be opened", because);
    case SQLITE_CORRUPT: return "the database is damaged";
    case SQLITE_NOTADB: return "the file is damaged or no database";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program holds the database";
    default: break;
  }
  return database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result);
}

std::unexpected<Error> sqlite_fault(int result, sqlite3* database) {
  return fail(code_of(result), sentence_of(result, database));
}

// How long a lock of another program (a backup, the sqlite3 shell) is waited for.
constexpr int busy_milliseconds = 2'000;

int count_log_pages(void* counter, sqlite3*, const char*, int pages) {
  *static_cast<int*>(counter) = pages;
  return SQLITE_OK;
}

std::string uri_of(const std::filesystem::path& path) {
  std::string uri = "file:";
  for (const char c : path.string()) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr std::string_view digits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      uri += cat('%', digits[byte >> 4], digits[byte & 15]);
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

// SQLite would make it 0644; it gives its -wal and -shm the mode of the file. What stands in the
// way here is told when SQLite opens it.
void make_file(const std::filesystem::path& path) {
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made >= 0) ::close(made);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(int parameter, std::int64_t value) {
  bind_fault_ |= sqlite3_bind_int64(statement_.get(), parameter, value);
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
  bind_fault_ |= sqlite3_bind_text64(statement_.get(), parameter, text.empty() ? "" : text.data(),
                                     text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int parameter, std::span<const std::uint8_t> blob) {
  bind_fault_ |=
      sqlite3_bind_blob64(statement_.get(), parameter, blob.data(), blob.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  bind_fault_ |= sqlite3_bind_null(statement_.get(), parameter);
  return *this;
}

Statement& Statement::bind_optional(int parameter, std::string_view text) {
  return text.empty() ? bind_null(parameter) : bind(parameter, text);
}

Statement& Statement::bind_optional(int parameter, std::optional<std::chrono::minutes> minutes) {
  return minutes ? bind(parameter, std::int64_t{minutes->count()}) : bind_null(parameter);
}

Result<bool> Statement::step() {
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  if (bind_fault_ != 0) return fail(ErrorCode::internal, "a parameter could not be bound");
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  auto fault = sqlite_fault(result, database);
  reset();
  return fault;
}

Result<> Statement::run() {
  while (true) {
    const auto row = step();
    if (!row) return fail(row.error());
    if (!*row) break;
  }
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  bind_fault_ = 0;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::span<const std::uint8_t> Statement::blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const std::uint8_t*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Connection::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Connection::Connection(sqlite3* database)
    : log_pages_(std::make_unique<int>(0)), database_(database) {
  // Replaces the automatic checkpoint inside COMMIT: the writer makes its own after it has told of
  // the commit.
  sqlite3_wal_hook(database, &count_log_pages, log_pages_.get());
}

Result<Connection> Connection::open(const std::filesystem::path& path, Access access) {
  const std::string name = access == Access::immutable ? uri_of(path) : path.string();
  const int flags = access == Access::read_write  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                    : access == Access::read_only ? SQLITE_OPEN_READONLY
                                                  : SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  if (access == Access::read_write) make_file(path);
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(name.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (result != SQLITE_OK) {
    auto fault = sqlite_fault(result, database);
    sqlite3_close_v2(database);
    return fault;
  }
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, busy_milliseconds);
  return Connection(database);
}

Result<Statement> Connection::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) return sqlite_fault(result, database_.get());
  return Statement(statement);
}

Result<> Connection::run(const std::string& sql) const {
  const int result = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return sqlite_fault(result, database_.get());
  return {};
}

Result<std::int64_t> Connection::integer(std::string_view sql) const {
  auto statement = prepare(sql);
  if (!statement) return fail(statement.error());
  const auto row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->integer(0) : 0;
}

Result<std::string> Connection::text(std::string_view sql) const {
  auto statement = prepare(sql);
  if (!statement) return fail(statement.error());
  const auto row = statement->step();
  if (!row) return fail(row.error());
  return std::string(*row ? statement->text(0) : std::string_view());
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

std::int64_t Connection::changes() const { return sqlite3_changes64(database_.get()); }

int Connection::log_pages() const { return *log_pages_; }

void Connection::checkpoint_on_close(bool on) const {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
}

Result<Transaction> Transaction::begin(const Connection& connection) {
  if (auto begun = connection.run("BEGIN IMMEDIATE"); !begun) return fail(begun.error());
  return Transaction(connection);
}

Transaction::~Transaction() {
  // A full disk may have ended the transaction by itself.
  if (connection_ == nullptr || !connection_->in_transaction()) return;
  // What fails here fails again, and is told, at the next BEGIN.
  static_cast<void>(connection_->run("ROLLBACK"));
}

Result<> Transaction::commit() {
  if (!connection_->in_transaction()) {
    return fail(ErrorCode::io, "the disk ended the transaction by itself");
  }
  auto committed = connection_->run("COMMIT");
  if (committed) connection_ = nullptr;
  return committed;
}

}  // namespace genkan::store
