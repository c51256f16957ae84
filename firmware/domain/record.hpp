#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/base/digest.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/json.hpp"

namespace genkan::domain {

// What a journal record tells of (HIS-2). Stored and sent by name, so the order is free.
enum class RecordKind : std::uint8_t {
  // gateway
  started,
  stopped,
  site_changed,
  database_set_aside,
  // commands (of people, schedules, clouds)
  command_done,
  command_failed,
  command_refused,
  // locks and doors
  locked,
  unlocked,
  door_opened,
  door_closed,
  forced_open,
  // entrances
  opened,
  hold_began,
  hold_ended,
  // switches
  switched_on,
  switched_off,
  // boxes
  deposited,
  collected,
  compartment_released,
  compartment_forced,
  // panel and zones
  armed,
  disarmed,
  alarm,
  alarm_restored,
  zone_active,
  zone_normal,
  bypassed,
  bypass_ended,
  sensor_call,  // bath, toilet (SEN-1)
  // intercom, button, elevator
  call_started,
  call_ended,
  pressed,
  elevator_fault,
  elevator_fire,
  elevator_trapped,
  elevator_normal,
  // reservations, holders and other keys, as people change them
  reservation_made,
  reservation_changed,
  reservation_removed,
  holder_made,
  holder_changed,
  holder_removed,
  key_group_changed,
  validity_group_changed,
  room_code_changed,
  holidays_changed,
  temporary_key_made,
  temporary_key_changed,
  keys_exported,
  keys_imported,
  secrets_rotated,
  // keys in the memory of locks
  key_written,
  key_removed,
  key_already_there,
  key_handed_over,
  key_not_set,
  key_set_again,
  key_write_failed,
  key_remove_failed,
  key_lost,
  foreign_key,
  foreign_key_gone,
  lock_swapped,
  lock_clock_set,
  // keys that were shown to the gateway
  entry_granted,
  entry_refused,
  keypad_locked,
  // the cloud: who is believed, whose gateway this is, signed requests
  trust_key_added,
  trust_key_removed,
  claimed,
  released,
  certificate_renewed,
  request_refused,
  request_repeated,
  // troubles
  trouble,
  trouble_cleared,
};
std::string_view name_of(RecordKind kind);
std::optional<RecordKind> record_named(std::string_view name);

// Which lane a record travels in.
enum class RecordLane : std::uint8_t { activity, alarm };

// A record before it has its number: built on the loop, completed by the store.
struct RecordDraft {
  RecordKind kind;
  RecordLane lane = RecordLane::activity;
  WallTime time{};
  ClockTrust clock = ClockTrust::untrusted;
  DeviceId device;    // may be empty
  RoomId room;        // may be empty
  std::string actor;  // who: "user:anna", "cloud", "hand", "slot:12"; empty: the device itself
  json::object body;  // at most 4 KiB as text; what else there is to say
};

// Who asked for what the record tells of: the actor, and the id of the key that signed for it, if
// any (body, "signed_by").
void put_actor(RecordDraft& record, std::string_view name, std::string_view signed_by);

// A record as it stands in the journal.
struct Record {
  Seq seq{};
  std::string boot;  // id of the run of genkand that wrote it
  RecordDraft draft;
  Digest hash{};  // SHA-256 over the previous record's hash and this record's canonical JSON
};

// {"seq", "boot", "time", "clock", "kind", "lane", "device"?, "room"?, "actor"?, "body"}: the form
// of the API and of the topics, and the canonical form that is hashed (keys in this order).
json::object to_json(const Record& record);
Result<Record> record_from_json(const json::object& object);
// The hash that a record must carry, given its predecessor's.
Digest chain_hash(const Digest& previous, const Record& record);

}  // namespace genkan::domain
