#include "cloud-agent/agent/retained_mirror.hpp"

#include <utility>

namespace genkan::agent {

namespace {
// Stands for a retained message whose contents are not known; no payload looks like this.
constexpr std::string_view not_known = "?";
}  // namespace

void RetainedMirror::inventory(const std::set<DeviceId>& devices) {
  inventory_ = devices;
  for (auto& [device, entry] : entries_) {
    if (devices.contains(device)) continue;
    entry.payload.clear();
    entry.meaning.clear();
    if (entry.sent != entry.meaning) enqueue(device, entry);
  }
}

void RetainedMirror::found(const DeviceId& device) {
  const auto [place, is_new] = entries_.try_emplace(device);
  if (!is_new) return;
  place->second.sent = not_known;
  if (inventory_ && !inventory_->contains(device)) enqueue(device, place->second);
}

void RetainedMirror::resend_all() {
  for (auto& [device, entry] : entries_) {
    entry.sent = not_known;
    const bool ours = !inventory_ || inventory_->contains(device);
    if (!entry.payload.empty() || !ours) enqueue(device, entry);
  }
}

std::optional<RetainedMirror::Update> RetainedMirror::next() {
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

void RetainedMirror::failed(const Update& update) {
  const auto [place, is_new] = entries_.try_emplace(update.device);
  place->second.sent = not_known;
  const bool ours = !inventory_ || inventory_->contains(update.device);
  if (!place->second.payload.empty() || !ours) enqueue(update.device, place->second);
}

void RetainedMirror::want(const DeviceId& device, std::string payload, std::string meaning) {
  if (entries_.size() >= most_devices && !entries_.contains(device)) return;
  Entry& entry = entries_[device];
  entry.payload = std::move(payload);
  entry.meaning = std::move(meaning);
  if (inventory_) inventory_->insert(device);
  if (entry.sent != entry.meaning) enqueue(device, entry);
}

void RetainedMirror::enqueue(const DeviceId& device, Entry& entry) {
  if (entry.waits) return;
  entry.waits = true;
  waiting_.push_back(device);
}

}  // namespace genkan::agent
