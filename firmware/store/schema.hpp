#pragma once

#include "firmware/base/error.hpp"
#include "firmware/store/sqlite.hpp"

// The tables of genkan.db: numbered migrations, the version in SQLite's user_version.
namespace genkan::store {

// The version that this program writes.
int newest_schema();

// Sets what a connection that writes must have: WAL, synchronous=FULL, a bounded log, incremental
// vacuum (which a new file needs before its first table).
Result<> prepare_for_writing(const Connection& connection);

// Brings the database from whatever version it has to `to`, each step in a transaction of its own.
// A newer database is refused (unsupported) and left as it is.
Result<> migrate(const Connection& connection, int to);
Result<> migrate(const Connection& connection);

}  // namespace genkan::store
