#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "firmware/ports/cloud_records.hpp"
#include "firmware/store/sqlite.hpp"

// Trusted keys, the claim, and the ledger of signed requests (ledger_table.cpp).
namespace genkan::store {

// Inside a transaction or savepoint. ErrorCode::conflict if a row is accepted whose id is there.
Result<> apply_cloud(const Connection& connection, const ports::CloudChange& change);
Result<> apply_ledger(const Connection& connection, const ports::CloudChange& change);

// All that can be read; why something could not is returned. Empty for a database of a version
// before it had this.
std::optional<Error> load_cloud(const Connection& connection, ports::CloudMemory& memory);
// Raises the floor alone: rows below it stay, so that what was under way still has its answer.
Result<> set_ledger_floor(const Connection& connection, std::chrono::sys_seconds floor);
void load_ledger(const Connection& connection, ports::CloudMemory& memory,
                 std::optional<Error>& fault);
Result<std::optional<domain::LedgerRow>> find_ledger_row(const Connection& connection,
                                                         std::string_view jti);

// Of a database that was set aside: the 2,000 rows that expire last; memory.ledger_floor rises over
// what is left out. carry_cloud_over puts them, and the rest of `memory`, into a fresh one.
Result<std::vector<domain::LedgerRow>> load_ledger_tail(const Connection& connection,
                                                        ports::CloudMemory& memory);
Result<> carry_cloud_over(const Connection& connection, const ports::CloudMemory& memory,
                          const std::vector<domain::LedgerRow>& ledger);

// Puts `earlier` into `later`, as if it had been written before it.
void melt(ports::CloudChange earlier, ports::CloudChange& later);

}  // namespace genkan::store
