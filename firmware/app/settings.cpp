#include "firmware/app/settings.hpp"

#include <array>

#include "firmware/base/files.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"

namespace genkan::app {

namespace {

constexpr std::size_t most_bytes = 64 * 1024;
constexpr std::size_t most_path = 512;
constexpr std::size_t most_allowed = 1024;

constexpr std::array<std::string_view, 2> clock_words{"system", "assume_trusted"};
constexpr std::array<std::string_view, 2> unsigned_words{"refuse", "allow"};
constexpr std::array<std::string_view, 5> level_words{"debug", "info", "notice", "warning",
                                                      "error"};
constexpr std::array<std::string_view, 5> role_words{"viewer", "operator", "cloud", "installer",
                                                     "administrator"};

void read_absolute(TomlTable& table, std::string_view key, std::string& into) {
  const auto path = table.optional_text(key, most_path);
  if (!path) return;
  if (!path->starts_with('/')) {
    table.complain(key, "must be a path from the root, beginning with '/'");
    return;
  }
  into = *path;
}

void read_gateway(TomlTable& root, Settings& settings) {
  auto table = root.optional_table("gateway");
  if (!table) {
    root.complain("gateway", "is missing: [gateway] with the id of this gateway");
    return;
  }
  if (!table->has("id")) settings.gateway_id = table->text("id", 48);
  if (const auto id = table->optional_text("id", 48)) {
    settings.gateway_id = *id;
    const auto fault = id_fault(*id);
    if (!fault.empty()) table->complain("id", cat("is wrong: ", fault));
  }
  if (const auto word = table->optional_word("clock", clock_words)) {
    settings.clock = static_cast<ClockSource>(*word);
  }
}

void read_storage(TomlTable& root, Settings& settings) {
  auto table = root.optional_table("storage");
  if (!table) return;
  read_absolute(*table, "database", settings.database);
  if (const auto days = table->optional_integer("journal_days", 1, 3650)) {
    settings.journal_age = std::chrono::days{*days};
  }
  if (const auto size = table->optional_integer("journal_mib", 1, 65'536)) {
    settings.journal_bytes = static_cast<std::uint64_t>(*size) << 20;
  }
}

void read_role(TomlTable& entry, Settings& settings) {
  const auto user = entry.optional_text("user", 64);
  const auto group = entry.optional_text("group", 64);
  const auto role = entry.word("role", role_words);
  if (user.has_value() == group.has_value()) {
    entry.complain("a role needs either a user or a group of this machine");
    return;
  }
  using Who = api::RoleRule::Who;
  const Who who = group ? Who::group : *user == "*" ? Who::everybody : Who::user;
  settings.roles.push_back({who, user ? *user : *group, *domain::role_named(role_words[role])});
}

void read_api(TomlTable& root, Settings& settings) {
  auto table = root.optional_table("api");
  if (!table) return;
  read_absolute(*table, "socket", settings.socket);
  // sockaddr_un has room for 107 characters (unix(7)).
  if (settings.socket.size() > 107) {
    table->complain("socket", "is too long for a Unix socket; at most 107 characters");
  }
  settings.socket_group = table->optional_text("socket_group", 64).value_or("");
  for (auto& entry : table->tables("role")) read_role(entry, settings);
}

void read_drivers(TomlTable& root, Settings& settings) {
  auto table = root.optional_table("drivers");
  if (!table) return;
  const auto folders = table->optional_texts("profiles", 16, most_path);
  if (folders) settings.profiles = *folders;
}

void read_data(TomlTable& root, Settings& settings) {
  auto table = root.optional_table("data");
  if (table) read_absolute(*table, "holidays", settings.holidays);
}

// "light-201 on": a device and a command.
void read_allowed(TomlTable& table, const std::string& entry, Settings& settings) {
  const auto blank = entry.find(' ');
  const std::string_view name = std::string_view(entry).substr(0, blank);
  const auto device = parse_id<DeviceId>(name);
  const auto command = blank == std::string::npos
                           ? std::nullopt
                           : domain::command_named(std::string_view(entry).substr(blank + 1));
  if (device && command == domain::Command::disarm) {
    return table.complain(
        "allow", cat("has '", printable(entry, 80), "'; disarming always needs a signature"));
  }
  if (device && command) {
    settings.allowed_unsigned.emplace_back(*device, *command);
    return;
  }
  table.complain("allow", cat("has '", printable(entry, 80),
                              "'; each is a device and a command, like \"light-201 on\""));
}

void read_cloud(TomlTable& table, Settings& settings) {
  settings.unsigned_commands = table.optional_word("unsigned_commands", unsigned_words) == 1;
  if (const auto list = table.optional_texts("allow", most_allowed, 128)) {
    for (const auto& entry : *list) read_allowed(table, entry, settings);
  }
  if (const auto rate = table.optional_integer("requests_per_minute", 1, 100'000)) {
    settings.requests_per_minute = static_cast<std::uint32_t>(*rate);
  }
}

void read_metrics(TomlTable& root, Settings& settings) {
  auto table = root.optional_table("metrics");
  if (!table) return;
  const auto text = table->optional_text("listen", 64);
  if (!text) return;
  auto address = api::parse_listen(*text);
  if (!address) return table->complain("listen", address.error().message());
  settings.metrics = *std::move(address);
}

void read_switches(TomlTable& root, Settings& settings) {
  if (auto table = root.optional_table("security")) {
    settings.remote_disarm = table->optional_flag("remote_disarm").value_or(false);
  }
  if (auto table = root.optional_table("cloud")) read_cloud(*table, settings);
  if (auto table = root.optional_table("log")) {
    if (const auto level = table->optional_word("level", level_words)) {
      settings.log_level = static_cast<LogLevel>(*level);
    }
  }
}

}  // namespace

std::optional<Settings> parse_settings(std::string_view text, std::string_view file,
                                       Problems& problems) {
  auto root = TomlTable::parse(text, file, problems);
  if (!root) return std::nullopt;
  Settings settings;
  read_gateway(*root, settings);
  read_storage(*root, settings);
  read_api(*root, settings);
  read_drivers(*root, settings);
  read_data(*root, settings);
  read_switches(*root, settings);
  read_metrics(*root, settings);
  root->finish();
  if (!problems.empty()) return std::nullopt;
  return settings;
}

Result<Settings> load_settings(const std::string& path) {
  const auto text = read_file(path, most_bytes);
  if (!text) {
    const bool large = text.error().code() == ErrorCode::invalid;
    return fail(text.error().code(),
                cat(text.error().message(), large ? "" : "; --config names another file"));
  }
  Problems problems;
  auto settings = parse_settings(*text, path, problems);
  if (!settings) return fail(problems.as_error());
  return *settings;
}

}  // namespace genkan::app
