#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "firmware/base/error.hpp"
#include "firmware/domain/inventory.hpp"

namespace genkan::services {

// The site as it is now: every device with the kind that its model gives it. Loop thread.
class Directory {
 public:
  struct Entry {
    const domain::DeviceConfig* config;
    domain::DeviceKind kind;
  };

  explicit Directory(const domain::ModelCatalog& models) : models_(models) {}

  // Everything that find() returned before is void after this.
  void take(domain::Inventory inventory);

  const domain::Inventory& inventory() const { return inventory_; }
  const domain::ModelCatalog& models() const { return models_; }
  // Null for unknown devices, and for those whose profile is not installed.
  const Entry* find(const DeviceId& device) const;
  // Why find() knows nothing of a device, for whoever asked for it.
  Error why_not(const DeviceId& device) const;
  std::vector<DeviceId> devices() const;
  std::vector<const domain::DeviceConfig*> zones_of(const DeviceId& panel) const;
  std::vector<const domain::DeviceConfig*> devices_on(const BusId& bus) const;
  // Devices whose model has no profile (any more): they are shown, and left alone.
  std::vector<const domain::DeviceConfig*> without_model() const;
  // The inventory without those.
  domain::Inventory usable() const;

 private:
  const domain::ModelCatalog& models_;
  domain::Inventory inventory_;
  std::unordered_map<DeviceId, Entry> entries_;
};

}  // namespace genkan::services
