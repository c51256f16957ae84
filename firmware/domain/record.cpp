#include "firmware/domain/record.hpp"

#include <array>

#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

struct KindName {
  RecordKind kind;
  std::string_view name;
};

constexpr std::array kind_names{
    KindName{RecordKind::started, "started"},
    KindName{RecordKind::stopped, "stopped"},
    KindName{RecordKind::site_changed, "site_changed"},
    KindName{RecordKind::database_set_aside, "database_set_aside"},
    KindName{RecordKind::command_done, "command_done"},
    KindName{RecordKind::command_failed, "command_failed"},
    KindName{RecordKind::command_refused, "command_refused"},
    KindName{RecordKind::locked, "locked"},
    KindName{RecordKind::unlocked, "unlocked"},
    KindName{RecordKind::door_opened, "door_opened"},
    KindName{RecordKind::door_closed, "door_closed"},
    KindName{RecordKind::forced_open, "forced_open"},
    KindName{RecordKind::opened, "opened"},
    KindName{RecordKind::hold_began, "hold_began"},
    KindName{RecordKind::hold_ended, "hold_ended"},
    KindName{RecordKind::switched_on, "switched_on"},
    KindName{RecordKind::switched_off, "switched_off"},
    KindName{RecordKind::deposited, "deposited"},
    KindName{RecordKind::collected, "collected"},
    KindName{RecordKind::compartment_released, "compartment_released"},
    KindName{RecordKind::compartment_forced, "compartment_forced"},
    KindName{RecordKind::armed, "armed"},
    KindName{RecordKind::disarmed, "disarmed"},
    KindName{RecordKind::alarm, "alarm"},
    KindName{RecordKind::alarm_restored, "alarm_restored"},
    KindName{RecordKind::zone_active, "zone_active"},
    KindName{RecordKind::zone_normal, "zone_normal"},
    KindName{RecordKind::bypassed, "bypassed"},
    KindName{RecordKind::bypass_ended, "bypass_ended"},
    KindName{RecordKind::sensor_call, "sensor_call"},
    KindName{RecordKind::call_started, "call_started"},
    KindName{RecordKind::call_ended, "call_ended"},
    KindName{RecordKind::pressed, "pressed"},
    KindName{RecordKind::elevator_fault, "elevator_fault"},
    KindName{RecordKind::elevator_fire, "elevator_fire"},
    KindName{RecordKind::elevator_trapped, "elevator_trapped"},
    KindName{RecordKind::elevator_normal, "elevator_normal"},
    KindName{RecordKind::reservation_made, "reservation_made"},
    KindName{RecordKind::reservation_changed, "reservation_changed"},
    KindName{RecordKind::reservation_removed, "reservation_removed"},
    KindName{RecordKind::holder_made, "holder_made"},
    KindName{RecordKind::holder_changed, "holder_changed"},
    KindName{RecordKind::holder_removed, "holder_removed"},
    KindName{RecordKind::key_group_changed, "key_group_changed"},
    KindName{RecordKind::validity_group_changed, "validity_group_changed"},
    KindName{RecordKind::room_code_changed, "room_code_changed"},
    KindName{RecordKind::holidays_changed, "holidays_changed"},
    KindName{RecordKind::temporary_key_made, "temporary_key_made"},
    KindName{RecordKind::temporary_key_changed, "temporary_key_changed"},
    KindName{RecordKind::keys_exported, "keys_exported"},
    KindName{RecordKind::keys_imported, "keys_imported"},
    KindName{RecordKind::secrets_rotated, "secrets_rotated"},
    KindName{RecordKind::key_written, "key_written"},
    KindName{RecordKind::key_removed, "key_removed"},
    KindName{RecordKind::key_already_there, "key_already_there"},
    KindName{RecordKind::key_handed_over, "key_handed_over"},
    KindName{RecordKind::key_not_set, "key_not_set"},
    KindName{RecordKind::key_set_again, "key_set_again"},
    KindName{RecordKind::key_write_failed, "key_write_failed"},
    KindName{RecordKind::key_remove_failed, "key_remove_failed"},
    KindName{RecordKind::key_lost, "key_lost"},
    KindName{RecordKind::foreign_key, "foreign_key"},
    KindName{RecordKind::foreign_key_gone, "foreign_key_gone"},
    KindName{RecordKind::lock_swapped, "lock_swapped"},
    KindName{RecordKind::lock_clock_set, "lock_clock_set"},
    KindName{RecordKind::entry_granted, "entry_granted"},
    KindName{RecordKind::entry_refused, "entry_refused"},
    KindName{RecordKind::keypad_locked, "keypad_locked"},
    KindName{RecordKind::trust_key_added, "trust_key_added"},
    KindName{RecordKind::trust_key_removed, "trust_key_removed"},
    KindName{RecordKind::claimed, "claimed"},
    KindName{RecordKind::released, "released"},
    KindName{RecordKind::certificate_renewed, "certificate_renewed"},
    KindName{RecordKind::request_refused, "request_refused"},
    KindName{RecordKind::request_repeated, "request_repeated"},
    KindName{RecordKind::trouble, "trouble"},
    KindName{RecordKind::trouble_cleared, "trouble_cleared"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kind_names.size(); ++i) {
    if (static_cast<std::size_t>(kind_names[i].kind) != i) return false;
  }
  return kind_names.size() == static_cast<std::size_t>(RecordKind::trouble_cleared) + 1;
}
static_assert(in_order());

}  // namespace

std::string_view name_of(RecordKind kind) {
  return kind_names[static_cast<std::size_t>(kind)].name;
}

std::optional<RecordKind> record_named(std::string_view name) {
  for (const auto& entry : kind_names) {
    if (entry.name == name) return entry.kind;
  }
  return std::nullopt;
}

json::object to_json(const Record& record) {
  const RecordDraft& draft = record.draft;
  json::object object;
  object["seq"] = number(record.seq);
  object["boot"] = record.boot;
  object["time"] = format_time(draft.time);
  object["clock"] = draft.clock == ClockTrust::trusted ? "trusted" : "untrusted";
  object["kind"] = name_of(draft.kind);
  object["lane"] = draft.lane == RecordLane::alarm ? "alarm" : "activity";
  if (!draft.device.empty()) object["device"] = draft.device.str();
  if (!draft.room.empty()) object["room"] = draft.room.str();
  if (!draft.actor.empty()) object["actor"] = draft.actor;
  object["body"] = draft.body;
  return object;
}

void put_actor(RecordDraft& record, std::string_view name, std::string_view signed_by) {
  record.actor = name;
  if (!signed_by.empty()) record.body["signed_by"] = signed_by;
}

Result<Record> record_from_json(const json::object& object) {
  JsonReader reader(object, "record");
  Record record;
  record.seq = Seq{reader.integer("seq", 1, INT64_MAX)};
  record.boot = reader.text("boot");
  const auto time = parse_time(reader.text("time"));
  const auto clock = reader.text("clock");
  const auto kind = record_named(reader.text("kind"));
  const auto lane = reader.text("lane");
  record.draft.device = DeviceId(reader.optional_text("device").value_or(""));
  record.draft.room = RoomId(reader.optional_text("room").value_or(""));
  record.draft.actor = reader.optional_text("actor").value_or("");
  const json::object* body = reader.optional_object("body");
  if (auto finished = reader.finish(); !finished) return fail(finished.error());
  if (!time || !kind) return fail(ErrorCode::invalid, "record: bad time or kind");
  record.draft.time = *time;
  record.draft.kind = *kind;
  record.draft.clock = clock == "trusted" ? ClockTrust::trusted : ClockTrust::untrusted;
  record.draft.lane = lane == "alarm" ? RecordLane::alarm : RecordLane::activity;
  if (body != nullptr) record.draft.body = *body;
  return record;
}

Digest chain_hash(const Digest& previous, const Record& record) {
  std::string bytes(reinterpret_cast<const char*>(previous.data()), previous.size());
  bytes += json::serialize(to_json(record));
  return sha256(bytes);
}

}  // namespace genkan::domain
