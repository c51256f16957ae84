#include "firmware/domain/device_state.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::domain {

void DeviceState::set(FieldKey key, std::int32_t value) {
  const auto at = std::ranges::lower_bound(entries_, key, {}, &Entry::key);
  if (at != entries_.end() && at->key == key) {
    at->value = value;
  } else {
    entries_.insert(at, {key, value});
  }
}

std::optional<std::int32_t> DeviceState::get(FieldKey key) const {
  const auto at = std::ranges::lower_bound(entries_, key, {}, &Entry::key);
  if (at == entries_.end() || at->key != key) return std::nullopt;
  return at->value;
}

std::string text_of(FieldKey key, std::int32_t value) {
  const FieldSpec& field = spec(key.field);
  switch (field.type) {
    case FieldType::word: return std::string(field.words[static_cast<std::size_t>(value)]);
    case FieldType::flag: return value != 0 ? "yes" : "no";
    case FieldType::number: break;
  }
  return field.unit.empty() ? cat(value) : cat(value, " ", field.unit);
}

namespace {

json::value value_json(const FieldSpec& field, std::int32_t value) {
  switch (field.type) {
    case FieldType::word: return json::value(field.words[static_cast<std::size_t>(value)]);
    case FieldType::flag: return json::value(value != 0);
    case FieldType::number: break;
  }
  return json::value(value);
}

std::optional<std::int32_t> value_from_json(const FieldSpec& field, const json::value& value) {
  if (field.type == FieldType::word) {
    if (!value.is_string()) return std::nullopt;
    const std::string_view text = value.get_string();
    const auto found = std::ranges::find(field.words, text);
    if (found == field.words.end()) return std::nullopt;
    return static_cast<std::int32_t>(found - field.words.begin());
  }
  if (field.type == FieldType::flag) {
    if (!value.is_bool()) return std::nullopt;
    return value.get_bool() ? 1 : 0;
  }
  if (!value.is_int64() || value.get_int64() < field.low || value.get_int64() > field.high) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(value.get_int64());
}

}  // namespace

json::object to_json(const DeviceState& state) {
  json::object object;
  for (const auto& [key, value] : state.entries()) {
    const FieldSpec& field = spec(key.field);
    if (!field.indexed) {
      object[field.name] = value_json(field, value);
      continue;
    }
    json::value& parts = object[field.name];
    if (!parts.is_object()) parts.emplace_object();
    parts.get_object()[cat(key.part)] = value_json(field, value);
  }
  return object;
}

Result<DeviceState> state_from_json(const json::object& object) {
  DeviceState state;
  const auto take = [&state](const FieldSpec& field, std::uint8_t part,
                             const json::value& value) -> Result<> {
    const auto parsed = value_from_json(field, value);
    if (!parsed) {
      return fail(ErrorCode::invalid, cat("'", field.name, "' cannot be ", json::serialize(value)));
    }
    state.set({field.field, part}, *parsed);
    return {};
  };
  for (const auto& member : object) {
    const auto field = field_named(member.key());
    if (!field) return fail(ErrorCode::invalid, cat("no field '", printable(member.key()), "'"));
    const FieldSpec& field_spec = spec(*field);
    if (!field_spec.indexed) {
      if (auto taken = take(field_spec, 0, member.value()); !taken) return fail(taken.error());
      continue;
    }
    const json::object* parts = member.value().if_object();
    if (parts == nullptr) {
      return fail(ErrorCode::invalid, cat("'", field_spec.name, "' must be an object of parts"));
    }
    for (const auto& entry : *parts) {
      const auto part = parse_integer<int>(entry.key(), 1, 255);
      if (!part) return fail(ErrorCode::invalid, cat("no part '", printable(entry.key()), "'"));
      if (auto taken = take(field_spec, static_cast<std::uint8_t>(*part), entry.value()); !taken) {
        return fail(taken.error());
      }
    }
  }
  return state;
}

std::string_view name_of(Link link) {
  switch (link) {
    case Link::unknown: return "unknown";
    case Link::fresh: return "fresh";
    case Link::stale: return "stale";
    case Link::disconnected: return "disconnected";
  }
  return "unknown";
}

}  // namespace genkan::domain
