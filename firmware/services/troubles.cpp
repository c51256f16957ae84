#include "firmware/services/troubles.hpp"

#include "firmware/base/text.hpp"
#include "firmware/domain/events.hpp"

namespace genkan::services {

json::object to_json(const domain::Trouble& trouble) {
  json::object object;
  object["kind"] = domain::name_of(trouble.key.kind);
  if (!trouble.key.device.empty()) object["device"] = trouble.key.device.str();
  if (!trouble.key.bus.empty()) object["bus"] = trouble.key.bus.str();
  object["since"] = format_time(trouble.since);
  object["detail"] = trouble.detail;
  object["sentence"] = domain::sentence(trouble.key.kind);
  return object;
}

void Troubles::restore(const std::vector<domain::Trouble>& troubles, ports::Change& change) {
  for (const auto& trouble : troubles) standing_.insert_or_assign(trouble.key, trouble);
  forget_missing(change);
}

void Troubles::rule(const domain::TroubleKey& key, domain::Standing standing,
                    const std::string& detail, ports::Change& change) {
  const auto found = standing_.find(key);
  const bool stood = found != standing_.end();
  if (standing == domain::Standing::no && stood) {
    const domain::Trouble trouble = found->second;
    standing_.erase(found);
    change.troubles_cleared.push_back(key);
    change.records.push_back(record(trouble, Way::clears));
    publish(trouble, Way::clears);
  }
  if (standing != domain::Standing::yes) return;
  if (stood && found->second.detail == detail) return;
  domain::Trouble trouble{key, stood ? found->second.since : clock_.wall(), detail};
  standing_.insert_or_assign(key, trouble);
  change.troubles_set.push_back(trouble);
  if (!stood) change.records.push_back(record(trouble, Way::appears));
  publish(trouble, Way::appears);
}

void Troubles::forget_missing(ports::Change& change) {
  std::vector<domain::TroubleKey> gone;
  for (const auto& [key, trouble] : standing_) {
    if (!has_place(key)) gone.push_back(key);
  }
  for (const auto& key : gone) rule(key, domain::Standing::no, "", change);
}

std::vector<domain::Trouble> Troubles::all() const {
  std::vector<domain::Trouble> list;
  for (const auto& [key, trouble] : standing_) list.push_back(trouble);
  return list;
}

std::vector<domain::Trouble> Troubles::of(const DeviceId& device) const {
  std::vector<domain::Trouble> list;
  for (const auto& [key, trouble] : standing_) {
    if (!key.device.empty() && key.device == device) list.push_back(trouble);
  }
  return list;
}

bool Troubles::has_place(const domain::TroubleKey& key) const {
  const domain::Inventory& inventory = directory_.inventory();
  if (!key.device.empty()) return inventory.device(key.device) != nullptr;
  if (!key.bus.empty()) return inventory.bus(key.bus) != nullptr;
  return true;
}

domain::RecordDraft Troubles::record(const domain::Trouble& trouble, Way way) const {
  const Directory::Entry* entry = directory_.find(trouble.key.device);
  const auto kind = entry == nullptr ? std::nullopt : std::optional(entry->kind);
  const domain::TroubleRecord told = domain::record_of(trouble.key.kind, kind);
  domain::RecordDraft record{.kind = way == Way::appears ? told.appears : told.clears,
                             .lane = told.lane,
                             .time = clock_.wall(),
                             .clock = clock_.trust(),
                             .device = trouble.key.device,
                             .room = {},
                             .actor = {},
                             .body = {}};
  if (entry != nullptr && !entry->config->rooms.empty()) record.room = entry->config->rooms.front();
  record.body["trouble"] = domain::name_of(trouble.key.kind);
  if (!trouble.key.bus.empty()) record.body["bus"] = trouble.key.bus.str();
  if (!told.alarm.empty()) {
    record.body["alarm"] = told.alarm;
    if (entry != nullptr) record.body["name"] = entry->config->name;
    if (way == Way::appears) record.body["text"] = domain::alarm_text(told.alarm);
  }
  if (way == Way::appears && !trouble.detail.empty()) {
    record.body["detail"] = printable(trouble.detail, 512);
  }
  if (way == Way::clears) record.body["since"] = format_time(trouble.since);
  return record;
}

void Troubles::publish(const domain::Trouble& trouble, Way way) {
  json::object object;
  object["standing"] = way == Way::appears;
  for (const auto& member : to_json(trouble)) object[member.key()] = member.value();
  live_.trouble(object);
  if (!trouble.key.device.empty()) live_.device_changed(trouble.key.device);
}

}  // namespace genkan::services
