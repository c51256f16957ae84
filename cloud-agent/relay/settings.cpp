#include "cloud-agent/relay/settings.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/files.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/text.hpp"
#include "firmware/base/toml.hpp"

namespace genkan::relay {

namespace {

constexpr std::size_t most_name = 32;
constexpr std::array<std::string_view, 5> levels{"debug", "info", "notice", "warning", "error"};
constexpr std::array<std::string_view, 6> known_scopes{"read", "command", "disarm",
                                                       "keys", "site",    "trust"};

void read_broker(TomlTable table, CloudSettings& settings) {
  const auto uri = table.text("uri");
  auto place = mqtt::parse_place(uri);
  if (place) {
    settings.broker = *std::move(place);
  } else if (table.has("uri")) {
    table.complain("uri", place.error().message());
  }
  const auto own = table.optional_text("own_uri");
  if (!own) return;
  auto own_place = mqtt::parse_place(*own);
  if (own_place) {
    settings.own_broker = *std::move(own_place);
  } else {
    table.complain("own_uri", own_place.error().message());
  }
}

void read_commands(TomlTable table, CloudSettings& settings) {
  const auto scopes = table.optional_texts("scopes", known_scopes.size(), 16);
  if (!scopes) return;
  for (const auto& scope : *scopes) {
    if (std::find(known_scopes.begin(), known_scopes.end(), scope) != known_scopes.end()) continue;
    table.complain("scopes", cat("'", printable(scope), "' is no scope; there are ",
                                 alternatives(known_scopes)));
  }
  if (std::find(scopes->begin(), scopes->end(), "trust") == scopes->end()) {
    table.complain("scopes", "without 'trust' neither certificates nor keys could be renewed");
  }
  settings.scopes = *scopes;
}

void read_certificates(TomlTable table, CloudSettings& settings) {
  const auto life = table.optional_integer("days", 1, 3650);
  const auto before = table.optional_integer("renew_before_days", 0, 365);
  if (life) settings.certificate_life = std::chrono::days(*life);
  if (before) settings.renew_before = std::chrono::days(*before);
  if (settings.renew_before >= settings.certificate_life) {
    table.complain(cat("certificates of ", settings.certificate_life.count(), " days renewed ",
                       settings.renew_before.count(),
                       " days before their end would be renewed without end; "
                       "renew_before_days must be less than days"));
  }
}

}  // namespace

std::string name_fault(std::string_view name) {
  if (name.size() > most_name) return cat("a cloud's name has at most ", most_name, " characters");
  return id_fault(name);
}

Result<CloudSettings> parse_settings(std::string_view text, std::string_view file) {
  Problems problems;
  CloudSettings settings;
  auto root = TomlTable::parse(text, file, problems);
  if (!root) return fail(problems.as_error());
  settings.name = root->text("name");
  if (auto fault = name_fault(settings.name); root->has("name") && !fault.empty()) {
    root->complain("name", fault);
  }
  if (auto table = root->optional_table("broker")) {
    read_broker(*table, settings);
  } else if (!root->has("broker")) {
    root->complain("[broker] with the broker's uri is missing");
  }
  if (auto table = root->optional_table("commands")) read_commands(*table, settings);
  if (auto table = root->optional_table("certificates")) read_certificates(*table, settings);
  if (auto table = root->optional_table("log")) {
    const auto level = table->optional_word("level", levels);
    if (level) settings.log_level = static_cast<LogLevel>(*level);
  }
  root->finish();
  if (!problems.empty()) return fail(problems.as_error());
  return settings;
}

Result<CloudSettings> load_settings(const Folder& folder) {
  const auto text = read_file(folder.settings(), most_file);
  if (!text) return fail(text.error().in("no cloud here (genkan-cloud init makes one)"));
  return parse_settings(*text, folder.settings().string());
}

std::string settings_text(const CloudSettings& settings) {
  std::string scopes;
  for (const auto& scope : settings.scopes)
    scopes += cat(scopes.empty() ? "" : ", ", '"', scope, '"');
  const std::string own =
      settings.own_broker
          ? cat("own_uri = \"", mqtt::uri_of(*settings.own_broker), "\"  # the cloud's programs\n")
          : std::string();
  return cat("# A Genkan cloud (docs/RELAY.md).\nname = \"", settings.name,
             "\"\n\n[broker]\nuri = \"", mqtt::uri_of(settings.broker), "\"  # gateways\n", own,
             "\n# What gateways that are enrolled from now on let our command keys do.\n"
             "[commands]\nscopes = [",
             scopes,
             "]\n\n[certificates]  # of gateways\ndays = ", settings.certificate_life.count(),
             "\nrenew_before_days = ", settings.renew_before.count(), "\n\n[log]\nlevel = \"",
             levels[static_cast<std::size_t>(settings.log_level)], "\"\n");
}

}  // namespace genkan::relay
