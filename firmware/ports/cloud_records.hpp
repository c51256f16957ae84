#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "firmware/domain/cloud/claim.hpp"
#include "firmware/domain/cloud/ledger.hpp"
#include "firmware/domain/cloud/trust_key.hpp"

namespace genkan::ports {

// What of the cloud must be on disk together with the change's records. Removals are done before
// what is put; removing what is not there is no error.
struct CloudChange {
  std::vector<domain::TrustKey> trust_keys;  // each replaces the one of the same id
  std::vector<std::string> trust_keys_removed;
  std::optional<std::optional<domain::CloudClaim>> claim;  // set to nothing: released
  std::optional<std::string> csr;                          // the agent's certificate request, PEM
  // Each must have an id that the ledger does not have: otherwise the whole change fails with
  // ErrorCode::conflict. This is what makes a request happen once.
  std::vector<domain::LedgerRow> accepted;
  std::vector<domain::LedgerEnd> ended;  // of rows that are there; others are left out
  // Rows that expire at or before it are forgotten, and the floor rises to it.
  std::optional<std::chrono::sys_seconds> ledger_floor;

  bool empty() const;
  bool operator==(const CloudChange&) const = default;
};

// What the disk knew of it at start.
struct CloudMemory {
  std::vector<domain::TrustKey> trust_keys;  // in order of kid
  std::optional<domain::CloudClaim> claim;
  std::string csr;         // empty: it has not come yet
  std::string journal_id;  // "j-" and 8 hexadecimal digits, made with the database; empty: unread
  std::chrono::sys_seconds ledger_floor{};
  // Rows that were under way when the gateway went down, and when each of the ledger's expires.
  std::vector<domain::LedgerRow> under_way;
  std::vector<std::chrono::sys_seconds> ledger_expiries;

  bool operator==(const CloudMemory&) const = default;
};

}  // namespace genkan::ports
