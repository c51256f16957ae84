#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "firmware/domain/keys/key_ring.hpp"
#include "firmware/domain/keys/site_doors.hpp"
#include "firmware/domain/reservations/key_book.hpp"

// From what managers wrote down to what each key opens and when. Pure.
namespace genkan::domain {

// The secret of a reservation's link (KEY-50): 22 characters of base64url, 16 bytes of HMAC-SHA-256
// over its id and when it was made, under the gateway's link key (32 bytes). Nothing to store, the
// same when it is sent again, and another one for a reservation that is made anew under an old id.
std::string link_token(const Reservation& reservation, std::span<const std::uint8_t, 32> key);

// What grants are made from; refers to it, so for one call or for as long as all of it stays.
struct GrantSources {
  const KeyBook& book;
  const SiteDoors& doors;
  const KeyHasher& hasher;
  std::span<const std::uint8_t, 32> link_key;
  // Whether the lock keeps codes itself; where not, codes count as software codes too.
  std::function<bool(const DeviceId&)> has_memory;
  // Since when a common door is coupled as `entrance` (RES-40); nothing is copied to one without.
  const std::map<DeviceId, WallTime>& coupled_since;
};

// The grants of one owner; its card is a KeyRef of its own. One a building, where its doors lie in
// several.
//
// A code opens as Credential::code wherever it can be typed (the lock's own keypad, a reader, an
// intercom) and, at doors without a memory, as a software code too; a reservation of the kind
// `software_code` opens as that alone.
std::vector<Grant> grants_of(const GrantSources& from, const Reservation& reservation);
std::vector<Grant> grants_of(const GrantSources& from, const Holder& holder);
std::vector<Grant> grants_of(const GrantSources& from, const TemporaryKey& key);
// KEY-22: at the common doors of its building, always.
std::vector<Grant> grants_of_room(const GrantSources& from, const RoomId& room);

// All grants of the book, in place of what the ring has.
void fill(KeyRing& ring, const GrantSources& from);
// After a put or remove in the book: what the ring has of that one is made anew, or goes. A key
// group's: of all that is on it or belongs to it; a validity group's: of all holders with it.
void refresh(KeyRing& ring, const GrantSources& from, const ReservationId& id);
void refresh(KeyRing& ring, const GrantSources& from, const HolderId& id);
void refresh(KeyRing& ring, const GrantSources& from, const TemporaryKeyId& id);
void refresh(KeyRing& ring, const GrantSources& from, const KeyGroupId& id);
void refresh(KeyRing& ring, const GrantSources& from, const ValidityGroupId& id);
void refresh_room(KeyRing& ring, const GrantSources& from, const RoomId& room);

}  // namespace genkan::domain
