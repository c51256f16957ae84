#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/services/keys/key_desk.hpp"

// Where a key counts: doors, building, zone. Pure, but for the zones.
namespace genkan::services {

// The building of the device's first room; the product's defaults where there is none.
const domain::BuildingConfig& building_of(const domain::Inventory& site, const DeviceId& device);
bool in_room(const domain::Inventory& site, const DeviceId& device, const RoomId& room);
bool in_building(const domain::Inventory& site, const DeviceId& device, const BuildingId& building);
// The name that people gave it; its id where it is gone.
std::string name_of(const domain::Inventory& site, const DeviceId& device);
std::string names_of(const domain::Inventory& site, std::span<const DeviceId> devices);

// Of the reservation's first door.
const domain::TimeZone& zone_of(const KeyDesk& desk, const domain::Reservation& reservation);
std::optional<domain::Interval> extent_of(const KeyDesk& desk,
                                          const domain::Reservation& reservation);

// Whether one can reserve it (RES-1): something that opens. Why not: one sentence; empty if so.
std::string not_a_door(const Directory& directory, const DeviceId& device);

// The doors at which the reservation's code counts: its own, and those of common areas that it is
// copied to (RES-40).
std::vector<DeviceId> code_doors(const KeyDesk& desk, const domain::Reservation& reservation);
// The reservations whose code counts at the door.
std::vector<const domain::Reservation*> reservations_at(const KeyDesk& desk, const DeviceId& door);

}  // namespace genkan::services
