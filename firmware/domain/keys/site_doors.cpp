#include "firmware/domain/keys/site_doors.hpp"

#include <algorithm>

namespace genkan::domain {

namespace {

template <class Map, class Id>
const typename Map::mapped_type& found_or_empty(const Map& map, const Id& id) {
  static const typename Map::mapped_type empty{};
  const auto at = map.find(id);
  return at == map.end() ? empty : at->second;
}

void add_once(std::vector<DeviceId>& devices, const DeviceId& device) {
  if (std::ranges::find(devices, device) == devices.end()) devices.push_back(device);
}

bool is_door(DeviceKind kind) { return kind == DeviceKind::lock || kind == DeviceKind::entrance; }

}  // namespace

SiteDoors::SiteDoors(const Inventory& inventory, const ModelCatalog& models,
                     const BuildingZones& zones) {
  for (const auto& building : inventory.buildings) {
    BuildingDoors& doors = buildings_[building.id];
    doors.zone = found_or_empty(zones, building.id);
    doors.allowance = building.common_allowance;
  }
  for (const auto& room : inventory.rooms) building_of_[room.id] = room.building;
  for (const auto& device : inventory.devices) {
    if (const auto* model = models.find(device.model)) place(device, model->kind, inventory);
  }
}

void SiteDoors::place(const DeviceConfig& device, DeviceKind kind, const Inventory& inventory) {
  auto& places = places_[device.id];
  for (const auto& id : device.rooms) {
    const RoomConfig* room = inventory.room(id);
    if (room == nullptr) continue;
    places.push_back({room->id, room->building, room->common});
    if (is_door(kind)) add_once(rooms_[room->id], device.id);
    if (!room->common || (!is_door(kind) && kind != DeviceKind::intercom)) continue;
    BuildingDoors& doors = buildings_[room->building];
    add_once(doors.common, device.id);
    if (device.coupling == Coupling::entrance) add_once(doors.coupled, device.id);
  }
  if (places.empty() && !inventory.buildings.empty()) {
    places.push_back({RoomId(), inventory.buildings.front().id, false});
  }
}

const std::vector<DoorPlace>& SiteDoors::places(const DeviceId& device) const {
  return found_or_empty(places_, device);
}

const std::vector<DeviceId>& SiteDoors::of_room(const RoomId& room) const {
  return found_or_empty(rooms_, room);
}

const BuildingDoors& SiteDoors::building(const BuildingId& building) const {
  return found_or_empty(buildings_, building);
}

const BuildingId& SiteDoors::building_of(const RoomId& room) const {
  return found_or_empty(building_of_, room);
}

}  // namespace genkan::domain
