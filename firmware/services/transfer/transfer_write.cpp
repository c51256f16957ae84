// The document of a transfer, as it is written.
#include "firmware/base/text.hpp"
#include "firmware/services/keys/temporary_office.hpp"
#include "firmware/services/keys/time_json.hpp"
#include "firmware/services/transfer/transfer.hpp"
#include "firmware/services/transfer/transfer_words.hpp"

namespace genkan::services {

namespace {

using domain::KeyOwner;

template <class List, class Write>
json::array list_of(const List& list, Write write) {
  json::array array;
  for (const auto& entry : list) array.emplace_back(write(entry));
  return array;
}

json::object group_json(const domain::KeyGroup& group) {
  return {{"id", group.id.str()},
          {"name", group.name},
          {"devices", list_of(group.devices, [](const DeviceId& id) { return id.str(); })}};
}

json::object validity_json(const domain::ValidityGroup& group) {
  return {{"id", group.id.str()}, {"name", group.name}, {"timing", timing_json(group.timing)}};
}

json::object temporary_json(const domain::TemporaryKey& key) {
  json::object object{{"id", key.id.str()},
                      {"name", key.name},
                      {"id_number", key.id_number},
                      {"room", key.room.str()}};
  for (const auto& member : rule_json(key.rule)) object.insert(member);
  object["used"] = key.used;
  object["revoked"] = key.revoked;
  object["made"] = format_time(key.made);
  object["serial"] = cat(key.serial);  // may need more than the 53 bits of others' numbers
  return object;
}

json::object schedule_json(const domain::LockSchedule& schedule) {
  json::object object{{"first", domain::format_local(schedule.first)},
                      {"last", domain::format_local(schedule.last)},
                      {"weekdays", weekdays_json(schedule.weekdays)}};
  if (!schedule.window) return object;
  object["from"] = format_minutes(schedule.window->first);
  object["to"] = format_minutes(schedule.window->second);
  return object;
}

json::object note_json(const DeviceId& device, const domain::SlotNote& note) {
  json::object object{{"device", device.str()},
                      {"area", note.address.area},
                      {"slot", note.address.number},
                      {"owner", domain::name_of(note.key.owner)},
                      {"id", note.key.id},
                      {"card", note.key.card},
                      {"state", domain::name_of(note.state)},
                      {"since", format_time(note.since)}};
  if (note.schedule) object["schedule"] = schedule_json(*note.schedule);
  return object;
}

// Records with secrets.
class Writer {
 public:
  explicit Writer(const TransferBox& box) : box_(box) {}

  json::object holder(const domain::Holder& holder) const {
    json::object object{{"id", holder.id.str()},
                        {"outside_id", holder.outside_id},
                        {"name", holder.name},
                        {"key_group", holder.group.str()},
                        {"enabled", holder.enabled},
                        {"mail", holder.mail},
                        {"made", format_time(holder.made)},
                        {"revision", holder.revision}};
    if (holder.validity) object["validity_group"] = holder.validity->str();
    add_secrets(object, KeyOwner::holder, holder.id.str(), holder.code, holder.card);
    return object;
  }

  json::object reservation(const domain::Reservation& reservation) const {
    json::object object{{"id", reservation.id.str()}, {"name", reservation.name}};
    if (const auto* device = std::get_if<DeviceId>(&reservation.target)) {
      object["device"] = device->str();
    } else {
      object["key_group"] = std::get<domain::KeyGroupId>(reservation.target).str();
    }
    object["timing"] = timing_json(reservation.timing);
    object["kind"] = domain::name_of(reservation.kind);
    object["mail"] = json::array(reservation.mail.begin(), reservation.mail.end());
    object["origin"] = domain::name_of(reservation.origin);
    object["made"] = format_time(reservation.made);
    object["revision"] = reservation.revision;
    add_secrets(object, KeyOwner::reservation, reservation.id.str(), reservation.code,
                reservation.card);
    return object;
  }

  json::object room_code(const RoomId& room, const domain::Code& code) const {
    return {{"room", room.str()}, {"code", box_.seal({KeyOwner::room, room.str(), false}, code)}};
  }

 private:
  void add_secrets(json::object& object, KeyOwner owner, const std::string& id,
                   const std::optional<domain::Code>& code,
                   const std::optional<domain::Card>& card) const {
    if (code) object["code"] = box_.seal({owner, id, false}, *code);
    if (!card) return;
    object["card"] =
        json::object{{"name", card->name}, {"number", box_.seal({owner, id, true}, card->number)}};
  }

  const TransferBox& box_;
};

json::array notes_json(const std::map<DeviceId, std::vector<domain::SlotNote>>& all) {
  json::array list;
  for (const auto& [device, notes] : all) {
    for (const auto& note : notes) list.emplace_back(note_json(device, note));
  }
  return list;
}

}  // namespace

std::string signed_text(const json::object& document) {
  std::string text;
  for (const auto& member : document) {
    const std::string_view key = member.key();
    if (key == transfer_signature) continue;
    text += cat(json::serialize(json::string(key)), ":", json::serialize(member.value()), "\n");
  }
  return text;
}

json::object to_json(const Transfer& transfer, const AgreementKey& receiver,
                     const TransferBox& box) {
  const Writer writer(box);
  const auto& keys = transfer.keys;
  json::object document;
  document["format"] = transfer_format;
  document["gateway"] = transfer.gateway;
  document["made"] = format_time(transfer.made);
  document["for"] = receiver_text(receiver);
  document["sealed_key"] = box.header();
  document["site"] = transfer.site;
  document["key_groups"] = list_of(keys.key_groups, group_json);
  document["validity_groups"] = list_of(keys.validity_groups, validity_json);
  document["holders"] =
      list_of(keys.holders, [&](const auto& holder) { return writer.holder(holder); });
  document["reservations"] =
      list_of(keys.reservations, [&](const auto& one) { return writer.reservation(one); });
  document["temporary_keys"] = list_of(keys.temporary_keys, temporary_json);
  document["room_codes"] = list_of(keys.room_codes, [&](const auto& entry) {
    return writer.room_code(entry.first, entry.second);
  });
  document["slot_notes"] = notes_json(keys.slot_notes);
  document["coupled_since"] = list_of(keys.coupled_since, [](const auto& entry) {
    return json::object{{"device", entry.first.str()}, {"since", format_time(entry.second)}};
  });
  document["holiday_table"] = keys.holiday_table;
  document[transfer_signature] = box.signature(signed_text(document));
  return document;
}

}  // namespace genkan::services
