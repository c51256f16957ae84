#pragma once

#include "firmware/store/options.hpp"
#include "firmware/store/sqlite.hpp"

namespace genkan::store {

// How many records at the journal's end are proven at each start.
inline constexpr std::uint64_t proven_records = 1'000;

// SQLite's quick check and the end of the journal's chain; `corrupt` with what was found.
Result<> check_integrity(const Connection& connection, const Options& options);

}  // namespace genkan::store
