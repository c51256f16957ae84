#include "firmware/services/keys/zones.hpp"

#include <stdexcept>

#include "firmware/base/log.hpp"

namespace genkan::services {

namespace {

constexpr auto usual = "Asia/Tokyo";  // RES-11

const domain::BuildingConfig* building_of(const domain::Inventory& site, const BuildingId& id) {
  for (const auto& building : site.buildings) {
    if (building.id == id) return &building;
  }
  return nullptr;
}

}  // namespace

const domain::TimeZone& Zones::of(const DeviceId& device) {
  const domain::Inventory& site = directory_.inventory();
  const auto* config = site.device(device);
  const auto* room =
      config == nullptr || config->rooms.empty() ? nullptr : site.room(config->rooms.front());
  if (room != nullptr) return of(room->building);
  return named(site.buildings.empty() ? usual : site.buildings.front().zone);
}

const domain::TimeZone& Zones::of(const BuildingId& building) {
  const auto* found = building_of(directory_.inventory(), building);
  return named(found == nullptr ? usual : found->zone);
}

const domain::TimeZone& Zones::named(const std::string& name) {
  if (const auto known = zones_.find(name); known != zones_.end()) return known->second;
  auto zone = domain::TimeZone::named(name);
  if (!zone) {
    if (name == usual) throw std::runtime_error("the system has no time zones: install tzdata");
    log(LogLevel::error, "a building's time zone is not known; its times are read as Asia/Tokyo",
        {{"zone", name}, {"reason", zone.error().message()}});
    return named(usual);
  }
  return zones_.emplace(name, std::move(*zone)).first->second;
}

}  // namespace genkan::services
