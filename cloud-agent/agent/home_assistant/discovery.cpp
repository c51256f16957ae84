#include "cloud-agent/agent/home_assistant/discovery.hpp"

#include <algorithm>

#include "cloud-agent/agent/home_assistant/entities.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent::home_assistant {

namespace {

constexpr std::string_view config_end = "/config";
constexpr std::string_view device_begin = "genkan-";
constexpr std::string_view gateway_level = "genkan_gateway";
constexpr std::size_t longest_wish = 64;

json::object origin(std::string_view version) {
  json::object made;
  made["name"] = "genkan-agent";
  made["sw_version"] = version;
  return made;
}

json::value text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? *value : json::value("");
}

// While the device answers, or did of late.
json::object by_link(const std::string& topic) {
  json::object made;
  made["topic"] = topic;
  made["value_template"] = "{{ 'online' if value_json.link in ['fresh', 'stale'] else 'offline' }}";
  return made;
}

}  // namespace

Names::Names(std::string_view prefix, std::string_view gateway)
    : hub_(cat("genkan-", gateway)), begin_(cat(prefix, "/device/", gateway, "/")) {}

std::string Names::config(const DeviceId& device) const {
  if (device == gateway_object()) return cat(begin_, gateway_level, config_end);
  return cat(begin_, device_begin, device.str(), config_end);
}

std::string Names::configs() const { return cat(begin_, "+", config_end); }

std::optional<DeviceId> Names::device_of(std::string_view topic) const {
  if (!topic.starts_with(begin_) || !topic.ends_with(config_end)) return std::nullopt;
  if (topic.size() < begin_.size() + config_end.size()) return std::nullopt;
  const auto level = topic.substr(begin_.size(), topic.size() - begin_.size() - config_end.size());
  if (level == gateway_level) return gateway_object();
  if (!level.starts_with(device_begin)) return std::nullopt;
  auto device = parse_id<DeviceId>(level.substr(device_begin.size()));
  if (!device) return std::nullopt;
  return *std::move(device);
}

json::object device_message(const json::object& device, const json::object& fields,
                            std::string_view gateway, const Topics& topics, const Names& names,
                            std::string_view version) {
  const DeviceId id{std::string(text_of(device, "id").as_string())};
  const Ends ends{cat("genkan_", gateway, "_", id.str()), topics.presence(), topics.state(id),
                  topics.wish(id)};
  json::object about;
  about["identifiers"] = json::array{cat(names.hub(), "-", id.str())};
  about["name"] = text_of(device, "name");
  about["model"] = text_of(device, "model");
  about["manufacturer"] = "Genkan";
  about["via_device"] = names.hub();
  json::object message;
  message["device"] = std::move(about);
  message["origin"] = origin(version);
  message["availability"] = json::array{by_presence(ends.presence), by_link(ends.state)};
  message["availability_mode"] = "all";
  message["components"] = components(device, fields, ends);
  return message;
}

json::object gateway_message(std::string_view gateway, const Topics& topics, const Names& names,
                             std::string_view version) {
  const std::string unique = cat("genkan_", gateway, "_");
  json::object connection;
  connection["platform"] = "binary_sensor";
  connection["unique_id"] = unique + "_connection";
  connection["name"] = "Connection";
  connection["device_class"] = "connectivity";
  connection["entity_category"] = "diagnostic";
  connection["state_topic"] = topics.presence();
  connection["value_template"] = "{{ 'ON' if value_json.presence == 'online' else 'OFF' }}";
  json::object clock;
  clock["platform"] = "binary_sensor";
  clock["unique_id"] = unique + "_clock";
  clock["name"] = "Clock not set";
  clock["device_class"] = "problem";
  clock["entity_category"] = "diagnostic";
  clock["state_topic"] = topics.presence();
  clock["value_template"] =
      "{{ 'None' if value_json.clock is not defined else 'OFF' if value_json.clock == 'trusted' "
      "else 'ON' }}";
  json::object about;
  about["identifiers"] = json::array{names.hub()};
  about["name"] = cat("Genkan ", gateway);
  about["manufacturer"] = "Genkan";
  about["sw_version"] = version;
  json::object message;
  message["device"] = std::move(about);
  message["origin"] = origin(version);
  message["components"] =
      json::object{{"connection", std::move(connection)}, {"clock", std::move(clock)}};
  return message;
}

bool note_fields(json::object& fields, const json::object& state) {
  bool news = false;
  for (const auto& field : state) {
    json::value& known = fields[field.key()];
    if (known.is_null()) {
      known.emplace_object();
      news = true;
    }
    const json::object* parts = field.value().if_object();
    if (parts == nullptr) continue;
    for (const auto& part : *parts) {
      json::value& seen = known.get_object()[part.key()];
      if (seen.is_null()) {
        seen = true;
        news = true;
      }
    }
  }
  return news;
}

Result<Wish> read_wish(std::string_view payload) {
  const auto refused = [payload] {
    return fail(ErrorCode::invalid, cat("'", printable(payload, 40),
                                        "' is no command; 'unlock' or 'release_compartment 3' is"));
  };
  if (payload.empty() || payload.size() > longest_wish) return refused();
  const auto blank = std::min(payload.find(' '), payload.size());
  Wish wish{std::string(payload.substr(0, blank)), std::nullopt};
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (wish.command.empty() || !std::all_of(wish.command.begin(), wish.command.end(), fits)) {
    return refused();
  }
  if (blank == payload.size()) return wish;
  wish.part = parse_integer<std::int64_t>(payload.substr(blank + 1), 1, 255);
  if (!wish.part) return refused();
  return wish;
}

}  // namespace genkan::agent::home_assistant
