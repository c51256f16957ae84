#include "firmware/services/holds.hpp"

namespace genkan::services {

void Holds::restore(const std::set<DeviceId>& held, const std::set<DeviceId>& devices,
                    ports::Change& change) {
  held_ = held;
  reapply(devices, change);
}

void Holds::desire(const DeviceId& device, bool held, ports::Change& change) {
  const bool changed = held ? held_.insert(device).second : held_.erase(device) > 0;
  if (changed) change.held.emplace_back(device, held);
}

void Holds::make(const DeviceId& device) { fleet_.hold(device, held(device)); }

void Holds::reapply(const std::set<DeviceId>& devices, ports::Change& change) {
  for (auto at = held_.begin(); at != held_.end();) {
    if (devices.contains(*at)) {
      fleet_.hold(*at, true);
      ++at;
    } else {
      change.held.emplace_back(*at, false);
      at = held_.erase(at);
    }
  }
}

}  // namespace genkan::services
