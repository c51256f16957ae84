#pragma once

#include <string>
#include <string_view>

#include "cloud-agent/relay/folder.hpp"
#include "cloud-agent/relay/settings.hpp"

// What a mosquitto needs to be the broker of this cloud: it runs as written.
namespace genkan::relay {

std::string mosquitto_settings(const Folder& folder, const CloudSettings& settings);

// Who may do what, by the name in the client's certificate.
std::string mosquitto_access(std::string_view cloud_user);

}  // namespace genkan::relay
