#pragma once

#include <memory>
#include <optional>
#include <string>

#include "firmware/ports/store.hpp"
#include "firmware/store/journal_writer.hpp"
#include "firmware/store/key_tables.hpp"
#include "firmware/store/options.hpp"
#include "firmware/store/side_files.hpp"
#include "firmware/store/sqlite.hpp"
#include "firmware/store/state_tables.hpp"

// Opening: lock, key file, check, migrate, load; and what is done about a damaged file.
namespace genkan::store {

// A database that can be written, and where its journal stands.
struct Database {
  FileLock lock;
  Connection connection;
  JournalWriter journal;
  ChainLink base;
  Seq reserved{};  // numbers below it may be used (side_files.hpp)
  std::shared_ptr<Secrets> secrets;
};

struct Opened {
  std::optional<Database> database;  // nothing: the disk cannot be written now; `fault` says why
  std::string fault;
  ports::Memory memory;                       // what could be read, either way
  std::vector<SealedRow> unreadable_secrets;  // likewise
  Cursors cursors;                            // likewise
  std::vector<domain::LedgerRow> ledger;      // of a file set aside: what can still be replayed
  ChainLink base;                             // likewise
  ChainLink head;
  std::shared_ptr<Secrets> secrets;  // never null; the database's too
};

// Opens the database at start. A damaged one (SQLite's check, the log's check or the journal's
// chain) is set aside whole and a fresh one begun with what can be read of inventory, states,
// troubles, holds and cursors; its journal goes on with numbers that were never used. A disk that
// cannot be written or a file that cannot be opened is no error: see Opened. Errors are: another
// program holds the database, a newer program wrote it, or others may read the key file.
//
// The key file is made if there is none, before anything can be sealed. One that holds several keys
// (Secrets) is brought to one, with all that they sealed.
Result<Opened> open_at_start(const Options& options, const std::string& boot, const Clock& clock);

// Opens it again after it could not be written; sets nothing aside.
Result<Database> open_again(const Options& options, const std::string& boot, const Clock& clock,
                            std::shared_ptr<Secrets> secrets);

}  // namespace genkan::store
