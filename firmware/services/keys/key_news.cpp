#include "firmware/services/keys/key_news.hpp"

namespace genkan::services {

namespace {

const RoomId& room_of(const Directory& directory, const DeviceId& device) {
  static const RoomId none;
  const auto* config = directory.inventory().device(device);
  return config == nullptr || config->rooms.empty() ? none : config->rooms.front();
}

}  // namespace

domain::RecordDraft KeyNews::of_key(domain::RecordKind kind, const DeviceId& device,
                                    const domain::KeyRef& key,
                                    const std::optional<domain::SlotAddress>& slot,
                                    const domain::LockModel& model, std::string_view why) const {
  domain::RecordDraft record = of_lock(kind, device);
  record.actor = domain::actor_of(key);
  record.body["key"] = key.card ? "card" : "code";
  if (auto name = name_of(key); !name.empty()) record.body["name"] = std::move(name);
  if (slot) {
    if (slot->area < model.areas.size()) record.body["area"] = model.areas[slot->area].name;
    record.body["slot"] = slot->number;
  }
  if (!why.empty()) record.body["why"] = why;
  return record;
}

domain::RecordDraft KeyNews::of_lock(domain::RecordKind kind, const DeviceId& device) const {
  return {.kind = kind,
          .time = clock_.wall(),
          .clock = clock_.trust(),
          .device = device,
          .room = room_of(directory_, device),
          .actor = {},
          .body = {}};
}

void KeyNews::trouble(domain::TroubleKind kind, const DeviceId& device, domain::Standing standing,
                      const std::string& detail, ports::Change& change) {
  troubles_.rule({kind, device, {}}, standing, detail, change);
}

std::string KeyNews::name_of(const domain::KeyRef& key) const {
  switch (key.owner) {
    case domain::KeyOwner::reservation: {
      const auto* found = book_.find(domain::ReservationId(key.id));
      return found == nullptr ? std::string{} : found->name;
    }
    case domain::KeyOwner::holder: {
      const auto* found = book_.find(domain::HolderId(key.id));
      return found == nullptr ? std::string{} : found->name;
    }
    case domain::KeyOwner::temporary_key: {
      const auto* found = book_.find(domain::TemporaryKeyId(key.id));
      return found == nullptr ? std::string{} : found->name;
    }
    case domain::KeyOwner::room: {
      const auto* found = directory_.inventory().room(RoomId(key.id));
      return found == nullptr ? std::string{} : found->name;
    }
    case domain::KeyOwner::resident: return {};
  }
  return {};
}

}  // namespace genkan::services
