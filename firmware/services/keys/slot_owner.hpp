#pragma once

#include <cstdint>
#include <optional>

#include "firmware/domain/events.hpp"
#include "firmware/domain/reservations/key_book.hpp"
#include "firmware/services/keys/key_sync.hpp"

namespace genkan::services {

// Whose key or card opened a lock that names the slot alone (HIS-2). Locks do not say which area
// the slot is in; where several could have been meant, nobody is named rather than the wrong one.
std::optional<domain::SlotOwner> slot_owner(const KeySync& sync, const domain::KeyBook& book,
                                            const DeviceId& device, std::uint16_t slot,
                                            domain::OperatedBy how);

}  // namespace genkan::services
