#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "cloud-agent/agent/home_assistant/discovery.hpp"
#include "cloud-agent/mqtt/place.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/toml.hpp"

namespace genkan::agent {

struct BrokerSettings {
  // The settings' own broker; nothing: the claim's. A place in clear stands here only if tcp:// was
  // written.
  std::optional<mqtt::Place> place;
  std::string client_id;      // default: "genkan-" and the gateway's id
  std::string username;       // empty: none
  std::string password_file;  // empty: none; its first line is the password
  std::chrono::seconds will_delay{30};
};

struct AgentSettings {
  std::string gateway;
  std::string socket = "/run/genkan/api.sock";
  std::string identity_folder = "/var/lib/genkan-agent";
  BrokerSettings broker;
  std::optional<home_assistant::Settings> home_assistant;
  LogLevel log_level = LogLevel::info;
};

// Reads /etc/genkan/agent.toml strictly: every mistake is told at once, and then nothing is used.
Result<AgentSettings> parse_settings(std::string_view text, std::string_view file);
// The same from a file of at most 64 KiB.
Result<AgentSettings> load_settings(const std::string& path);
// The first line of the file (at most 1 KiB), without its line end. The file must not be readable
// by everyone.
Result<std::string> load_password(const std::string& path);

}  // namespace genkan::agent
