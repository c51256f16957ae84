#include "firmware/ports/key_records.hpp"

namespace genkan::ports {

// Compared whole, so that a list that is added later cannot be forgotten here.
bool KeyChange::empty() const { return *this == KeyChange{}; }

}  // namespace genkan::ports
