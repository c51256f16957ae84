#pragma once

#include <deque>
#include <map>

#include <boost/asio/any_io_executor.hpp>

#include "firmware/ports/store.hpp"

namespace genkan::fakes {

// A store in memory. Commits happen on the loop, one hop after they were asked for; the listener
// hears of them then. Deterministic, one thread.
class FakeStore final : public ports::Store {
 public:
  explicit FakeStore(boost::asio::any_io_executor loop, ports::Memory memory = {},
                     std::string boot = "boot-1");

  // How the disk behaves from now on.
  enum class Disk {
    working,
    failing,  // commit() fails; submitted changes wait until it works again
    stuck,    // nothing completes until it works again
  };
  void set_disk(Disk disk);
  void set_free_bytes(std::uint64_t bytes) { free_bytes_ = bytes; }
  void forget_before(Seq oldest);

  const std::vector<domain::Record>& records() const { return records_; }
  std::size_t transactions() const { return transactions_; }
  std::size_t rotations() const { return rotations_; }
  // The ledger of signed requests; a test carries it over to the store of the next start.
  using Ledger = std::map<std::string, domain::LedgerRow>;
  const Ledger& ledger() const { return ledger_; }
  void set_ledger(Ledger ledger) { ledger_ = std::move(ledger); }
  // What a gateway started on this disk would be told.
  const ports::Memory& on_disk() const { return on_disk_; }

  const ports::Memory& memory() const override { return memory_; }
  const std::string& boot() const override { return boot_; }
  ports::asio::awaitable<Result<std::vector<domain::Record>>> commit(ports::Change change) override;
  void submit(ports::Change change) override;
  void listen(std::function<void(const std::vector<domain::Record>&)> on_committed) override;
  ports::asio::awaitable<Result<std::vector<domain::Record>>> read(
      ports::JournalQuery query) override;
  Seq head() const override;
  Seq oldest() const override { return oldest_; }
  ports::asio::awaitable<Result<>> set_cursor(std::string reader, Seq seq) override;
  ports::asio::awaitable<Result<Seq>> cursor(std::string reader) override;
  ports::asio::awaitable<Result<std::optional<domain::LedgerRow>>> ledger_row(
      std::string jti) override;
  ports::asio::awaitable<Result<>> rotate_key(domain::RecordDraft record) override;
  ports::StorageHealth health() const override;

 private:
  Result<std::vector<domain::Record>> apply(ports::Change change);
  void take_inventory(domain::Inventory inventory);
  void flush_soon();
  void flush();

  boost::asio::any_io_executor loop_;
  ports::Memory memory_;
  ports::Memory on_disk_;
  std::string boot_;
  Disk disk_ = Disk::working;
  std::uint64_t free_bytes_ = 1ULL << 34U;
  std::size_t transactions_ = 0;
  std::size_t rotations_ = 0;
  std::deque<ports::Change> waiting_;
  std::vector<domain::Record> records_;
  Seq oldest_{};
  std::map<std::string, Seq> cursors_;
  Ledger ledger_;
  std::function<void(const std::vector<domain::Record>&)> on_committed_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace genkan::fakes
