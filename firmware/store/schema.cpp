#include "firmware/store/schema.hpp"

#include <array>

#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

// Never edit a migration that has been released: add one behind it.
constexpr std::array migrations{
    // 1: the journal. `meta` holds where it begins: 'base_seq' and 'base_hash' are number and hash
    // of the record before the first one that is kept. Both indexes end in seq, as every index of
    // a rowid table does, so a filtered query needs no sorting.
    R"sql(
    CREATE TABLE meta (
      key   TEXT PRIMARY KEY,
      value ANY
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta VALUES ('base_seq', 0), ('base_hash', zeroblob(32));
    CREATE TABLE journal (
      seq    INTEGER PRIMARY KEY,
      boot   TEXT NOT NULL,
      time   INTEGER NOT NULL,  -- milliseconds since 1970, UTC
      clock  TEXT NOT NULL,     -- trusted, untrusted
      kind   TEXT NOT NULL,
      lane   TEXT NOT NULL,     -- alarm, activity
      device TEXT,
      room   TEXT,
      actor  TEXT,
      body   TEXT NOT NULL,     -- JSON
      hash   BLOB NOT NULL      -- SHA-256, see domain::chain_hash
    ) STRICT;
    CREATE INDEX journal_of_device ON journal (device) WHERE device IS NOT NULL;
    CREATE INDEX journal_of_alarms ON journal (lane) WHERE lane = 'alarm';
    )sql",
    // 2: the inventory; `position` is the order of the site file.
    R"sql(
    INSERT INTO meta VALUES ('contract', '');
    CREATE TABLE buildings (
      position INTEGER PRIMARY KEY,
      id       TEXT NOT NULL UNIQUE,
      name     TEXT NOT NULL
    ) STRICT;
    CREATE TABLE rooms (
      position INTEGER PRIMARY KEY,
      id       TEXT NOT NULL UNIQUE,
      name     TEXT NOT NULL,
      building TEXT NOT NULL,
      common   INTEGER NOT NULL,
      number   INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE buses (
      position  INTEGER PRIMARY KEY,
      id        TEXT NOT NULL UNIQUE,
      name      TEXT NOT NULL,
      serial    TEXT,     -- the port's path, or
      baud      INTEGER,
      parity    TEXT,
      stop_bits INTEGER,
      direction TEXT,
      host      TEXT,     -- where the TCP link goes
      port      INTEGER
    ) STRICT;
    CREATE TABLE devices (
      position   INTEGER PRIMARY KEY,
      id         TEXT NOT NULL UNIQUE,
      name       TEXT NOT NULL,
      model      TEXT NOT NULL,
      bus        TEXT NOT NULL,
      unit       INTEGER NOT NULL,
      channel    INTEGER NOT NULL,
      purpose    TEXT,
      panel      TEXT,
      open_limit INTEGER NOT NULL  -- seconds; 0: never
    ) STRICT;
    CREATE TABLE device_rooms (
      device   TEXT NOT NULL,
      position INTEGER NOT NULL,
      room     TEXT NOT NULL,
      PRIMARY KEY (device, position)
    ) STRICT, WITHOUT ROWID;
    )sql",
    // 3: what is known of the devices, and how far the journal's readers have come.
    R"sql(
    CREATE TABLE last_states (
      device TEXT PRIMARY KEY,
      state  TEXT NOT NULL  -- JSON, see domain::to_json(DeviceState)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE troubles (
      kind   TEXT NOT NULL,
      device TEXT NOT NULL,  -- '' where it is not of a device
      bus    TEXT NOT NULL,  -- '' where it is not of a bus
      since  INTEGER NOT NULL,
      detail TEXT NOT NULL,
      PRIMARY KEY (kind, device, bus)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE held (
      device TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE cursors (
      reader TEXT PRIMARY KEY,
      seq    INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    )sql",
    // 4: keys. Times are milliseconds since 1970, UTC; JSON is that of key_text.hpp. Codes and card
    // numbers are in `secrets` alone, sealed (docs/SECRETS.md).
    R"sql(
    ALTER TABLE buildings ADD COLUMN zone TEXT NOT NULL DEFAULT 'Asia/Tokyo';
    ALTER TABLE buildings ADD COLUMN default_start INTEGER NOT NULL DEFAULT 900;  -- minutes
    ALTER TABLE buildings ADD COLUMN default_end INTEGER NOT NULL DEFAULT 600;
    ALTER TABLE buildings ADD COLUMN default_key TEXT NOT NULL DEFAULT 'link';
    ALTER TABLE buildings ADD COLUMN common_allowance INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE buildings ADD COLUMN show_unlock_buttons INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE buildings ADD COLUMN show_code_before INTEGER;        -- NULL: always
    ALTER TABLE devices ADD COLUMN coupling TEXT NOT NULL DEFAULT 'none';
    ALTER TABLE devices ADD COLUMN key_lead INTEGER;                  -- NULL: as the model says
    CREATE TABLE reservations (
      id        TEXT PRIMARY KEY,
      name      TEXT NOT NULL,
      device    TEXT,           -- one of the two
      key_group TEXT,
      timing    TEXT NOT NULL,  -- JSON
      kind      TEXT NOT NULL,
      mail      TEXT NOT NULL,  -- JSON, a list
      origin    TEXT NOT NULL,
      made      INTEGER NOT NULL,
      revision  INTEGER NOT NULL,
      CHECK ((device IS NULL) <> (key_group IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE key_groups (
      id   TEXT PRIMARY KEY,
      name TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE key_group_devices (
      key_group TEXT NOT NULL,
      position  INTEGER NOT NULL,
      device    TEXT NOT NULL,
      PRIMARY KEY (key_group, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE validity_groups (
      id     TEXT PRIMARY KEY,
      name   TEXT NOT NULL,
      timing TEXT NOT NULL  -- JSON
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE holders (
      id         TEXT PRIMARY KEY,
      outside_id TEXT NOT NULL,  -- '': made by hand
      name       TEXT NOT NULL,
      key_group  TEXT NOT NULL,
      validity   TEXT,           -- NULL: always
      enabled    INTEGER NOT NULL,
      mail       TEXT NOT NULL,
      made       INTEGER NOT NULL,
      revision   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE temporary_keys (
      id        TEXT PRIMARY KEY,
      name      TEXT NOT NULL,
      id_number TEXT NOT NULL,
      room      TEXT NOT NULL,
      rule      TEXT NOT NULL,  -- JSON
      used      INTEGER NOT NULL,
      revoked   INTEGER NOT NULL,
      made      INTEGER NOT NULL,
      serial    INTEGER NOT NULL UNIQUE  -- 64 bits without a sign
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE slot_notes (
      device   TEXT NOT NULL,
      area     INTEGER NOT NULL,
      slot     INTEGER NOT NULL,
      owner    TEXT NOT NULL,  -- as in `secrets`
      id       TEXT NOT NULL,
      card     INTEGER NOT NULL,
      hash     BLOB NOT NULL,  -- see domain::KeyHash
      root     TEXT NOT NULL,  -- which root of the key file the hashing key is from; '': a lost one
      schedule TEXT,           -- JSON
      state    TEXT NOT NULL,
      since    INTEGER NOT NULL,
      failures INTEGER NOT NULL,
      next_try INTEGER NOT NULL,
      PRIMARY KEY (device, area, slot)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE coupling_marks (
      device      TEXT PRIMARY KEY,
      followed_to INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE coupled_since (
      device TEXT PRIMARY KEY,
      since  INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE secrets (
      owner  TEXT NOT NULL,  -- reservation, holder, room (its door code), …
      id     TEXT NOT NULL,  -- the owner's
      part   TEXT NOT NULL,  -- code, card
      name   TEXT NOT NULL,  -- a card's
      key    TEXT NOT NULL,  -- the id of the key in the key file that sealed it
      sealed BLOB NOT NULL,  -- nonce, AES-256-GCM, tag
      PRIMARY KEY (owner, id, part)
    ) STRICT, WITHOUT ROWID;
    )sql",
    // 5: the government's table of holidays, as UTF-8; no row: none was imported.
    R"sql(
    CREATE TABLE holiday_table (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      csv  TEXT NOT NULL
    ) STRICT;
    )sql",
    // 6: the cloud. `meta` gets a name for this journal, the agent's certificate request, and the
    // ledger's floor. Times of the ledger's `expires` and the floor are seconds since 1970, the
    // others milliseconds.
    R"sql(
    INSERT INTO meta VALUES ('journal_id', 'j-' || lower(hex(randomblob(4)))),
                            ('csr', ''), ('ledger_floor', 0);
    CREATE TABLE trust_keys (
      kid       TEXT PRIMARY KEY,
      key       TEXT NOT NULL,  -- JWK
      name      TEXT NOT NULL,
      scopes    TEXT NOT NULL,  -- words
      not_after INTEGER,
      added     INTEGER NOT NULL,
      added_by  TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE claim (
      one         INTEGER PRIMARY KEY CHECK (one = 1),
      contract    TEXT NOT NULL,
      cloud       TEXT NOT NULL,
      broker      TEXT NOT NULL,  -- JSON
      ca          TEXT NOT NULL,  -- PEM
      certificate TEXT NOT NULL,  -- PEM
      since       INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE ledger (
      jti      TEXT PRIMARY KEY,
      kid      TEXT NOT NULL,
      sub      TEXT NOT NULL,
      digest   BLOB NOT NULL,     -- SHA-256 of the envelope's payload
      expires  INTEGER NOT NULL,
      accepted INTEGER NOT NULL,
      method   TEXT NOT NULL,
      path     TEXT NOT NULL,
      device   TEXT,
      command  TEXT,
      state    TEXT NOT NULL,     -- accepted, answered, unknown
      status   INTEGER NOT NULL,  -- of the answer; 0: there is none
      answer   TEXT NOT NULL
    ) STRICT;
    CREATE INDEX ledger_by_expiry ON ledger (expires);
    CREATE INDEX ledger_under_way ON ledger (state) WHERE state = 'accepted';
    )sql",
};

}  // namespace

int newest_schema() { return static_cast<int>(migrations.size()); }

Result<> prepare_for_writing(const Connection& connection) {
  // A record written alone costs the flash a page of the table and one of an index: with pages of
  // 1 KiB, 8 KB were written instead of 15 KB (measured, 4 KiB blocks), and groups were no slower.
  // The log is cut to 4 MiB after a burst; the cache is small because a gateway's memory is.
  constexpr auto settings = R"sql(
    PRAGMA page_size = 1024;
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = 4194304;
    PRAGMA cache_size = -1024;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
  )sql";
  if (auto set = connection.run(settings); !set) return set;
  const auto mode = connection.text("PRAGMA journal_mode = WAL");
  if (!mode) return fail(mode.error());
  if (*mode != "wal") {
    return fail(ErrorCode::io, "the database cannot be written: file or disk is read-only");
  }
  return {};
}

Result<> migrate(const Connection& connection, int to) {
  const auto version = connection.integer("PRAGMA user_version");
  if (!version) return fail(version.error());
  if (*version < 0 || *version > newest_schema()) {
    return fail(ErrorCode::unsupported,
                cat("the database has version ", *version, "; this program knows versions up to ",
                    newest_schema(), ": install the newer program again, or restore a backup"));
  }
  for (auto step = static_cast<int>(*version); step < to; ++step) {
    auto transaction = Transaction::begin(connection);
    if (!transaction) return fail(transaction.error());
    const auto* const sql = migrations[static_cast<std::size_t>(step)];
    if (auto made = connection.run(cat(sql, "PRAGMA user_version = ", step + 1)); !made) {
      return fail(made.error().in(cat("migration ", step + 1)));
    }
    if (auto committed = transaction->commit(); !committed) {
      return fail(committed.error().in(cat("migration ", step + 1)));
    }
  }
  return {};
}

Result<> migrate(const Connection& connection) { return migrate(connection, newest_schema()); }

}  // namespace genkan::store
