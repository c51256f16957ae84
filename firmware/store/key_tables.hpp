#pragma once

#include <optional>
#include <vector>

#include "firmware/ports/key_records.hpp"
#include "firmware/store/secret_table.hpp"
#include "firmware/store/secrets.hpp"
#include "firmware/store/sqlite.hpp"

// Reservations, groups, holders, temporary keys, and what was done about them at the locks. Each
// table has its functions in key_tables_*.cpp; codes and cards are in secret_table.hpp.
namespace genkan::store {

// Inside a transaction or savepoint.
Result<> apply_keys(const Connection& connection, const Secrets& secrets,
                    const ports::KeyChange& change);

struct LoadedKeys {
  ports::KeyMemory memory;
  std::vector<SealedRow> unreadable;
};

// All that can be read into `loaded`; why something could not is returned. Empty for a database of
// a version before it had keys.
std::optional<Error> load_keys(const Connection& connection, const Secrets& secrets,
                               LoadedKeys& loaded);

// What was loaded from a database that was set aside, into a fresh one.
Result<> carry_keys_over(const Connection& connection, const Secrets& secrets,
                         const LoadedKeys& loaded);

// Puts `earlier` into `later`, as if it had been written before it; each record is there once.
void melt(ports::KeyChange earlier, ports::KeyChange& later);

}  // namespace genkan::store
