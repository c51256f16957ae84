#include "firmware/services/keys/codes_in_use.hpp"

#include "firmware/services/keys/key_places.hpp"
#include "firmware/services/keys/key_sync.hpp"

namespace genkan::services {

namespace {

// Digits and length in one number.
std::uint32_t packed(const domain::Code& code) {
  constexpr std::uint32_t shift = 100'000'000;
  std::uint32_t number = 0;
  for (const char digit : code.digits()) {
    number = number * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  return number + shift * static_cast<std::uint32_t>(code.digits().size());
}

bool meet(const std::optional<domain::Interval>& one,
          const std::optional<domain::Interval>& other) {
  if (!one || !other) return true;
  return one->start < other->end && other->start < one->end;
}

}  // namespace

CodesInUse::CodesInUse(const KeyDesk& desk, std::span<const DeviceId> doors,
                       std::optional<domain::Interval> time, const std::string& self)
    : hasher_(desk.needs().secrets.hasher) {
  for (const auto& door : doors) add_door(desk, door, time, self);
  for (const auto& [room, code] : desk.book().room_codes()) {
    if (room.str() != self) add(code, "a room");
  }
}

void CodesInUse::add_door(const KeyDesk& desk, const DeviceId& door,
                          const std::optional<domain::Interval>& time, const std::string& self) {
  for (const auto* reservation : reservations_at(desk, door)) {
    if (!reservation->code || reservation->id.str() == self) continue;
    if (meet(time, extent_of(desk, *reservation))) add(*reservation->code, reservation->name);
  }
  for (const auto* holder : desk.book().holders_on(door)) {
    if (holder->code && holder->id.str() != self) add(*holder->code, holder->name);
  }
  for (const auto& [slot, reading] : desk.needs().standings.keys_of(door).foreign) {
    if (reading.hash && !reading.card) foreign_.insert(*reading.hash);
  }
}

bool CodesInUse::has(const domain::Code& code) const {
  if (owners_.contains(packed(code))) return true;
  return !foreign_.empty() && foreign_.contains(hasher_.of(code));
}

std::string CodesInUse::owner_of(const domain::Code& code) const {
  const auto found = owners_.find(packed(code));
  return found == owners_.end() ? std::string() : found->second;
}

void CodesInUse::add(const domain::Code& code, std::string owner) {
  owners_.emplace(packed(code), std::move(owner));
}

}  // namespace genkan::services
