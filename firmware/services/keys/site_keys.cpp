#include "firmware/services/keys/site_keys.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/key_json.hpp"
#include "firmware/services/keys/key_places.hpp"

namespace genkan::services {

namespace {

using domain::RecordKind;

std::string enumerated(const std::vector<std::string>& names) {
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i) {
    text += cat(i > 0 ? ", " : "", names[i]);
  }
  if (names.size() > most) text += cat(" and ", names.size() - most, " more");
  return text;
}

std::string counted(std::size_t count, std::string_view one) {
  return count == 1 ? cat("its ", one) : cat("its ", count, " ", one, "s");
}

class Leaving {
 public:
  Leaving(const KeyDesk& desk, const domain::Caller& caller) : desk_(desk), caller_(caller) {}

  void take_device(const domain::DeviceConfig& device) {
    std::vector<std::string> names;
    for (const auto* reservation : desk_.book().reservations_on(device.id)) {
      if (!std::holds_alternative<DeviceId>(reservation->target)) continue;
      gone_.change.reservations_removed.push_back(reservation->id);
      auto record =
          desk_.record(caller_, RecordKind::reservation_removed,
                       {{"reservation", reservation->id.str()}, {"name", reservation->name}});
      record.device = device.id;
      gone_.records.push_back(std::move(record));
      names.push_back(cat("'", reservation->name, "'"));
    }
    if (names.empty()) return;
    gone_.sentences.push_back(cat("deleting '", device.name, "' deletes ",
                                  counted(names.size(), "reservation"), ": ", enumerated(names)));
  }

  void take_room(const domain::RoomConfig& room) {
    std::size_t keys = 0;
    for (const auto& [id, key] : desk_.book().temporary_keys()) {
      if (key.room != room.id) continue;
      gone_.change.temporary_keys_removed.push_back(id);
      auto record = desk_.record(caller_, RecordKind::temporary_key_changed,
                                 {{"temporary_key", id.str()}, {"name", key.name}});
      record.body["what"] = "removed";
      gone_.records.push_back(std::move(record));
      ++keys;
    }
    if (keys > 0) {
      gone_.sentences.push_back(
          cat("deleting room '", room.name, "' deletes ", counted(keys, "temporary key")));
    }
    if (desk_.book().room_code(room.id) == nullptr) return;
    gone_.change.room_codes.emplace_back(room.id, std::nullopt);
    gone_.sentences.push_back(cat("deleting room '", room.name, "' deletes its door code"));
  }

  void take_out_of(const domain::KeyGroup& group, const domain::Inventory& site) {
    domain::KeyGroup left = group;
    std::erase_if(left.devices,
                  [&site](const DeviceId& device) { return site.device(device) == nullptr; });
    const std::size_t count = group.devices.size() - left.devices.size();
    if (count == 0) return;
    gone_.sentences.push_back(cat("key group '", group.name, "' loses ", count,
                                  count == 1 ? " door" : " doors",
                                  left.devices.empty() ? ", and has none any more" : ""));
    gone_.records.push_back(desk_.record(caller_, RecordKind::key_group_changed,
                                         {{"key_group", group.id.str()},
                                          {"name", group.name},
                                          {"what", "changed"},
                                          {"doors_gone", count}}));
    gone_.change.key_groups.push_back(std::move(left));
  }

  KeysGone take() { return std::move(gone_); }

 private:
  const KeyDesk& desk_;
  const domain::Caller& caller_;
  KeysGone gone_;
};

}  // namespace

KeysGone keys_gone_with(const KeyDesk& desk, const domain::Caller& caller,
                        const domain::Inventory& site) {
  Leaving leaving(desk, caller);
  for (const auto& device : desk.inventory().devices) {
    if (site.device(device.id) == nullptr) leaving.take_device(device);
  }
  for (const auto& room : desk.inventory().rooms) {
    if (site.room(room.id) == nullptr) leaving.take_room(room);
  }
  for (const auto& [id, group] : desk.book().key_groups()) leaving.take_out_of(group, site);
  return leaving.take();
}

std::string still_opening(const KeyDesk& desk, const DeviceId& device) {
  std::vector<std::string> keys;
  for (const auto& key : desk.needs().standings.still_in(device)) {
    keys.push_back(
        cat(key.card ? "the card of '" : "the code of '", name_of(desk.book(), key), "'"));
  }
  if (keys.empty()) return {};
  return cat("'", name_of(desk.inventory(), device),
             "' still holds, and will go on opening for: ", enumerated(keys));
}

std::vector<std::string> still_opening(const KeyDesk& desk, const domain::Inventory& site) {
  std::vector<std::string> sentences;
  for (const auto& device : desk.inventory().devices) {
    if (site.device(device.id) != nullptr) continue;
    auto still = still_opening(desk, device.id);
    if (!still.empty()) sentences.push_back(std::move(still));
  }
  return sentences;
}

}  // namespace genkan::services
