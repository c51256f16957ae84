#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "firmware/domain/device_state.hpp"
#include "firmware/domain/inventory.hpp"
#include "firmware/domain/record.hpp"
#include "firmware/domain/trouble.hpp"
#include "firmware/ports/cloud_records.hpp"
#include "firmware/ports/key_records.hpp"

// What the rules need of the disk. All calls and completions are on the loop's thread; the disk has
// a thread of its own.
namespace genkan::ports {

namespace asio = boost::asio;

// What must be on disk together: all of it or nothing.
struct Change {
  std::vector<domain::RecordDraft> records;                           // numbered in this order
  std::vector<std::pair<DeviceId, domain::DeviceState>> last_states;  // replaced whole
  std::vector<domain::Trouble> troubles_set;
  std::vector<domain::TroubleKey> troubles_cleared;
  std::vector<std::pair<DeviceId, bool>> held;  // desired: held open
  std::optional<domain::Inventory> inventory;   // replaces all of it
  KeyChange keys;                               // written after the inventory
  CloudChange cloud;
};

// What the disk knew when the gateway started.
struct Memory {
  domain::Inventory inventory;
  std::map<DeviceId, domain::DeviceState> last_states;
  std::vector<domain::Trouble> troubles;
  std::set<DeviceId> held;
  KeyMemory keys;
  CloudMemory cloud;
  std::string set_aside;  // where a damaged database was moved at this start; empty: it was sound
};

struct JournalQuery {
  Seq after{};                             // records with a greater number
  std::uint32_t limit = 100;               // 1 to 1000
  std::optional<domain::RecordLane> lane;  // both if not set
  std::optional<DeviceId> device;
  bool newest_first = false;  // then `before` bounds from above
  std::optional<Seq> before;
};

struct StorageHealth {
  bool failing = false;  // the last commit failed
  std::string fault;     // why
  std::uint64_t database_bytes = 0;
  std::uint64_t free_bytes = 0;  // of the file system
  std::uint64_t commits = 0;
  std::uint64_t records_waiting = 0;  // drafts not yet on disk
  std::uint64_t records_lost = 0;     // drafts given up because the bound was reached
};

class Store {
 public:
  virtual ~Store() = default;

  // Read once at start, before the loop runs.
  virtual const Memory& memory() const = 0;
  virtual const std::string& boot() const = 0;

  // Puts the change on disk; completes after the commit that holds it, with the numbered records,
  // or with why it could not be (then nothing of it is there). Ends at or before 10 s.
  virtual asio::awaitable<Result<std::vector<domain::Record>>> commit(Change change) = 0;
  // The same without waiting. While the disk fails, changes are kept in memory in order (at most
  // 10,000 records; past that the oldest activity is given up and counted) and tried again each
  // second. Numbered records go to the listener below in either case.
  virtual void submit(Change change) = 0;
  // Called on the loop with records right after their commit, in order of number, each once.
  virtual void listen(std::function<void(const std::vector<domain::Record>&)> on_committed) = 0;

  virtual asio::awaitable<Result<std::vector<domain::Record>>> read(JournalQuery query) = 0;
  // The greatest number on disk, and the smallest that retention has left.
  virtual Seq head() const = 0;
  virtual Seq oldest() const = 0;

  // Durable cursors of the journal's readers: 1 to 32 lower case letters, digits, '-'.
  virtual asio::awaitable<Result<>> set_cursor(std::string reader, Seq seq) = 0;
  virtual asio::awaitable<Result<Seq>> cursor(std::string reader) = 0;

  // The row of a signed request that changes something; nothing if the ledger has none of this id.
  virtual asio::awaitable<Result<std::optional<domain::LedgerRow>>> ledger_row(std::string jti) = 0;

  // Seals every code and card number anew, with a key that is made for it (docs/SECRETS.md), and
  // forgets the key before; `record` is in the same transaction. After an error everything is
  // readable as before; the error says what is left to do. Ends at or before 10 s.
  virtual asio::awaitable<Result<>> rotate_key(domain::RecordDraft record) = 0;

  virtual StorageHealth health() const = 0;
};

}  // namespace genkan::ports
