#pragma once

#include <string>
#include <vector>

#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// Another reservation of one of the same doors, at the same time (RES-5).
struct Overlap {
  domain::ReservationId id;
  std::string name;
  domain::Interval opens;  // the first of its times that overlaps
};

// At most this many are told, the earliest.
constexpr std::size_t most_overlaps = 50;

// Those of `reservation`, which itself does not count; in order of time.
std::vector<Overlap> overlaps_of(const KeyDesk& desk, const domain::Reservation& reservation);
// [{"id","name","start","end"}…] on the wall of the building.
json::array overlaps_json(const std::vector<Overlap>& overlaps, const domain::TimeZone& zone);

}  // namespace genkan::services
