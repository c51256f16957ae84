#include "cloud-agent/agent/settings.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <sys/stat.h>

#include "firmware/base/files.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {

constexpr std::size_t most_settings = 64 * 1024;
constexpr std::size_t most_password = 1024;
constexpr std::array<std::string_view, 5> levels{"debug", "info", "notice", "warning", "error"};

// An absolute path; empty if there is none.
std::string read_path(TomlTable& table, std::string_view key) {
  const auto path = table.optional_text(key, 4096);
  if (path && !path->starts_with('/')) {
    table.complain(key, "what is named here is an absolute path, from '/' on");
  }
  return path.value_or("");
}

void read_tls(TomlTable& table, mqtt::TlsFiles& files) {
  if (files.ca.empty()) {
    table.complain("uri",
                   "ssl:// needs 'ca', the file with the authority that signed the broker's "
                   "certificate (the system's own: /etc/ssl/certs/ca-certificates.crt)");
  }
  if (files.certificate.empty() != files.key.empty()) {
    table.complain(files.key.empty() ? "certificate" : "key",
                   "'certificate' and 'key' belong together");
  }
}

void read_place(TomlTable& table, BrokerSettings& broker) {
  mqtt::TlsFiles files{read_path(table, "ca"), read_path(table, "certificate"),
                       read_path(table, "key")};
  const bool any_file = files != mqtt::TlsFiles{};
  const auto uri = table.optional_text("uri");
  if (!uri) {
    if (any_file && !table.has("uri")) {
      table.complain(
          "'ca', 'certificate' and 'key' are for a broker of one's own: 'uri' is missing");
    }
    return;
  }
  auto place = mqtt::parse_place(*uri);
  if (!place) return table.complain("uri", place.error().message());
  if (place->tls) {
    read_tls(table, files);
    place->tls = std::move(files);
  } else if (any_file) {
    return table.complain("uri",
                          "tcp:// is in clear, and files for TLS are set; write ssl://, or take "
                          "'ca', 'certificate' and 'key' out");
  }
  broker.place = *std::move(place);
}

void read_client_id(TomlTable& table, const std::string& gateway, BrokerSettings& broker) {
  broker.client_id = cat("genkan-", gateway);
  const auto given = table.optional_text("client_id", 64);
  if (!given) return;
  const auto fits = [](char c) { return c > ' ' && c < '\x7f'; };
  if (given->empty() || !std::all_of(given->begin(), given->end(), fits)) {
    table.complain("client_id", "a client id has 1 to 64 visible ASCII characters");
  }
  broker.client_id = *given;
}

void read_broker(TomlTable table, const std::string& gateway, BrokerSettings& broker) {
  read_place(table, broker);
  read_client_id(table, gateway, broker);
  broker.username = table.optional_text("username", 128).value_or("");
  broker.password_file = table.optional_text("password_file").value_or("");
  if (!broker.password_file.empty() && broker.username.empty()) {
    table.complain("password_file", "a password needs a 'username' beside it");
  }
  broker.will_delay =
      std::chrono::seconds(table.optional_integer("will_delay_s", 0, 3600).value_or(30));
}

void read_gateway(TomlTable table, AgentSettings& settings) {
  settings.gateway = table.text("id");
  if (auto fault = id_fault(settings.gateway); table.has("id") && !fault.empty()) {
    table.complain("id", std::move(fault));
  }
  settings.socket = table.optional_text("socket", 107).value_or(settings.socket);
  if (!settings.socket.starts_with('/')) {
    table.complain("socket", "the socket of genkand is an absolute path");
  }
}

home_assistant::Settings read_home_assistant(TomlTable table) {
  home_assistant::Settings settings;
  settings.enabled = table.optional_flag("enabled").value_or(true);
  settings.prefix = table.optional_text("prefix", 64).value_or(settings.prefix);
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '/';
  };
  const auto& prefix = settings.prefix;
  if (prefix.empty() || prefix.front() == '/' || prefix.back() == '/' ||
      !std::all_of(prefix.begin(), prefix.end(), fits)) {
    table.complain("prefix",
                   "a prefix has 1 to 64 letters, digits, '-', '_' and, between them, '/'");
  }
  return settings;
}

}  // namespace

Result<AgentSettings> parse_settings(std::string_view text, std::string_view file) {
  Problems problems;
  AgentSettings settings;
  auto root = TomlTable::parse(text, file, problems);
  if (!root) return fail(problems.as_error());
  if (auto table = root->optional_table("gateway")) {
    read_gateway(*table, settings);
  } else if (!root->has("gateway")) {
    root->complain("[gateway] with the gateway's id is missing");
  }
  if (auto table = root->optional_table("broker")) {
    read_broker(*table, settings.gateway, settings.broker);
  } else {
    settings.broker.client_id = cat("genkan-", settings.gateway);
  }
  if (auto table = root->optional_table("identity")) {
    if (auto folder = read_path(*table, "folder"); !folder.empty()) {
      settings.identity_folder = std::move(folder);
    }
  }
  if (auto table = root->optional_table("home_assistant")) {
    settings.home_assistant = read_home_assistant(*table);
  }
  if (auto table = root->optional_table("log")) {
    const auto level = table->optional_word("level", levels);
    if (level) settings.log_level = static_cast<LogLevel>(*level);
  }
  root->finish();
  if (!problems.empty()) return fail(problems.as_error());
  return settings;
}

Result<AgentSettings> load_settings(const std::string& path) {
  const auto text = read_file(path, most_settings);
  if (!text) return fail(text.error());
  return parse_settings(*text, path);
}

Result<std::string> load_password(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & S_IROTH) != 0) {
    return fail(ErrorCode::invalid,
                cat(path, ": everyone can read this password; chmod o-r would be right"));
  }
  auto text = read_file(path, most_password);
  if (!text) return fail(text.error());
  text->resize(std::min(text->find_first_of("\r\n"), text->size()));
  if (text->empty()) return fail(ErrorCode::invalid, cat(path, ": its first line is empty"));
  return text;
}

}  // namespace genkan::agent
