#pragma once

#include <filesystem>

#include "firmware/base/error.hpp"
#include "firmware/store/sqlite.hpp"

namespace genkan::relay {

// What a commit waits for. `process`: it outlives this process, whatever kills it; a power cut may
// take what came since the last checkpoint(), all of it together; gap repair brings it back.
// `power`: it outlives a power cut (for what no gateway could tell us again).
enum class Outlives { process, power };

// Opens cloud.db, makes it and its tables if they are not there. Several connections of several
// processes may be open at once. ErrorCode::unsupported if a newer program wrote it.
Result<store::Connection> open_database(const std::filesystem::path& path, Outlives outlives);

// Moves the write-ahead log into the file: every minute or so, by whoever runs for long. Waits for
// no writer and holds none up.
Result<> checkpoint(const store::Connection& connection);

}  // namespace genkan::relay
