#pragma once

#include <map>
#include <string>

#include "firmware/domain/calendar/local_time.hpp"
#include "firmware/services/directory.hpp"

namespace genkan::services {

// The time zones of the site's buildings, each read once. Loop thread.
class Zones {
 public:
  explicit Zones(const Directory& directory) : directory_(directory) {}

  // Of the building that the device's first room is in, without a room of the site's first one;
  // Asia/Tokyo (RES-11) where there is none, and where the system has lost the zone that the site
  // names (told in the log).
  const domain::TimeZone& of(const DeviceId& device);
  const domain::TimeZone& of(const BuildingId& building);

 private:
  const domain::TimeZone& named(const std::string& name);

  const Directory& directory_;
  std::map<std::string, domain::TimeZone> zones_;
};

}  // namespace genkan::services
