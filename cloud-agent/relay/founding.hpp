#pragma once

#include <string>
#include <vector>

#include "cloud-agent/relay/settings.hpp"
#include "firmware/base/clock.hpp"

namespace genkan::relay {

struct Founding {
  CloudSettings settings;
  // Under which the broker is reached, beside the host of its uri: DNS names, addresses.
  std::vector<std::string> names;
};

// Makes a cloud in `folder`: authority, first command key, the cloud's own client certificate, the
// broker's certificate, mosquitto.conf and its access control, settings. Keys are 0600, folders
// 0700. ErrorCode::conflict if the folder is not empty.
Result<> found_cloud(const Folder& folder, const Founding& founding, WallTime now);

// As whom the cloud's programs appear at the broker: no gateway can have this name.
std::string broker_user(std::string_view cloud);

}  // namespace genkan::relay
