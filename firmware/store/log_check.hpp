#pragma once

#include <filesystem>
#include <string>

// Looks into the write-ahead log before SQLite does. SQLite reads a log up to the first frame whose
// checksum is wrong and takes the rest for the torn end of a crash: one flipped bit loses every
// transaction behind it, and the integrity check finds nothing. But each transaction is written
// only after the one before was synced, so two transactions that hold together behind a bad frame
// prove damage rather than a crash.
namespace genkan::store {

// What is wrong with the log of `database`; empty if nothing is, or if there is no log. A bad frame
// with only one transaction behind it cannot be told from a crash and is none. Reads at most 64
// MiB. Call before the database is opened.
std::string log_fault(const std::filesystem::path& database);

}  // namespace genkan::store
