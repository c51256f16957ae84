#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "firmware/base/clock.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/store/gateway_keys.hpp"
#include "firmware/store/options.hpp"
#include "firmware/store/reader.hpp"
#include "firmware/store/writer.hpp"

namespace genkan::store {

// ports::Store over one SQLite file (docs/JOURNAL.md).
//
// - The listener has the records of a transaction before the commit() that waited for it completes.
// - commit(), read(), set_cursor() and cursor() end at or before 10 s. If the disk has not answered
//   by then, the error is `timeout` and says whether the change may still be done; a change that
//   was only waiting is withdrawn. While the disk fails, commit() and set_cursor() fail at once
//   (`io`).
// - At most 10,000 records and 1,000 callers wait for the disk and 256 questions for the reader;
//   more are `busy`, except submit(), which gives up its oldest activity (see Backlog).
// - A new inventory takes last states, holds and coupling marks of devices that it no longer has
//   with it; slot notes, reservations and groups stay until they are removed.
// - Codes and card numbers are sealed (docs/SECRETS.md). Without the key file that they were sealed
//   with the store opens all the same; see ports::KeyMemory.
// - With an empty journal oldest() is head() + 1.
// - A cursor that was never set is 0. At most 64 readers have one.
// - Destroyed before the loop's context; what still waits is written first, callers are answered,
//   but the listener is no longer called.
class SqliteStore final : public ports::Store {
 public:
  // Blocks while the database is checked. A damaged database is set aside; a disk that cannot be
  // written is no error (health() tells): the doors work on. Errors: settings out of range, another
  // gateway uses the database, a newer program wrote it, others may read the key file.
  static Result<std::unique_ptr<SqliteStore>> open(Options options,
                                                   boost::asio::any_io_executor loop,
                                                   const Clock& clock);
  ~SqliteStore() override;

  const ports::Memory& memory() const override { return memory_; }
  const std::string& boot() const override { return boot_; }
  boost::asio::awaitable<Result<std::vector<domain::Record>>> commit(ports::Change change) override;
  void submit(ports::Change change) override;
  void listen(std::function<void(const std::vector<domain::Record>&)> on_committed) override;
  boost::asio::awaitable<Result<std::vector<domain::Record>>> read(
      ports::JournalQuery query) override;
  Seq head() const override;
  Seq oldest() const override;
  boost::asio::awaitable<Result<>> set_cursor(std::string reader, Seq seq) override;
  boost::asio::awaitable<Result<Seq>> cursor(std::string reader) override;
  boost::asio::awaitable<Result<std::optional<domain::LedgerRow>>> ledger_row(
      std::string jti) override;
  boost::asio::awaitable<Result<>> rotate_key(domain::RecordDraft record) override;
  // The same for the life of the store.
  const GatewayKeys& keys() const { return keys_; }
  ports::StorageHealth health() const override;

 private:
  // What posted deliveries touch; they find it gone once the store is.
  struct LoopSide {
    std::function<void(const std::vector<domain::Record>&)> on_committed;
    Seq head{};
    Seq oldest{};
  };
  static void take(const std::weak_ptr<LoopSide>& side, const Delivery& delivery);

  SqliteStore(const Options& options, boost::asio::any_io_executor loop, const Clock& clock,
              std::string boot, Opened opened);
  boost::asio::awaitable<Waiting::Answer> write(Job job);
  boost::asio::awaitable<Waiting::Answer> ask(Reader::Question question);

  boost::asio::any_io_executor loop_;
  std::string boot_;
  ports::Memory memory_;
  GatewayKeys keys_;
  std::shared_ptr<LoopSide> side_;
  Writer writer_;
  Reader reader_;
};

}  // namespace genkan::store
