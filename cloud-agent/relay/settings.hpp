#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud-agent/mqtt/place.hpp"
#include "cloud-agent/relay/folder.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/log.hpp"

namespace genkan::relay {

// cloud.toml.
struct CloudSettings {
  std::string name;    // lower case letters, digits, '-'; at most 32: part of key ids and names
  mqtt::Place broker;  // where gateways reach it; TLS files come from the folder
  // Where the cloud's own programs reach it; nothing: where gateways do.
  std::optional<mqtt::Place> own_broker;
  // What gateways let our command keys do.
  std::vector<std::string> scopes{"read", "command", "disarm", "keys", "site", "trust"};
  std::chrono::days certificate_life{365};  // of gateways
  std::chrono::days renew_before{30};       // days before the end
  LogLevel log_level = LogLevel::info;
};

// Says what is wrong with a cloud's name; empty if nothing is.
std::string name_fault(std::string_view name);

// Strict: every mistake is told at once, and then nothing is used.
Result<CloudSettings> parse_settings(std::string_view text, std::string_view file);
Result<CloudSettings> load_settings(const Folder& folder);
// What `init` writes.
std::string settings_text(const CloudSettings& settings);

}  // namespace genkan::relay
