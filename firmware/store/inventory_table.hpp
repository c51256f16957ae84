#pragma once

#include "firmware/base/error.hpp"
#include "firmware/domain/inventory.hpp"
#include "firmware/store/sqlite.hpp"

// The inventory's tables. Order is kept; source_line is not (it is 0 after loading).
namespace genkan::store {

// Replaces all of it. Call inside a transaction. `conflict` if an id is there twice.
Result<> save_inventory(const Connection& connection, const domain::Inventory& inventory);
// `corrupt` if a row holds what save_inventory never wrote.
Result<domain::Inventory> load_inventory(const Connection& connection);

}  // namespace genkan::store
