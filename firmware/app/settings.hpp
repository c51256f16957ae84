#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "firmware/api/metrics_port.hpp"
#include "firmware/api/peer.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/toml.hpp"
#include "firmware/domain/kinds.hpp"

// /etc/genkan/genkan.toml, read strictly (docs/SETTINGS.md).
namespace genkan::app {

enum class ClockSource : std::uint8_t { system, assume_trusted };

struct Settings {
  std::string gateway_id;
  ClockSource clock = ClockSource::system;
  std::string database = "/var/lib/genkan/genkan.db";
  std::chrono::days journal_age{400};
  std::uint64_t journal_bytes = 512ULL << 20;
  std::string socket = "/run/genkan/api.sock";
  std::string socket_group;  // empty: that of the daemon
  std::vector<api::RoleRule> roles;
  std::vector<std::string> profiles{"/usr/share/genkan/profiles", "/etc/genkan/profiles"};
  std::string holidays = "/usr/share/genkan/holidays-jp.csv";
  bool remote_disarm = false;
  bool unsigned_commands = false;
  std::vector<std::pair<DeviceId, domain::Command>> allowed_unsigned;
  std::uint32_t requests_per_minute = 60;
  std::optional<api::ListenAddress> metrics;  // nothing: on the API's socket alone
  LogLevel log_level = LogLevel::info;
};

// Reads the text of a settings file. Nothing if it has mistakes; all of them are in `problems`.
std::optional<Settings> parse_settings(std::string_view text, std::string_view file,
                                       Problems& problems);

// The same from disk (at most 64 KiB); the error has a line for every mistake.
Result<Settings> load_settings(const std::string& path);

}  // namespace genkan::app
