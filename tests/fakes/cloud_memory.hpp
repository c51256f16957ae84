#pragma once

#include <map>
#include <string>

#include "firmware/ports/cloud_records.hpp"

namespace genkan::fakes {

// What the disk has after the change. False, and nothing is changed, if an accepted row's id is
// there already.
bool apply(const ports::CloudChange& change, ports::CloudMemory& memory,
           std::map<std::string, domain::LedgerRow>& ledger);

}  // namespace genkan::fakes
