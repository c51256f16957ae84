#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "firmware/domain/keys/temporary_key.hpp"
#include "firmware/domain/locks/slot_plan.hpp"
#include "firmware/domain/reservations/coupling.hpp"
#include "firmware/domain/reservations/reservation.hpp"

namespace genkan::ports {

// What of the keys must be on disk together with the change's records. Codes and card numbers are
// sealed by the store (KEY-24). A record replaces what has the same id; removals are done before
// what is put, and removing what is not there is no error.
//
// A reservation or holder that is put without a code or card loses the one it had, unless that is
// unreadable (KeyMemory::unreadable): then it stays on disk, sealed, until the key file that opens
// it is back, or the record is removed or given another. (A reservation of a kind without code
// loses its code in any case.)
struct KeyChange {
  std::vector<domain::Reservation> reservations;
  std::vector<domain::ReservationId> reservations_removed;
  std::vector<domain::KeyGroup> key_groups;
  std::vector<domain::KeyGroupId> key_groups_removed;
  std::vector<domain::ValidityGroup> validity_groups;
  std::vector<domain::ValidityGroupId> validity_groups_removed;
  std::vector<domain::Holder> holders;
  std::vector<domain::HolderId> holders_removed;
  std::vector<domain::TemporaryKey> temporary_keys;
  std::vector<domain::TemporaryKeyId> temporary_keys_removed;
  std::vector<std::pair<RoomId, std::optional<domain::Code>>> room_codes;
  std::vector<std::pair<DeviceId, domain::SlotNote>> slot_notes;
  std::vector<std::pair<DeviceId, domain::SlotAddress>> slot_notes_removed;
  // Which of the notes above have no hash, since their secret is not known
  // (KeyMemory::stale_hashes).
  std::vector<std::pair<DeviceId, domain::SlotAddress>> stale_hashes;
  std::vector<domain::CouplingMark> coupling_marks;
  // When a common door's coupling became `entrance` (RES-40).
  std::vector<std::pair<DeviceId, WallTime>> coupled_since;
  // The government's table of holidays (domain::Holidays::take_table) in place of the one before;
  // empty: none any more.
  std::optional<std::string> holiday_table;

  bool empty() const;
  bool operator==(const KeyChange&) const = default;
};

// What the disk knew of them at start; lists in order of id, slot notes of address.
struct KeyMemory {
  std::vector<domain::Reservation> reservations;
  std::vector<domain::KeyGroup> key_groups;
  std::vector<domain::ValidityGroup> validity_groups;
  std::vector<domain::Holder> holders;
  std::vector<domain::TemporaryKey> temporary_keys;
  std::map<RoomId, domain::Code> room_codes;
  std::map<DeviceId, std::vector<domain::SlotNote>> slot_notes;
  std::map<DeviceId, domain::CouplingMark> coupling_marks;
  std::map<DeviceId, WallTime> coupled_since;
  std::string holiday_table;  // as it was taken; empty: none
  // Secrets that could not be opened: the key file is another, or damaged. The records are there,
  // without their codes and cards; nothing is removed from any lock because of it.
  std::uint32_t unreadable_secrets = 0;
  // Whose they are, in order.
  std::vector<domain::KeyRef> unreadable;
  // Slot notes whose hash was made under the hashing key of a lost key file: it equals no hash that
  // is made now, whatever is in the slot. Believe the note, and put it with a hash of today.
  std::set<std::pair<DeviceId, domain::SlotAddress>> stale_hashes;

  bool operator==(const KeyMemory&) const = default;
};

}  // namespace genkan::ports
