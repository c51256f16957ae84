#include "firmware/services/directory.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::services {

void Directory::take(domain::Inventory inventory) {
  entries_.clear();
  inventory_ = std::move(inventory);
  for (const auto& device : inventory_.devices) {
    const domain::ModelInfo* model = models_.find(device.model);
    if (model != nullptr) entries_.emplace(device.id, Entry{&device, model->kind});
  }
}

const Directory::Entry* Directory::find(const DeviceId& device) const {
  const auto found = entries_.find(device);
  return found == entries_.end() ? nullptr : &found->second;
}

Error Directory::why_not(const DeviceId& device) const {
  const domain::DeviceConfig* config = inventory_.device(device);
  if (config == nullptr) {
    return Error(ErrorCode::unknown, cat("there is no device '", printable(device.str()), "'"));
  }
  return Error(ErrorCode::unsupported,
               cat(config->name, " cannot be reached: there is no profile for model '",
                   printable(config->model), "'"));
}

std::vector<DeviceId> Directory::devices() const {
  std::vector<DeviceId> ids;
  for (const auto& device : inventory_.devices) ids.push_back(device.id);
  return ids;
}

std::vector<const domain::DeviceConfig*> Directory::zones_of(const DeviceId& panel) const {
  std::vector<const domain::DeviceConfig*> zones;
  for (const auto& device : inventory_.devices) {
    if (device.panel == panel) zones.push_back(&device);
  }
  return zones;
}

std::vector<const domain::DeviceConfig*> Directory::devices_on(const BusId& bus) const {
  std::vector<const domain::DeviceConfig*> devices;
  for (const auto& device : inventory_.devices) {
    if (device.bus == bus) devices.push_back(&device);
  }
  return devices;
}

std::vector<const domain::DeviceConfig*> Directory::without_model() const {
  std::vector<const domain::DeviceConfig*> devices;
  for (const auto& device : inventory_.devices) {
    if (find(device.id) == nullptr) devices.push_back(&device);
  }
  return devices;
}

domain::Inventory Directory::usable() const {
  domain::Inventory usable = inventory_;
  std::erase_if(usable.devices,
                [this](const domain::DeviceConfig& device) { return find(device.id) == nullptr; });
  return usable;
}

}  // namespace genkan::services
