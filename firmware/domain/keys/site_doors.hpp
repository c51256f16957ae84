#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "firmware/domain/calendar/local_time.hpp"
#include "firmware/domain/inventory.hpp"

// Where the doors are: made once from an inventory, asked for every key.
namespace genkan::domain {

using BuildingZones = std::map<BuildingId, std::shared_ptr<const TimeZone>>;

struct BuildingDoors {
  std::shared_ptr<const TimeZone> zone;
  std::chrono::minutes allowance{0};  // RES-41
  std::vector<DeviceId> common;       // locks, entrances and intercoms of its common areas
  std::vector<DeviceId> coupled;      // those whose coupling is `entrance` (RES-40)
};

// Where a device stands; one for each of its rooms. A device without a room stands in the site's
// first building, and belongs to none of its rooms or common areas.
struct DoorPlace {
  RoomId room;  // empty: none
  BuildingId building;
  bool common = false;
  auto operator<=>(const DoorPlace&) const = default;
};

class SiteDoors {
 public:
  // A building without a zone in `zones` has none here: only keys that always open do there.
  SiteDoors(const Inventory& inventory, const ModelCatalog& models, const BuildingZones& zones);

  // Empty for what is not known.
  const std::vector<DoorPlace>& places(const DeviceId& device) const;
  // Its locks and entrances.
  const std::vector<DeviceId>& of_room(const RoomId& room) const;
  const BuildingDoors& building(const BuildingId& building) const;
  // In which a room is; empty for one that is not known.
  const BuildingId& building_of(const RoomId& room) const;

 private:
  void place(const DeviceConfig& device, DeviceKind kind, const Inventory& inventory);

  std::unordered_map<DeviceId, std::vector<DoorPlace>> places_;
  std::unordered_map<RoomId, std::vector<DeviceId>> rooms_;
  std::unordered_map<RoomId, BuildingId> building_of_;
  std::unordered_map<BuildingId, BuildingDoors> buildings_;
};

}  // namespace genkan::domain
