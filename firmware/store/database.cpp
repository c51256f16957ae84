#include "firmware/store/database.hpp"

#include <algorithm>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"
#include "firmware/domain/cloud/envelope.hpp"
#include "firmware/store/cloud_tables.hpp"
#include "firmware/store/integrity.hpp"
#include "firmware/store/inventory_table.hpp"
#include "firmware/store/log_check.hpp"
#include "firmware/store/schema.hpp"

namespace genkan::store {

namespace {

// Takes what loads; the first reason why something did not is returned.
template <class T>
void take(Result<T> loaded, T& target, std::optional<Error>& fault) {
  if (loaded) {
    target = *std::move(loaded);
  } else if (!fault) {
    fault = loaded.error();
  }
}

std::optional<Error> load(const Connection& connection, Opened& opened) {
  LoadedKeys keys;
  std::optional<Error> fault = load_keys(connection, *opened.secrets, keys);
  opened.memory.keys = std::move(keys.memory);
  opened.unreadable_secrets = std::move(keys.unreadable);
  if (auto cloud_fault = load_cloud(connection, opened.memory.cloud); cloud_fault && !fault) {
    fault = std::move(cloud_fault);
  }
  take(load_inventory(connection), opened.memory.inventory, fault);
  take(load_last_states(connection), opened.memory.last_states, fault);
  take(load_troubles(connection), opened.memory.troubles, fault);
  take(load_held(connection), opened.memory.held, fault);
  take(load_cursors(connection), opened.cursors, fault);
  take(journal_base(connection), opened.base, fault);
  take(journal_head(connection), opened.head, fault);
  return fault;
}

// Closing must not touch a file under suspicion, so the log stays until the file has been accepted.
Result<Connection> open_checked(const Options& options) {
  if (auto fault = log_fault(options.path); !fault.empty()) return fail(ErrorCode::corrupt, fault);
  auto connection = Connection::open(options.path, Access::read_write);
  if (!connection) return connection;
  connection->checkpoint_on_close(false);
  if (auto prepared = prepare_for_writing(*connection); !prepared) return fail(prepared.error());
  if (auto migrated = migrate(*connection); !migrated) return fail(migrated.error());
  if (auto sound = check_integrity(*connection, options); !sound) return fail(sound.error());
  return connection;
}

Result<Database> to_database(FileLock lock, Connection connection, const Options& options,
                             const std::string& boot, std::shared_ptr<Secrets> secrets) {
  const auto base = journal_base(connection);
  if (!base) return fail(base.error());
  auto journal = JournalWriter::open(connection, boot);
  if (!journal) return fail(journal.error());
  connection.checkpoint_on_close(true);
  return Database{std::move(lock), std::move(connection),       *std::move(journal),
                  *base,           read_reserved(options.path), std::move(secrets)};
}

// Reads what can be read of a file that is not to be written. With `immutable`, what stands in its
// log is not seen, but it needs no other file.
std::optional<Error> load_unwritten(const std::filesystem::path& path, Opened& opened) {
  std::optional<Error> fault;
  for (const Access access : {Access::read_only, Access::immutable}) {
    auto connection = Connection::open(path, access);
    if (!connection) {
      fault = connection.error();
      continue;
    }
    connection->checkpoint_on_close(false);
    Opened found;
    found.secrets = opened.secrets;
    fault = load(*connection, found);
    if (auto tail = load_ledger_tail(*connection, found.memory.cloud)) {
      found.ledger = *std::move(tail);
    } else if (!fault) {
      fault = tail.error();
    }
    const bool better =
        found.memory.inventory.devices.size() >= opened.memory.inventory.devices.size();
    if (!fault || better) opened = std::move(found);
    if (!fault) break;
  }
  return fault;
}

// The first number that no record has ever had. Without a side file: far behind the last record
// that can be read; without that too: the milliseconds since 1970, which a journal begun at 1
// cannot have reached (it would have had to write 1,000 records a second ever since). Never below
// the day this was written, for boards that start in 1970.
Seq unused_number(Seq reserved, Seq readable, WallTime now) {
  constexpr std::int64_t day_of_writing = 1'795'132'800'000;  // 2026-11-20
  if (number(reserved) > 0) return std::max(reserved, Seq{number(readable) + 1});
  if (number(readable) > 0) return Seq{number(readable) + reserved_block};
  return Seq{std::max(day_of_writing, std::int64_t{now.time_since_epoch().count()})};
}

Result<> carry_over(const Connection& connection, const Opened& found, const ChainLink& base) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  ports::Change change;
  change.inventory = found.memory.inventory;
  for (const auto& [device, state] : found.memory.last_states) {
    change.last_states.emplace_back(device, state);
  }
  change.troubles_set = found.memory.troubles;
  for (const auto& device : found.memory.held) change.held.emplace_back(device, true);
  if (auto applied = apply_states(connection, change); !applied) return applied;
  if (auto carried = carry_keys_over(connection, *found.secrets,
                                     {found.memory.keys, found.unreadable_secrets});
      !carried) {
    return carried;
  }
  if (auto carried = carry_cloud_over(connection, found.memory.cloud, found.ledger); !carried) {
    return carried;
  }
  for (const auto& [reader, seq] : found.cursors) {
    if (auto saved = save_cursor(connection, reader, seq); !saved) return saved;
  }
  if (auto set = set_journal_base(connection, base); !set) return set;
  return transaction->commit();
}

// A new file at the path, its journal behind opened.base, with what `opened` has.
Result<Database> begin_file(FileLock lock, const Options& options, const std::string& boot,
                            Opened& opened) {
  auto connection = open_checked(options);
  if (!connection) return fail(connection.error());
  auto carried = carry_over(*connection, opened, opened.base);
  if (!carried && carried.error().code() != ErrorCode::io) {
    // What was read of a damaged file need not fit the tables; numbers and doors come first.
    log(LogLevel::error, "nothing of the damaged database could be carried over",
        {{"reason", carried.error().message()}});
    opened.memory = {};
    opened.unreadable_secrets = {};
    opened.cursors = {};
    opened.ledger = {};
    carried = carry_over(*connection, opened, opened.base);
  }
  if (!carried) return fail(carried.error());
  // Another journal, with a name of its own.
  auto cloud_fault = load_cloud(*connection, opened.memory.cloud);
  if (cloud_fault) return fail(*cloud_fault);
  return to_database(std::move(lock), *std::move(connection), options, boot, opened.secrets);
}

// Sets the damaged file aside and begins a fresh one. If the disk does not take that, what was read
// is known all the same, and the numbers are safe in the side file.
Result<Opened> begin_afresh(FileLock lock, const Options& options, const std::string& boot,
                            const Clock& clock, std::shared_ptr<Secrets> secrets,
                            const Error& damage) {
  const auto aside = set_aside(options.path, clock.wall());
  if (!aside) return fail(aside.error());
  Opened opened;
  opened.secrets = std::move(secrets);
  const auto unread = load_unwritten(*aside, opened);
  log(LogLevel::error, "the database is damaged; it was set aside and a fresh one begun",
      {{"damage", damage.message()},
       {"file", aside->string()},
       {"not_carried_over", unread ? std::string_view(unread->message()) : "nothing"}});
  // What was accepted in the last moments may not have been read: no command that could have been
  // among it is accepted again.
  if (clock.trust() == ClockTrust::trusted) {
    auto& floor = opened.memory.cloud.ledger_floor;
    floor = std::max(floor, std::chrono::ceil<std::chrono::seconds>(clock.wall()) +
                                domain::longest_command_life);
  }
  const Seq first = unused_number(read_reserved(options.path), opened.head.seq, clock.wall());
  opened.base = {Seq{number(first) - 1}, opened.head.hash};
  opened.head = opened.base;
  auto database = begin_file(std::move(lock), options, boot, opened);
  opened.memory.set_aside = aside->string();
  if (database) {
    opened.database = *std::move(database);
  } else {
    opened.fault = database.error().message();
    static_cast<void>(write_reserved(options.path, first));  // told by `fault` already
  }
  return opened;
}

// A file that SQLite calls sound but whose tables are not ours is damaged for our purpose.
bool is_damage(const Error& error) {
  return error.code() == ErrorCode::corrupt || error.code() == ErrorCode::internal ||
         error.code() == ErrorCode::conflict;
}

// An empty journal beside a side file that says otherwise: the database was taken away, or could
// not be begun after the damaged one was set aside. Its numbers are used.
Result<> skip_used_numbers(const Connection& connection, const Options& options) {
  const auto head = journal_head(connection);
  if (!head) return fail(head.error());
  const Seq reserved = read_reserved(options.path);
  if (number(head->seq) != 0 || number(reserved) <= 1) return {};
  return set_journal_base(connection, {Seq{number(reserved) - 1}, Digest{}});
}

// Leaves `lock` alone if it fails.
Result<Opened> open_sound(FileLock& lock, const Options& options, const std::string& boot,
                          std::shared_ptr<Secrets> secrets) {
  auto connection = open_checked(options);
  if (!connection) return fail(connection.error());
  if (auto skipped = skip_used_numbers(*connection, options); !skipped) {
    return fail(skipped.error());
  }
  Opened opened;
  opened.secrets = std::move(secrets);
  if (const auto fault = load(*connection, opened)) return fail(*fault);
  auto database =
      to_database(std::move(lock), *std::move(connection), options, boot, opened.secrets);
  if (!database) return fail(database.error());
  opened.database = *std::move(database);
  return opened;
}

std::filesystem::path key_file_of(const Options& options) {
  if (!options.key_file.empty()) return options.key_file;
  return options.path.parent_path() / "gateway.key";
}

Result<FileLock> take_lock(const Options& options) {
  std::error_code ignored;  // what stands in the way is told when the lock file is made
  if (options.path.has_parent_path()) {
    std::filesystem::create_directories(options.path.parent_path(), ignored);
  }
  return FileLock::take(options.path);
}

Result<Opened> open_for_writing(const Options& options, const std::string& boot, const Clock& clock,
                                const std::shared_ptr<Secrets>& secrets) {
  auto lock = take_lock(options);
  if (!lock) return fail(lock.error());
  make_private(options.path);
  if (auto saved = secrets->ensure_saved(clock.wall()); !saved) return fail(saved.error());
  auto opened = open_sound(*lock, options, boot, secrets);
  if (opened || !is_damage(opened.error())) return opened;
  return begin_afresh(*std::move(lock), options, boot, clock, secrets, opened.error());
}

// If it fails, both keys stay and everything is readable; the next start tries again.
void finish_rotation(Database& database) {
  if (!database.secrets->rotation_is_open()) return;
  auto done = reseal_all(database.connection, *database.secrets);
  if (done) done = database.secrets->end_rotation();
  if (done) {
    log(LogLevel::notice, "all codes and cards are sealed with one key",
        {{"key", database.secrets->sealing_id()}});
  } else {
    log(LogLevel::warning, "codes and cards could not be brought to one key",
        {{"reason", done.error().message()}});
  }
}

void tell_of_keys(const ports::KeyMemory& keys) {
  if (keys.unreadable_secrets == 0) return;
  log(LogLevel::error,
      "codes and cards cannot be read: the key file is not the one that they were sealed with; put "
      "the right one back (docs/SECRETS.md), or give these keys new codes",
      {{"secrets", cat(keys.unreadable_secrets)}});
}

}  // namespace

Result<Opened> open_at_start(const Options& options, const std::string& boot, const Clock& clock) {
  auto loaded = Secrets::load(key_file_of(options));
  if (!loaded) return fail(loaded.error());
  const auto secrets = std::make_shared<Secrets>(*std::move(loaded));
  auto opened = open_for_writing(options, boot, clock, secrets);
  if (opened) {
    if (opened->database) finish_rotation(*opened->database);
    tell_of_keys(opened->memory.keys);
    return opened;
  }
  if (opened.error().code() != ErrorCode::io && opened.error().code() != ErrorCode::busy) {
    return fail(opened.error().in(options.path.string()));
  }
  Opened unwritten;
  unwritten.secrets = secrets;
  const auto unread = load_unwritten(options.path, unwritten);
  unwritten.fault = opened.error().message();
  log(LogLevel::error, "the database cannot be written; the journal is kept in memory",
      {{"reason", unwritten.fault},
       {"not_read", unread ? std::string_view(unread->message()) : "nothing"}});
  tell_of_keys(unwritten.memory.keys);
  return unwritten;
}

Result<Database> open_again(const Options& options, const std::string& boot, const Clock& clock,
                            std::shared_ptr<Secrets> secrets) {
  auto lock = take_lock(options);
  if (!lock) return fail(lock.error());
  if (auto saved = secrets->ensure_saved(clock.wall()); !saved) return fail(saved.error());
  auto opened = open_sound(*lock, options, boot, std::move(secrets));
  if (opened) return *std::move(opened->database);
  if (!is_damage(opened.error())) return fail(opened.error());
  return fail(ErrorCode::corrupt,
              cat(opened.error().message(), "; the file is set aside at the next start"));
}

}  // namespace genkan::store
