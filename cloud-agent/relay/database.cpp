#include "cloud-agent/relay/database.hpp"

#include <array>

#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// Never edit a migration that has been released: add one behind it. Times are milliseconds since
// 1970, UTC, if they are ours, and text as it came if they are a gateway's.
constexpr std::array migrations{
    // 1: what gateways told (mirror.hpp), and what was agreed with them (registry.hpp).
    R"sql(
    CREATE TABLE records (
      gateway TEXT NOT NULL,
      journal TEXT NOT NULL,
      seq     INTEGER NOT NULL,
      boot    TEXT NOT NULL,
      time    TEXT NOT NULL,
      lane    TEXT NOT NULL,
      kind    TEXT NOT NULL,
      device  TEXT NOT NULL,     -- '' if it tells of none
      record  TEXT NOT NULL,     -- JSON, all of it
      PRIMARY KEY (gateway, journal, seq)
    ) STRICT, WITHOUT ROWID;
    -- Another record under a number that is taken: nothing is overwritten, nothing thrown away.
    CREATE TABLE disputed (
      gateway TEXT NOT NULL,
      journal TEXT NOT NULL,
      seq     INTEGER NOT NULL,
      boot    TEXT NOT NULL,
      record  TEXT NOT NULL,
      PRIMARY KEY (gateway, journal, seq, boot)
    ) STRICT, WITHOUT ROWID;
    -- How far each journal is mirrored. Every number up to `whole` is in `records` or in `gone`.
    CREATE TABLE journals (
      gateway TEXT NOT NULL,
      journal TEXT NOT NULL,
      since   INTEGER NOT NULL,
      current INTEGER NOT NULL,  -- 1: the one that the gateway writes now
      whole   INTEGER NOT NULL,
      highest INTEGER NOT NULL,  -- the highest number that we heard of
      PRIMARY KEY (gateway, journal)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE gone (          -- numbers that the gateway itself no longer has
      gateway TEXT NOT NULL,
      journal TEXT NOT NULL,
      first   INTEGER NOT NULL,
      last    INTEGER NOT NULL,
      PRIMARY KEY (gateway, journal, first)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE boots (         -- which journal a run of a gateway writes
      gateway TEXT NOT NULL,
      boot    TEXT NOT NULL,
      journal TEXT NOT NULL,
      PRIMARY KEY (gateway, boot)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE presence (
      gateway TEXT PRIMARY KEY,
      online  INTEGER NOT NULL,
      since   INTEGER NOT NULL,
      boot    TEXT NOT NULL,
      version TEXT NOT NULL,
      clock   TEXT NOT NULL,
      reason  TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE states (
      gateway TEXT NOT NULL,
      device  TEXT NOT NULL,
      seen    INTEGER NOT NULL,
      state   TEXT NOT NULL,     -- JSON, the whole message
      PRIMARY KEY (gateway, device)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE gateways (
      gateway  TEXT PRIMARY KEY,
      contract TEXT NOT NULL,    -- '' once it is released
      former   TEXT NOT NULL,    -- the contract that it was released from
      consent  TEXT NOT NULL,    -- JWS of that release; ''
      key      TEXT NOT NULL,    -- of its identity, JWK
      ends     INTEGER NOT NULL, -- its certificate
      enrolled INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX one_gateway_a_contract ON gateways (contract) WHERE contract <> '';
    CREATE TABLE command_keys (
      number  INTEGER PRIMARY KEY,  -- the highest signs
      kid     TEXT NOT NULL UNIQUE,
      made    INTEGER NOT NULL,
      retired INTEGER            -- NULL: some gateway may hold it
    ) STRICT;
    CREATE TABLE held_keys (     -- which gateway trusts which of them, as we believe
      gateway TEXT NOT NULL,
      kid     TEXT NOT NULL,
      PRIMARY KEY (gateway, kid)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX held_keys_by_key ON held_keys (kid);
    )sql",
    // 2: what is sent to a gateway is sealed for this key.
    R"sql(
    ALTER TABLE gateways ADD COLUMN receiver TEXT NOT NULL DEFAULT '';  -- JWK; '' not known
    )sql"};

Result<> migrate(const store::Connection& connection) {
  // Inside, so that two processes that begin together do not both do it.
  auto transaction = store::Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  const auto version = connection.integer("PRAGMA user_version");
  if (!version) return fail(version.error());
  constexpr auto newest = static_cast<std::int64_t>(migrations.size());
  if (*version > newest) {
    return fail(ErrorCode::unsupported, "a newer genkan-cloud wrote this database; use that one");
  }
  if (*version == newest) return {};
  for (auto next = *version; next < newest; ++next) {
    auto done = connection.run(migrations[static_cast<std::size_t>(next)]);
    if (!done) return done;
  }
  auto marked = connection.run(cat("PRAGMA user_version = ", newest));
  if (!marked) return marked;
  return transaction->commit();
}

// A database of before, or a copy that was put back, may be for others to read. What is not there,
// or cannot be changed, stays as it is: the folder is for its owner alone.
void make_private(const std::filesystem::path& path) {
  using std::filesystem::perms;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::permissions(path.string() + suffix, perms::owner_read | perms::owner_write,
                                 ignored);
  }
}

}  // namespace

Result<store::Connection> open_database(const std::filesystem::path& path, Outlives outlives) {
  make_private(path);
  auto connection = store::Connection::open(path, store::Access::read_write);
  if (!connection) return fail(connection.error().in(path.string()));
  auto prepared = connection->run(cat("PRAGMA journal_mode = WAL; PRAGMA synchronous = ",
                                      outlives == Outlives::power ? "FULL" : "NORMAL",
                                      "; PRAGMA cache_size = -16384;"));
  if (prepared) prepared = migrate(*connection);
  if (!prepared) return fail(prepared.error().in(path.string()));
  return connection;
}

Result<> checkpoint(const store::Connection& connection) {
  return connection.run("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace genkan::relay
