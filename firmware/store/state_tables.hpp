#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "firmware/ports/store.hpp"
#include "firmware/store/sqlite.hpp"

// Last states, standing troubles, holds, and the cursors of the journal's readers.
namespace genkan::store {

using Cursors = std::map<std::string, Seq>;

// Writes the parts of a change that are no records: the inventory first (devices that it no longer
// has lose state, hold and coupling marks), then troubles cleared, troubles set, states, holds.
// Call inside a transaction or savepoint.
Result<> apply_states(const Connection& connection, const ports::Change& change);
Result<> save_cursor(const Connection& connection, const std::string& reader, Seq seq);

Result<std::map<DeviceId, domain::DeviceState>> load_last_states(const Connection& connection);
Result<std::vector<domain::Trouble>> load_troubles(const Connection& connection);  // oldest first
Result<std::set<DeviceId>> load_held(const Connection& connection);
Result<Cursors> load_cursors(const Connection& connection);

}  // namespace genkan::store
