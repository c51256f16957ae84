#include "cloud-agent/agent/state_mirror.hpp"

#include <utility>

namespace genkan::agent {

namespace {
json::value member(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? json::value() : *value;
}
}  // namespace

json::object state_payload(const json::object& device) {
  json::object payload;
  for (const std::string_view key : {"state", "link", "read_at", "troubles"}) {
    payload[key] = member(device, key);
  }
  return payload;
}

bool StateMirror::device(const json::object& device) {
  const json::value* id = device.if_contains("id");
  if (id == nullptr || !id->is_string()) return false;
  auto parsed = parse_id<DeviceId>(std::string_view(id->as_string()));
  if (!parsed) return false;
  json::object payload = state_payload(device);
  std::string text = json::serialize(payload);
  payload.erase("read_at");
  want(*parsed, std::move(text), json::serialize(payload));
  return true;
}

}  // namespace genkan::agent
