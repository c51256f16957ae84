#include "firmware/ports/cloud_records.hpp"

namespace genkan::ports {

// Compared whole, so that a list that is added later cannot be forgotten here.
bool CloudChange::empty() const { return *this == CloudChange{}; }

}  // namespace genkan::ports
