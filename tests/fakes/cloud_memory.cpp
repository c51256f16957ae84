#include "tests/fakes/cloud_memory.hpp"

#include <algorithm>

namespace genkan::fakes {

namespace {

using Ledger = std::map<std::string, domain::LedgerRow>;

void apply_trust(const ports::CloudChange& change, ports::CloudMemory& memory) {
  domain::TrustList list;
  for (auto& key : memory.trust_keys) list.put(std::move(key));
  for (const auto& kid : change.trust_keys_removed) list.remove(kid);
  for (const auto& key : change.trust_keys) list.put(key);
  memory.trust_keys = list.keys();
}

void apply_ledger(const ports::CloudChange& change, ports::CloudMemory& memory, Ledger& ledger) {
  for (const auto& row : change.accepted) ledger.emplace(row.jti, row);
  for (const auto& end : change.ended) {
    const auto found = ledger.find(end.jti);
    if (found == ledger.end()) continue;
    found->second.state = end.state;
    found->second.status = end.status;
    found->second.answer = end.answer;
  }
  if (change.ledger_floor) {
    memory.ledger_floor = std::max(memory.ledger_floor, *change.ledger_floor);
    std::erase_if(ledger,
                  [&](const auto& entry) { return entry.second.expires <= *change.ledger_floor; });
  }
  memory.under_way.clear();
  memory.ledger_expiries.clear();
  for (const auto& [jti, row] : ledger) {
    if (row.state == domain::LedgerState::accepted) memory.under_way.push_back(row);
    memory.ledger_expiries.push_back(row.expires);
  }
  std::ranges::sort(memory.ledger_expiries);
}

}  // namespace

bool apply(const ports::CloudChange& change, ports::CloudMemory& memory, Ledger& ledger) {
  for (const auto& row : change.accepted) {
    if (ledger.contains(row.jti)) return false;
  }
  apply_trust(change, memory);
  if (change.claim) memory.claim = *change.claim;
  if (change.csr) memory.csr = *change.csr;
  apply_ledger(change, memory, ledger);
  return true;
}

}  // namespace genkan::fakes
