#include "firmware/services/keys/temporary_office.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/time_json.hpp"

namespace genkan::services {

namespace {

using domain::OnceKey;
using domain::RecordKind;
using domain::TemporaryKey;
using domain::TemporaryKeyId;

constexpr std::array<std::string_view, 6> known_keys{"name", "id_number", "room",
                                                     "once", "daily",     "weekly"};

const domain::TimeZone& zone_of_room(const KeyDesk& desk, const RoomId& id) {
  const auto* room = desk.inventory().room(id);
  return desk.needs().zones.of(room == nullptr ? BuildingId() : room->building);
}

std::optional<domain::TemporaryRule> read_once(const json::object& object, Faults& faults) {
  static constexpr std::array<std::string_view, 3> known{"uses", "start", "end"};
  const JsonFields fields(object, "once", known, faults);
  for (const auto key : {known[1], known[2]}) {
    if (!fields.has(key))
      fields.fault(key, "is missing; give a date and time like 2026-11-20 9:00");
  }
  Told told;  // the answer shows the times
  OnceKey once;
  once.uses = static_cast<std::uint16_t>(fields.integer("uses", 1, OnceKey::most_uses).value_or(1));
  once.span.start = read_moment(fields, "start", {}, told).value_or(domain::LocalTime{});
  once.span.end = read_moment(fields, "end", {}, told).value_or(domain::LocalTime{});
  if (faults.any()) return std::nullopt;
  if (once.span.end <= once.span.start) {
    fields.fault("end", cat(domain::format_local(once.span.end), " is not after the start, ",
                            domain::format_local(once.span.start), "; give a later end"));
    return std::nullopt;
  }
  return once;
}

void read_room(const JsonFields& fields, const KeyDesk& desk, TemporaryKey& key) {
  key.room = RoomId(fields.needed_text("room", "the id of the room that issues it"));
  if (key.room.empty()) return;
  const auto* room = desk.inventory().room(key.room);
  if (room == nullptr) {
    return fields.fault("room", cat("there is no room '", printable(key.room.str(), 48),
                                    "'; give the id of one that there is"));
  }
  if (room->common) {
    fields.fault("room", cat("'", room->name, "' is a common area; give the room that issues it"));
  }
}

}  // namespace

std::optional<domain::TemporaryRule> read_rule(const JsonFields& fields) {
  const int given = static_cast<int>(fields.has("once")) + static_cast<int>(fields.has("daily")) +
                    static_cast<int>(fields.has("weekly"));
  if (given != 1) {
    fields.fault("once", given == 0 ? "is missing; give once, daily or weekly"
                                    : "does not go with daily or weekly; give one of the three");
    return std::nullopt;
  }
  if (const json::object* once = fields.object("once")) return read_once(*once, fields.faults());
  const bool daily = fields.has("daily");
  const json::object* object = fields.object(daily ? "daily" : "weekly");
  if (object == nullptr) return std::nullopt;
  if (daily && object->contains("weekdays")) {
    fields.fault("daily.weekdays", "is not known here; use weekly");
    return std::nullopt;
  }
  const auto weekly = read_weekly(*object, daily ? "daily" : "weekly", fields.faults());
  if (!weekly) return std::nullopt;
  return *weekly;
}

json::object rule_json(const domain::TemporaryRule& rule) {
  if (const auto* once = std::get_if<OnceKey>(&rule)) {
    json::object object = timing_json(once->span);
    object["uses"] = once->uses;
    return {{"once", std::move(object)}};
  }
  const auto& weekly = std::get<domain::Weekly>(rule);
  if (weekly.weekdays != domain::every_day) return timing_json(domain::Timing(weekly));
  return {{"daily",
           json::object{{"from", format_minutes(weekly.from)}, {"to", format_minutes(weekly.to)}}}};
}

Result<TemporaryKey> draft_temporary_key(const json::object& request, const KeyDesk& desk) {
  constexpr std::size_t most_id_number = 64;
  Faults faults;
  const JsonFields fields(request, "", known_keys, faults);
  TemporaryKey key;
  key.name = fields.needed_text("name", "the visitor's name", 1024);
  if (!faults.any()) {
    const auto wrong = domain::reservation_name_fault(key.name, domain::Origin::here);
    if (!wrong.empty()) fields.fault("name", wrong);
  }
  key.id_number = fields.text("id_number", most_id_number).value_or("");
  const bool plain = std::ranges::all_of(
      key.id_number, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7F; });
  if (!plain) fields.fault("id_number", "has control characters; use visible text");
  read_room(fields, desk, key);
  if (const auto rule = read_rule(fields)) key.rule = *rule;
  if (!faults.any()) {
    if (auto wrong = domain::temporary_rule_fault(key.rule); !wrong.empty())
      faults.add("once", wrong);
  }
  if (faults.any()) return fail(faults.result().error());
  return key;
}

const domain::TimeZone& TemporaryOffice::zone_of(const TemporaryKey& key) const {
  return zone_of_room(desk_, key.room);
}

json::object TemporaryOffice::to_json(const TemporaryKey& key) const {
  json::object object;
  object["id"] = key.id.str();
  object["name"] = key.name;
  object["id_number"] = key.id_number;
  object["room"] = key.room.str();
  for (const auto& member : rule_json(key.rule)) object.insert(member);
  object["used"] = key.used;
  object["revoked"] = key.revoked;
  object["valid_now"] = domain::valid_at(key, zone_of(key), desk_.needs().holidays, desk_.now());
  object["made"] = format_time(key.made);
  return object;
}

json::object TemporaryOffice::list(const std::optional<RoomId>& room) const {
  std::vector<const TemporaryKey*> keys;
  for (const auto& [id, key] : desk_.book().temporary_keys()) {
    if (!room || key.room == *room) keys.push_back(&key);
  }
  std::ranges::sort(keys, [](const TemporaryKey* a, const TemporaryKey* b) {
    return std::tie(b->made, a->id) < std::tie(a->made, b->id);
  });
  json::array list;
  for (const auto* key : keys) list.emplace_back(to_json(*key));
  return {{"temporary_keys", std::move(list)}};
}

Result<const TemporaryKey*> TemporaryOffice::find(const TemporaryKeyId& id) const {
  const auto* found = desk_.book().find(id);
  if (found != nullptr) return found;
  return fail(ErrorCode::unknown, cat("there is no temporary key '", printable(id.str(), 48), "'"));
}

std::uint64_t TemporaryOffice::new_serial() const {
  constexpr std::uint32_t half = 1U << 31U;  // 62 bits: it fits the database's integers
  for (;;) {
    const std::uint64_t high = desk_.needs().random(half);
    const std::uint64_t serial = high << 31U | desk_.needs().random(half);
    const bool used =
        std::ranges::any_of(desk_.book().temporary_keys(),
                            [serial](const auto& entry) { return entry.second.serial == serial; });
    if (serial != 0 && !used) return serial;
  }
}

domain::RecordDraft TemporaryOffice::record(const domain::Caller& caller, RecordKind kind,
                                            const TemporaryKey& key) const {
  auto record = desk_.record(caller, kind, {{"temporary_key", key.id.str()}, {"name", key.name}});
  record.room = key.room;
  return record;
}

boost::asio::awaitable<Result<json::object>> TemporaryOffice::create(domain::Caller caller,
                                                                     json::object request) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const auto& book = desk_.book();
  if (book.temporary_keys().size() >= most_keys) {
    co_return fail(ErrorCode::conflict, cat("there are ", most_keys, " temporary keys already"));
  }
  auto key = draft_temporary_key(request, desk_);
  if (!key) co_return fail(key.error());
  key->id = TemporaryKeyId(desk_.new_id(
      "t", [&book](const std::string& id) { return book.find(TemporaryKeyId(id)) != nullptr; }));
  key->made = desk_.now();
  key->serial = new_serial();
  ports::Change change;
  auto record = this->record(caller, RecordKind::temporary_key_made, *key);
  for (const auto& member : rule_json(key->rule)) record.body.insert(member);
  change.records.push_back(std::move(record));
  change.keys.temporary_keys.push_back(*key);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return to_json(*key);
}

boost::asio::awaitable<Result<json::object>> TemporaryOffice::revoke(domain::Caller caller,
                                                                     TemporaryKeyId id) {
  if (auto may = desk_.may_change(caller); !may) co_return fail(may.error());
  auto turn = co_await desk_.turn().take();
  if (!turn) co_return fail(turn.error());
  const auto found = find(id);
  if (!found) co_return fail(found.error());
  TemporaryKey key = **found;
  if (key.revoked) co_return to_json(key);
  key.revoked = true;
  ports::Change change;
  auto record = this->record(caller, RecordKind::temporary_key_changed, key);
  record.body["what"] = "revoked";
  change.records.push_back(std::move(record));
  change.keys.temporary_keys.push_back(key);
  auto done = co_await desk_.put(std::move(change));
  if (!done) co_return fail(done.error());
  desk_.changed();
  co_return to_json(key);
}

Result<std::string> TemporaryOffice::token(const domain::Caller& caller,
                                           const TemporaryKeyId& id) const {
  if (auto may = desk_.may_see(caller, Secrets::shown); !may) return fail(may.error());
  const auto found = find(id);
  if (!found) return fail(found.error());
  const TemporaryKey& key = **found;
  if (key.revoked) return fail(ErrorCode::conflict, "the temporary key is revoked; make a new one");
  return domain::token_of(key.serial, desk_.needs().secrets.token);
}

}  // namespace genkan::services
