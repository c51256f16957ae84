#include "firmware/services/keys/overlaps.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "firmware/services/keys/key_places.hpp"
#include "firmware/services/keys/time_json.hpp"

namespace genkan::services {

namespace {

using domain::Interval;
using domain::Reservation;

constexpr std::size_t most_times = 4000;  // ten years of days

bool meet(const Interval& one, const Interval& other) {
  return one.start < other.end && other.start < one.end;
}

class Overlaps {
 public:
  Overlaps(const KeyDesk& desk, const Reservation& reservation, Interval extent)
      : desk_(desk), extent_(extent), times_(times_of(reservation, extent)) {}

  // The first time of `other` that meets one of the reservation's.
  std::optional<Interval> first_of(const Reservation& other) const {
    const auto extent = extent_of(desk_, other);
    if (!extent || !meet(*extent, extent_)) return std::nullopt;
    const auto its = times_of(
        other, {std::max(extent->start, extent_.start), std::min(extent->end, extent_.end)});
    auto mine = times_.begin();
    for (const Interval& time : its) {
      while (mine != times_.end() && mine->end <= time.start) ++mine;
      if (mine == times_.end()) return std::nullopt;
      if (meet(*mine, time)) return time;
    }
    return std::nullopt;
  }

 private:
  std::vector<Interval> times_of(const Reservation& reservation, Interval within) const {
    return domain::occurrences(reservation.timing, zone_of(desk_, reservation),
                               desk_.needs().holidays, within.start, within.end, most_times);
  }

  const KeyDesk& desk_;
  Interval extent_;
  std::vector<Interval> times_;
};

}  // namespace

std::vector<Overlap> overlaps_of(const KeyDesk& desk, const Reservation& reservation) {
  std::vector<Overlap> found;
  const auto extent = extent_of(desk, reservation);
  if (!extent) return found;
  const Overlaps overlaps(desk, reservation, *extent);
  std::set<domain::ReservationId> seen{reservation.id};
  for (const auto& device : desk.book().devices_of(reservation)) {
    for (const auto* other : desk.book().reservations_on(device)) {
      if (!seen.insert(other->id).second) continue;
      if (const auto time = overlaps.first_of(*other)) {
        found.push_back({other->id, other->name, *time});
      }
    }
  }
  std::ranges::sort(found, {}, [](const Overlap& one) { return one.opens; });
  if (found.size() > most_overlaps) found.resize(most_overlaps);
  return found;
}

json::array overlaps_json(const std::vector<Overlap>& overlaps, const domain::TimeZone& zone) {
  json::array list;
  for (const auto& overlap : overlaps) {
    json::object entry{{"id", overlap.id.str()}, {"name", overlap.name}};
    for (const auto& member : interval_json(overlap.opens, zone)) entry.insert(member);
    list.emplace_back(std::move(entry));
  }
  return list;
}

}  // namespace genkan::services
