#include "cloud-agent/agent/state_mirror.hpp"

#include <utility>

namespace genkan::agent {

namespace {
// Stands for a retained message whose contents are not known; no payload looks like this.
constexpr std::string_view not_known = "?";

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

void StateMirror::inventory(const std::set<DeviceId>& devices) {
  inventory_ = devices;
  for (auto& [device, entry] : entries_) {
    if (devices.contains(device)) continue;
    entry.payload.clear();
    entry.meaning.clear();
    if (entry.sent != entry.meaning) enqueue(device, entry);
  }
}

void StateMirror::found(const DeviceId& device) {
  const auto [place, is_new] = entries_.try_emplace(device);
  if (!is_new) return;
  place->second.sent = not_known;
  if (inventory_ && !inventory_->contains(device)) enqueue(device, place->second);
}

void StateMirror::resend_all() {
  for (auto& [device, entry] : entries_) {
    entry.sent = not_known;
    const bool ours = !inventory_ || inventory_->contains(device);
    if (!entry.payload.empty() || !ours) enqueue(device, entry);
  }
}

std::optional<StateMirror::Update> StateMirror::next() {
  if (waiting_.empty()) return std::nullopt;
  Update update{waiting_.front(), {}};
  waiting_.pop_front();
  const auto found = entries_.find(update.device);
  if (found == entries_.end()) return next();
  Entry& entry = found->second;
  entry.waits = false;
  entry.sent = entry.meaning;
  update.payload = entry.payload;
  // Cleared: nothing is known of it and nothing needs to be.
  if (entry.payload.empty()) entries_.erase(found);
  return update;
}

void StateMirror::failed(const Update& update) {
  const auto [place, is_new] = entries_.try_emplace(update.device);
  place->second.sent = not_known;
  const bool ours = !inventory_ || inventory_->contains(update.device);
  if (!place->second.payload.empty() || !ours) enqueue(update.device, place->second);
}

void StateMirror::want(const DeviceId& device, std::string payload, std::string meaning) {
  if (entries_.size() >= most_devices && !entries_.contains(device)) return;
  Entry& entry = entries_[device];
  entry.payload = std::move(payload);
  entry.meaning = std::move(meaning);
  if (inventory_) inventory_->insert(device);
  if (entry.sent != entry.meaning) enqueue(device, entry);
}

void StateMirror::enqueue(const DeviceId& device, Entry& entry) {
  if (entry.waits) return;
  entry.waits = true;
  waiting_.push_back(device);
}

}  // namespace genkan::agent
