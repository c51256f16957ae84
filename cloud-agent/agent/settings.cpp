#include "cloud-agent/agent/settings.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include <sys/stat.h>

#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {

constexpr std::size_t most_settings = 64 * 1024;
constexpr std::size_t most_password = 1024;
constexpr std::array<std::string_view, 5> levels{"debug", "info", "notice", "warning", "error"};
constexpr std::string_view uri_form = "tcp://HOST:PORT";

// What stands behind tcp:// : a host (a name, or an address, IPv6 in brackets) and a port.
std::optional<std::pair<std::string, std::uint16_t>> host_and_port(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto bracket = text.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  const auto host = has_port ? text.substr(0, colon) : text;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const auto fits = [bracketed](char c) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return plain || c == '.' || c == '-' || c == '_' ||
           (bracketed && (c == ':' || c == '[' || c == ']'));
  };
  if (host.empty() || host.size() > 253 || !std::all_of(host.begin(), host.end(), fits)) return {};
  if (!has_port) return std::pair(std::string(host), std::uint16_t{1883});
  const auto port = parse_integer<std::uint16_t>(text.substr(colon + 1), 1, 65535);
  if (!port) return {};
  return std::pair(std::string(host), *port);
}

void read_uri(TomlTable& table, BrokerSettings& broker) {
  const std::string uri = table.text("uri");
  if (uri.empty()) return;  // told already
  constexpr std::string_view scheme = "tcp://";
  if (uri.starts_with("ssl://") || uri.starts_with("mqtts://")) {
    table.complain("uri", cat("TLS to the broker is not built yet; only ", uri_form, " is"));
    return;
  }
  const auto place = uri.starts_with(scheme)
                         ? host_and_port(std::string_view(uri).substr(scheme.size()))
                         : std::nullopt;
  if (!place) {
    table.complain("uri", cat("'", printable(uri), "' is no broker; it must be ", uri_form,
                              ", as tcp://127.0.0.1:1883"));
    return;
  }
  broker.host = place->first;
  broker.port = place->second;
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
  read_uri(table, broker);
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

std::string reason_of(int error) {
  return std::strerror(error);  // NOLINT(concurrency-mt-unsafe): one thread while settings are read
}

Result<std::string> read_file(const std::string& path, std::size_t most) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::io, cat(path, ": cannot be read: ", reason_of(errno)));
  std::string text(most + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > most)
    return fail(ErrorCode::invalid, cat(path, ": has more than ", most, " bytes"));
  if (file.bad()) return fail(ErrorCode::io, cat(path, ": cannot be read"));
  return text;
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
  } else if (!root->has("broker")) {
    root->complain("[broker] with the broker's uri is missing");
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
