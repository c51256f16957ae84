#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/store/sqlite.hpp"

// What the mirror and the registry know, for people. These read the database alone: they work
// beside a running relay, and without one.
namespace genkan::relay {

// A table: gateway, contract, since when it is online (or away), version, how far its journal goes
// and how much of it is here, end of its certificate.
Result<std::string> fleet_view(const store::Connection& database, WallTime now);

struct HistoryChoice {
  std::string gateway;
  std::optional<std::int64_t> after;  // from the record behind this number on; none: the last ones
  std::int64_t count = 50;
  bool json = false;  // a record a line, as it came
};
// Of the journal that the gateway writes now. ErrorCode::unknown if it was never heard of.
Result<std::string> history_view(const store::Connection& database, const HistoryChoice& choice);

// Which command key is where, and its thumbprint (RFC 7638), which `thumbprint_of` tells by its
// kid; empty: its file cannot be read.
using ThumbprintOf = std::function<std::string(const std::string& kid)>;
Result<std::string> keys_view(const store::Connection& database, const ThumbprintOf& thumbprint_of);

// Cells in columns, two spaces between; the first row is the heading.
std::string columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace genkan::relay
