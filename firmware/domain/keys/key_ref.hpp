#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "firmware/base/ids.hpp"

namespace genkan::domain {

using ReservationId = Id<struct ReservationTag>;
using KeyGroupId = Id<struct KeyGroupTag>;
using ValidityGroupId = Id<struct ValidityGroupTag>;
using HolderId = Id<struct HolderTag>;
using TemporaryKeyId = Id<struct TemporaryKeyTag>;

// What a key belongs to.
enum class KeyOwner : std::uint8_t {
  reservation,
  holder,
  temporary_key,
  room,      // the door code of a dwelling (KEY-22); the id is the room's
  resident,  // a resident's key, face or phone at the entrance (KEY-31 to KEY-33)
};
std::string_view name_of(KeyOwner owner);

// One key: its owner and, where the owner has both, code or card.
struct KeyRef {
  KeyOwner owner = KeyOwner::reservation;
  std::string id;     // of the owner
  bool card = false;  // its card rather than its code
  auto operator<=>(const KeyRef&) const = default;
};

// As the journal names it: "reservation:r-7k2", "holder:h-12".
std::string actor_of(const KeyRef& key);

}  // namespace genkan::domain
