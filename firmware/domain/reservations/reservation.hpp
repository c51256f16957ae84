#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "firmware/base/ids.hpp"
#include "firmware/domain/calendar/timing.hpp"
#include "firmware/domain/keys/code.hpp"
#include "firmware/domain/keys/key_ref.hpp"

// What managers write down: reservations, and in offices holders in groups. Plain data; what
// follows from it is in key_claims.hpp, coupling.hpp and keys/key_ring.hpp.
namespace genkan::domain {

// What the guest gets (RES-6). A card may be beside any of them.
enum class KeyKind : std::uint8_t {
  link,           // a page that opens
  code,           // in the lock's memory
  person,         // assigned to an account (PPL-30); a link behind a sign-in
  code_and_link,  //
  software_code,  // typed on the door's page (KEY-23)
  card_only,      // only the card
};
std::string_view name_of(KeyKind kind);
std::optional<KeyKind> key_kind_named(std::string_view name);
bool has_code(KeyKind kind);  // code, code_and_link: written to locks that have a memory
bool has_link(KeyKind kind);  // link, person, code_and_link

struct Card {
  CardNumber number;
  std::string name = "card";  // KEY-30
  bool operator==(const Card&) const = default;
};

// Where a reservation came from (RES-8): what came from outside is changed only there.
enum class Origin : std::uint8_t { here, calendar, booking };
std::string_view name_of(Origin origin);
std::optional<Origin> origin_named(std::string_view name);

struct Reservation {
  ReservationId id;
  std::string name;                           // RES-3
  std::variant<DeviceId, KeyGroupId> target;  // RES-1
  Timing timing;                              // Span or Recurrence
  KeyKind kind = KeyKind::link;
  std::optional<Code> code;  // code, code_and_link, software_code
  std::optional<Card> card;
  std::vector<std::string> mail;  // at most 10
  Origin origin = Origin::here;
  WallTime made{};             // of the first save; the order of equals (KEY-4)
  std::uint32_t revision = 1;  // grows with each edit
  bool operator==(const Reservation&) const = default;
};

// Whether a common area's door that was coupled as `entrance` then gets its code and card, if it is
// of a room of that building (RES-40): not what came from a calendar, nor what was made before, nor
// link reservations (link and person; their card is not copied either).
bool is_copied(const Reservation& reservation, WallTime coupled_since);

// What is wrong with a name (RES-3): longer than 64 characters (85 from outside), more than 9 of
// four bytes, no text, control characters. Empty if nothing is.
std::string reservation_name_fault(std::string_view name, Origin origin);

struct KeyGroup {
  KeyGroupId id;
  std::string name;
  std::vector<DeviceId> devices;
  bool operator==(const KeyGroup&) const = default;
};

struct ValidityGroup {
  ValidityGroupId id;
  std::string name;
  Timing timing;  // Span or Weekly
  bool operator==(const ValidityGroup&) const = default;
};

struct Holder {
  HolderId id;
  std::string outside_id;  // of a CSV import; empty: made by hand (RES-52)
  std::string name;
  KeyGroupId group;
  std::optional<ValidityGroupId> validity;  // none: always
  std::optional<Code> code;
  std::optional<Card> card;
  bool enabled = true;
  std::string mail;  // for the record only
  WallTime made{};
  std::uint32_t revision = 1;
  bool operator==(const Holder&) const = default;
};

}  // namespace genkan::domain
