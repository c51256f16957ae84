#include "firmware/services/keys/key_places.hpp"

#include <algorithm>
#include <set>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

const RoomId* first_room(const domain::DeviceConfig* device) {
  return device == nullptr || device->rooms.empty() ? nullptr : &device->rooms.front();
}

// Null where the device is in no room.
const domain::RoomConfig* room_of(const domain::Inventory& site, const DeviceId& device) {
  const RoomId* room = first_room(site.device(device));
  return room == nullptr ? nullptr : site.room(*room);
}

bool copies_reservations(const domain::Inventory& site, const domain::DeviceConfig& device) {
  const auto* room = room_of(site, device.id);
  return device.coupling == domain::Coupling::entrance && room != nullptr && room->common;
}

}  // namespace

const domain::BuildingConfig& building_of(const domain::Inventory& site, const DeviceId& device) {
  static const domain::BuildingConfig usual;
  const auto* room = room_of(site, device);
  if (room == nullptr) return usual;
  const auto found = std::ranges::find(site.buildings, room->building, &domain::BuildingConfig::id);
  return found == site.buildings.end() ? usual : *found;
}

bool in_room(const domain::Inventory& site, const DeviceId& device, const RoomId& room) {
  const auto* config = site.device(device);
  return config != nullptr && std::ranges::find(config->rooms, room) != config->rooms.end();
}

bool in_building(const domain::Inventory& site, const DeviceId& device,
                 const BuildingId& building) {
  const auto* config = site.device(device);
  if (config == nullptr) return false;
  return std::ranges::any_of(config->rooms, [&site, &building](const RoomId& id) {
    const auto* room = site.room(id);
    return room != nullptr && room->building == building;
  });
}

std::string name_of(const domain::Inventory& site, const DeviceId& device) {
  const auto* config = site.device(device);
  return config == nullptr ? device.str() : config->name;
}

std::string names_of(const domain::Inventory& site, std::span<const DeviceId> devices) {
  constexpr std::size_t most = 5;
  std::string names;
  for (std::size_t i = 0; i < std::min(most, devices.size()); ++i) {
    if (i > 0) names += ", ";
    names += cat("'", name_of(site, devices[i]), "'");
  }
  if (devices.size() > most) names += cat(" and ", devices.size() - most, " more");
  return names;
}

const domain::TimeZone& zone_of(const KeyDesk& desk, const domain::Reservation& reservation) {
  if (const auto* device = std::get_if<DeviceId>(&reservation.target)) {
    return desk.needs().zones.of(*device);
  }
  const auto* group = desk.book().find(std::get<domain::KeyGroupId>(reservation.target));
  const bool empty = group == nullptr || group->devices.empty();
  return desk.needs().zones.of(empty ? DeviceId() : group->devices.front());
}

std::optional<domain::Interval> extent_of(const KeyDesk& desk,
                                          const domain::Reservation& reservation) {
  return domain::extent(reservation.timing, zone_of(desk, reservation), desk.needs().holidays);
}

std::string not_a_door(const Directory& directory, const DeviceId& device) {
  const auto* entry = directory.find(device);
  if (entry == nullptr) return directory.why_not(device).message();
  switch (entry->kind) {
    case domain::DeviceKind::lock:
    case domain::DeviceKind::entrance:
    case domain::DeviceKind::intercom: return {};
    default: break;
  }
  return cat("'", entry->config->name, "' is no door but a ", domain::spec(entry->kind).name,
             "; choose a lock, an entrance or an intercom");
}

namespace {

// The buildings of which the reservation opens a room's door: its code goes to their common doors
// (RES-40). A door of a common area is no room's.
std::set<BuildingId> buildings_copied_to(const KeyDesk& desk,
                                         const domain::Reservation& reservation) {
  std::set<BuildingId> buildings;
  for (const auto& device : desk.book().devices_of(reservation)) {
    const auto* room = room_of(desk.inventory(), device);
    if (room != nullptr && !room->common) buildings.insert(room->building);
  }
  return buildings;
}

}  // namespace

std::vector<DeviceId> code_doors(const KeyDesk& desk, const domain::Reservation& reservation) {
  std::vector<DeviceId> doors = desk.book().devices_of(reservation);
  const domain::Inventory& site = desk.inventory();
  const auto buildings = buildings_copied_to(desk, reservation);
  for (const auto& device : site.devices) {
    if (!copies_reservations(site, device)) continue;
    const auto* room = room_of(site, device.id);
    const bool known = std::ranges::find(doors, device.id) != doors.end();
    if (room != nullptr && buildings.contains(room->building) && !known) {
      doors.push_back(device.id);
    }
  }
  return doors;
}

std::vector<const domain::Reservation*> reservations_at(const KeyDesk& desk, const DeviceId& door) {
  auto found = desk.book().reservations_on(door);
  const domain::Inventory& site = desk.inventory();
  const auto* config = site.device(door);
  if (config == nullptr || !copies_reservations(site, *config)) return found;
  const BuildingId& building = room_of(site, door)->building;
  for (const auto& [id, reservation] : desk.book().reservations()) {
    const bool known = std::ranges::find(found, &reservation) != found.end();
    if (!known && buildings_copied_to(desk, reservation).contains(building)) {
      found.push_back(&reservation);
    }
  }
  return found;
}

}  // namespace genkan::services
