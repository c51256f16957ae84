#pragma once

#include <set>

#include "firmware/base/ids.hpp"
#include "firmware/ports/fleet.hpp"
#include "firmware/ports/store.hpp"

namespace genkan::services {

// Which entrances are desired to be held open. On disk, and made so again at every start: a restart
// neither shuts a door that is held nor opens one that is not. Loop thread.
class Holds {
 public:
  explicit Holds(ports::Fleet& fleet) : fleet_(fleet) {}

  // `devices` are those that the site has; holds of others are dropped.
  void restore(const std::set<DeviceId>& held, const std::set<DeviceId>& devices,
               ports::Change& change);
  // What is desired from now on, for the disk; make() tells the fleet.
  void desire(const DeviceId& device, bool held, ports::Change& change);
  void make(const DeviceId& device);
  bool held(const DeviceId& device) const { return held_.contains(device); }
  // After the site changed: drops those that are gone and tells the fleet the others again.
  void reapply(const std::set<DeviceId>& devices, ports::Change& change);

 private:
  ports::Fleet& fleet_;
  std::set<DeviceId> held_;
};

}  // namespace genkan::services
