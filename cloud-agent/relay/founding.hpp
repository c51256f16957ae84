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

// Makes a cloud in `folder`: an authority for gateways and the broker, one for the cloud's own
// programs, their client certificate, the broker's certificate, mosquitto.conf and its access
// control, first command key, settings. Keys are 0600, folders 0700. With TLS, the cloud's programs
// have a port of their own, if not set the next one. ErrorCode::conflict if the folder is not
// empty, ErrorCode::invalid if the two ports do not go together.
Result<> found_cloud(const Folder& folder, Founding founding, WallTime now);

}  // namespace genkan::relay
