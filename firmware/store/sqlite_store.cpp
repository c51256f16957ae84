#include "firmware/store/sqlite_store.hpp"

#include <algorithm>
#include <random>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "firmware/base/text.hpp"
#include "firmware/store/cloud_tables.hpp"

namespace genkan::store {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds most_wait = 10s;
constexpr std::int64_t most_cursors = 64;

std::string new_boot() {
  std::random_device random;
  std::array<std::uint8_t, 8> bytes{};
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return hex(bytes);
}

Result<> check_options(const Options& options) {
  if (options.path.empty()) return fail(ErrorCode::invalid, "storage: the database has no path");
  if (options.journal_days < 1 || options.journal_days > 3'660) {
    return fail(ErrorCode::invalid, cat("storage: journal_days is ", options.journal_days,
                                        "; it must be from 1 to 3660"));
  }
  if (options.journal_bytes < 1u << 20) {
    return fail(ErrorCode::invalid, "storage: the journal must be given 1 MiB at least");
  }
  return {};
}

Result<> check_reader(std::string_view reader) {
  const bool plain = std::ranges::all_of(
      reader, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (plain && !reader.empty() && reader.size() <= 32) return {};
  return fail(ErrorCode::invalid,
              cat("'", printable(reader),
                  "' is no reader's name: 1 to 32 lower case letters, digits and '-'"));
}

// Whether the reader has a cursor, or there is room for one more.
Waiting::Answer check_room(const Connection& connection, const std::string& reader) {
  auto statement = connection.prepare("SELECT count(*) FROM cursors WHERE reader <> ?1");
  if (!statement) return fail(statement.error());
  const auto row = statement->bind(1, reader).step();
  if (!row) return fail(row.error());
  if (statement->integer(0) < most_cursors) return std::vector<domain::Record>{};
  return fail(ErrorCode::invalid, cat("the journal has ", most_cursors,
                                      " readers already, which is the most it can have"));
}

Waiting::Answer find_cursor(const Connection& connection, const std::string& reader, Seq& found) {
  auto statement = connection.prepare("SELECT seq FROM cursors WHERE reader = ?1");
  if (!statement) return fail(statement.error());
  const auto row = statement->bind(1, reader).step();
  if (!row) return fail(row.error());
  found = Seq{*row ? statement->integer(0) : 0};
  return std::vector<domain::Record>{};
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(Options options, asio::any_io_executor loop,
                                                       const Clock& clock) {
  if (auto checked = check_options(options); !checked) return fail(checked.error());
  const std::string boot = new_boot();
  auto opened = open_at_start(options, boot, clock);
  if (!opened) return fail(opened.error());
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(options, std::move(loop), clock, boot, *std::move(opened)));
}

SqliteStore::SqliteStore(const Options& options, asio::any_io_executor loop, const Clock& clock,
                         std::string boot, Opened opened)
    : loop_(std::move(loop)),
      boot_(std::move(boot)),
      memory_(std::move(opened.memory)),
      keys_(opened.secrets->keys()),
      side_(std::make_shared<LoopSide>(
          LoopSide{{}, opened.head.seq, Seq{number(opened.base.seq) + 1}})),
      writer_(options, boot_, clock, std::move(opened),
              [executor = loop_, side = std::weak_ptr(side_)](Delivery delivery) {
                asio::post(executor,
                           [side, delivery = std::move(delivery)] { take(side, delivery); });
              }),
      reader_(options.path, [executor = loop_](std::shared_ptr<Waiting> caller,
                                               Waiting::Answer answer) {
        asio::post(executor, [caller = std::move(caller), answer = std::move(answer)]() mutable {
          caller->complete(std::move(answer));
        });
      }) {}

SqliteStore::~SqliteStore() = default;

void SqliteStore::take(const std::weak_ptr<LoopSide>& side, const Delivery& delivery) {
  if (const auto here = side.lock()) {
    here->head = delivery.head;
    here->oldest = delivery.oldest;
    if (here->on_committed && !delivery.records.empty()) here->on_committed(delivery.records);
  }
  for (const auto& done : delivery.done) done.caller->complete(done.answer);
}

asio::awaitable<Waiting::Answer> SqliteStore::write(Job job) {
  auto caller = std::make_shared<Waiting>(loop_);
  job.caller = caller;
  const auto added = writer_.add(std::move(job));
  if (!added) {
    co_await asio::post(loop_, asio::use_awaitable);
    co_return fail(added.error().in("storage"));
  }
  auto answer = co_await Waiting::wait(std::move(caller), most_wait, "storage");
  co_return answer;
}

asio::awaitable<Waiting::Answer> SqliteStore::ask(Reader::Question question) {
  auto caller = std::make_shared<Waiting>(loop_);
  const auto asked = reader_.ask(caller, std::move(question));
  if (!asked) {
    co_await asio::post(loop_, asio::use_awaitable);
    co_return fail(asked.error());
  }
  auto answer = co_await Waiting::wait(std::move(caller), most_wait, "journal");
  co_return answer;
}

asio::awaitable<Result<std::vector<domain::Record>>> SqliteStore::commit(ports::Change change) {
  Job job;
  job.change = std::move(change);
  auto answer = co_await write(std::move(job));
  co_return answer;
}

void SqliteStore::submit(ports::Change change) { writer_.submit(std::move(change)); }

void SqliteStore::listen(std::function<void(const std::vector<domain::Record>&)> on_committed) {
  side_->on_committed = std::move(on_committed);
}

asio::awaitable<Result<std::vector<domain::Record>>> SqliteStore::read(ports::JournalQuery query) {
  Reader::Question question = [query = std::move(query)](const Connection& connection) {
    return read_journal(connection, query);
  };
  auto answer = co_await ask(std::move(question));
  co_return answer;
}

Seq SqliteStore::head() const { return side_->head; }

Seq SqliteStore::oldest() const { return side_->oldest; }

asio::awaitable<Result<>> SqliteStore::set_cursor(std::string reader, Seq seq) {
  auto named = check_reader(reader);
  if (named && (seq < Seq{} || seq > side_->head)) {
    named = fail(ErrorCode::invalid, cat("the journal ends at ", number(side_->head),
                                         "; a cursor cannot be at ", number(seq)));
  }
  if (!named) {
    co_await asio::post(loop_, asio::use_awaitable);
    co_return named;
  }
  Reader::Question question = [reader](const Connection& connection) {
    return check_room(connection, reader);
  };
  const auto room = co_await ask(std::move(question));
  if (!room) co_return fail(room.error());
  Job job;
  job.cursor.emplace(std::move(reader), seq);
  const auto written = co_await write(std::move(job));
  if (!written) co_return fail(written.error());
  co_return Result<>{};
}

asio::awaitable<Result<Seq>> SqliteStore::cursor(std::string reader) {
  if (auto named = check_reader(reader); !named) {
    co_await asio::post(loop_, asio::use_awaitable);
    co_return fail(named.error());
  }
  auto found = std::make_shared<Seq>();
  Reader::Question question = [reader = std::move(reader), found](const Connection& connection) {
    return find_cursor(connection, reader, *found);
  };
  const auto asked = co_await ask(std::move(question));
  if (!asked) co_return fail(asked.error());
  co_return *found;
}

asio::awaitable<Result<std::optional<domain::LedgerRow>>> SqliteStore::ledger_row(std::string jti) {
  auto found = std::make_shared<std::optional<domain::LedgerRow>>();
  Reader::Question question = [jti = std::move(jti),
                               found](const Connection& connection) -> Waiting::Answer {
    auto row = find_ledger_row(connection, jti);
    if (!row) return fail(row.error());
    *found = *std::move(row);
    return std::vector<domain::Record>{};
  };
  const auto asked = co_await ask(std::move(question));
  if (!asked) co_return fail(asked.error());
  co_return std::move(*found);
}

asio::awaitable<Result<>> SqliteStore::rotate_key(domain::RecordDraft record) {
  Job job;
  job.change.records.push_back(std::move(record));
  job.rotates_key = true;
  const auto rotated = co_await write(std::move(job));
  if (!rotated) co_return fail(rotated.error());
  co_return Result<>{};
}

ports::StorageHealth SqliteStore::health() const { return writer_.health(); }

}  // namespace genkan::store
