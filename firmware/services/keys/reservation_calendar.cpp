// The calendar of all doors (RES-10).
#include <algorithm>
#include <tuple>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/key_places.hpp"
#include "firmware/services/keys/reservation_views.hpp"
#include "firmware/services/keys/time_json.hpp"

namespace genkan::services {

namespace {

using domain::Interval;
using domain::LocalDay;
using domain::Reservation;

struct Entry {
  Interval opens;
  const Reservation* reservation;
  DeviceId door;
};

struct Days {
  LocalDay from;
  LocalDay until;
};

Result<LocalDay> day_or(std::string_view key, const std::string& text, LocalDay usual) {
  if (text.empty()) return usual;
  if (const auto day = domain::parse_day(text)) return *day;
  return fail(ErrorCode::invalid,
              cat("'", key, "' is '", printable(text), "'; give a date like 2026-11-20"));
}

Result<Days> days_of(const CalendarQuery& query, LocalDay today) {
  constexpr auto longest = ReservationViews::longest_calendar;
  const auto from = day_or("from", query.from, today - std::chrono::days(31));
  if (!from) return fail(from.error());
  const auto until = day_or("until", query.until, *from + longest);
  if (!until) return fail(until.error());
  if (*until > *from && *until - *from <= longest) return Days{*from, *until};
  return fail(ErrorCode::invalid, cat("'until' must be 1 to ", longest.count(),
                                      " days after 'from', ", domain::format_day(*from)));
}

bool shows(const CalendarQuery& query, const domain::Inventory& site, const DeviceId& door) {
  return (!query.device || door == *query.device) &&
         (!query.room || in_room(site, door, *query.room)) &&
         (!query.building || in_building(site, door, *query.building));
}

void add_entries(const KeyDesk& desk, const CalendarQuery& query, const Days& days,
                 const Reservation& reservation, std::vector<Entry>& entries) {
  std::vector<DeviceId> doors = desk.book().devices_of(reservation);
  std::erase_if(doors, [&](const DeviceId& door) { return !shows(query, desk.inventory(), door); });
  if (doors.empty()) return;
  const auto& zone = zone_of(desk, reservation);
  const auto times = domain::occurrences(
      reservation.timing, zone, desk.needs().holidays, zone.to_wall(domain::LocalTime(days.from)),
      zone.to_wall(domain::LocalTime(days.until)), ReservationViews::most_entries);
  for (const auto& door : doors) {
    for (const auto& time : times) entries.push_back({time, &reservation, door});
  }
}

}  // namespace

Result<json::object> ReservationViews::calendar(const CalendarQuery& query) const {
  const auto& zone = query.device ? desk_.needs().zones.of(*query.device)
                                  : desk_.needs().zones.of(query.building.value_or(BuildingId()));
  const auto today = std::chrono::floor<std::chrono::days>(zone.to_local(desk_.now()));
  const auto days = days_of(query, today);
  if (!days) return fail(days.error());
  std::vector<Entry> entries;
  for (const auto& [id, reservation] : desk_.book().reservations()) {
    add_entries(desk_, query, *days, reservation, entries);
  }
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return std::tie(a.opens, a.door, a.reservation->id) <
           std::tie(b.opens, b.door, b.reservation->id);
  });
  const bool truncated = entries.size() > most_entries;
  if (truncated) entries.resize(most_entries);
  json::array list;
  for (const auto& entry : entries) {
    json::object object{{"reservation", entry.reservation->id.str()},
                        {"name", entry.reservation->name},
                        {"device", entry.door.str()}};
    add_times(object, entry.opens, zone_of(desk_, *entry.reservation));
    list.emplace_back(std::move(object));
  }
  return json::object{{"entries", std::move(list)}, {"truncated", truncated}};
}

}  // namespace genkan::services
