#include "firmware/domain/events.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/domain/telling.hpp"

namespace genkan::domain {

namespace {

template <class Word>
constexpr std::int32_t as_value(Word word) {
  return static_cast<std::int32_t>(word);
}

// Who may have caused a change, and so how its actor is found.
enum class Actor : std::uint8_t {
  device,    // the device itself
  command,   // a request of ours, otherwise the device itself
  operator_  // what the lock says (operated_by), or a request of ours
};

// Whether the value is told of when it is the first that was ever seen.
enum class First : std::uint8_t { silent, told };

struct Row {
  Field field;
  std::int32_t to;
  RecordKind record;
  RecordLane lane;
  Actor actor;
  First first;
};

// One field reaching one value is one record. The order of the rows is the order in which things
// happen at a door: closed before locked, unlocked before opened.
constexpr auto activity = RecordLane::activity;
constexpr auto alarm_lane = RecordLane::alarm;
// clang-format off
constexpr std::array rows{
    Row{Field::door,   as_value(Door::closed),   RecordKind::door_closed,  activity, Actor::device,    First::silent},
    Row{Field::bolt,   as_value(Bolt::unlocked), RecordKind::unlocked,     activity, Actor::operator_, First::silent},
    Row{Field::bolt,   as_value(Bolt::locked),   RecordKind::locked,       activity, Actor::operator_, First::silent},
    Row{Field::door,   as_value(Door::open),     RecordKind::door_opened,  activity, Actor::device,    First::silent},
    Row{Field::guard,  as_value(Guard::away),    RecordKind::armed,        activity, Actor::command,   First::silent},
    Row{Field::guard,  as_value(Guard::home),    RecordKind::armed,        activity, Actor::command,   First::silent},
    Row{Field::guard,  as_value(Guard::disarmed), RecordKind::disarmed,    activity, Actor::command,   First::silent},
    Row{Field::bypass, 1,                        RecordKind::bypassed,     activity, Actor::command,   First::silent},
    Row{Field::bypass, 0,                        RecordKind::bypass_ended, activity, Actor::command,   First::silent},
    Row{Field::elevator_mode, as_value(ElevatorMode::fire), RecordKind::elevator_fire, alarm_lane, Actor::device, First::told},
    Row{Field::trapped, 1,                       RecordKind::elevator_trapped, alarm_lane, Actor::device, First::told},
    Row{Field::trapped, 0,                       RecordKind::elevator_normal,  alarm_lane, Actor::device, First::silent},
};

// The output means something else in each kind: a light is switched, an entrance opens.
struct OutputRow {
  DeviceKind kind;
  Output to;
  RecordKind record;
};
constexpr std::array output_rows{
    OutputRow{DeviceKind::light,           Output::on,  RecordKind::switched_on},
    OutputRow{DeviceKind::light,           Output::off, RecordKind::switched_off},
    OutputRow{DeviceKind::air_conditioner, Output::on,  RecordKind::switched_on},
    OutputRow{DeviceKind::air_conditioner, Output::off, RecordKind::switched_off},
    OutputRow{DeviceKind::entrance,        Output::on,  RecordKind::opened},
    OutputRow{DeviceKind::intercom,        Output::on,  RecordKind::opened},
};

// What each command makes true.
struct EffectRow {
  Command command;
  Field field;
  std::int32_t value;
};
constexpr std::array effect_rows{
    EffectRow{Command::lock,       Field::bolt,   as_value(Bolt::locked)},
    EffectRow{Command::unlock,     Field::bolt,   as_value(Bolt::unlocked)},
    EffectRow{Command::open,       Field::output, as_value(Output::on)},
    EffectRow{Command::hold_open,  Field::output, as_value(Output::on)},
    EffectRow{Command::end_hold,   Field::output, as_value(Output::off)},
    EffectRow{Command::on,         Field::output, as_value(Output::on)},
    EffectRow{Command::off,        Field::output, as_value(Output::off)},
    EffectRow{Command::arm_away,   Field::guard,  as_value(Guard::away)},
    EffectRow{Command::arm_home,   Field::guard,  as_value(Guard::home)},
    EffectRow{Command::disarm,     Field::guard,  as_value(Guard::disarmed)},
    EffectRow{Command::bypass,     Field::bypass, 1},
    EffectRow{Command::end_bypass, Field::bypass, 0},
    EffectRow{Command::release_compartment, Field::compartment_door, as_value(Door::open)},
};

// What is remembered over a restart: the fields whose changes are told of.
constexpr std::array memorable_fields{
    Field::bolt, Field::door, Field::output, Field::zone, Field::bypass, Field::guard,
    Field::compartment, Field::compartment_door, Field::compartment_room, Field::call,
    Field::call_room, Field::press, Field::press_count, Field::elevator_mode, Field::trapped};
// clang-format on

// Opens by itself and goes back by itself: a second trace of one request is no second event.
bool momentary(Command command) {
  return command == Command::open || command == Command::hold_open ||
         command == Command::release_compartment;
}

struct OperatorRow {
  OperatedBy by;
  std::string_view how;
};
constexpr std::array operator_rows{
    OperatorRow{OperatedBy::hand, "hand"},     OperatorRow{OperatedBy::key, "key"},
    OperatorRow{OperatedBy::card, "card"},     OperatorRow{OperatedBy::auto_lock, "auto_lock"},
    OperatorRow{OperatedBy::remote, "remote"}, OperatorRow{OperatedBy::touch, "touch"},
};

// Who opened with the key in that slot: its owner, where that is known, otherwise the slot.
void name_slot(const EventContext& context, RecordDraft& record, std::uint16_t slot,
               OperatedBy how) {
  record.actor = cat("slot:", slot);
  record.body["slot"] = slot;
  if (context.owners == nullptr || !*context.owners) return;
  const auto owner = (*context.owners)(context.device.id, slot, how);
  if (!owner) return;
  record.actor = owner->actor;
  if (!owner->name.empty()) record.body["name"] = owner->name;
  if (!owner->card.empty()) record.body["card"] = owner->card;
}

// Who moved the bolt: what the lock says goes before what we believe, save that 'remote' and
// silence are us if we asked for it.
void name_operator(Telling& telling, RecordDraft& record, const UnderWay* request) {
  const auto by = telling.now().get(Field::operated_by);
  const auto* row = std::ranges::find_if(operator_rows, [by](const OperatorRow& candidate) {
    return by && *by == as_value(candidate.by);
  });
  const bool says = row != operator_rows.end();
  if (request != nullptr && (!says || row->by == OperatedBy::remote)) {
    telling.credit(record, *request);
    return;
  }
  if (!says) return;
  record.body["how"] = row->how;
  record.actor = row->how;
  const auto slot = telling.now().get(Field::operated_slot).value_or(0);
  if ((row->by == OperatedBy::key || row->by == OperatedBy::card) && slot != 0) {
    name_slot(telling.context(), record, static_cast<std::uint16_t>(slot), row->by);
  }
}

void tell_row(Telling& telling, const Row& row) {
  const auto change = telling.change({row.field});
  if (!change || change->to != row.to) return;
  if (!change->from && row.first == First::silent) return;
  const UnderWay* request = telling.cause({row.field}, row.to);
  RecordDraft& record = telling.add(row.record, row.lane);
  if (row.actor == Actor::operator_) name_operator(telling, record, request);
  if (row.actor == Actor::command && request != nullptr) telling.credit(record, *request);
  if (row.field == Field::guard && row.record == RecordKind::armed) {
    record.body["mode"] = text_of({Field::guard}, row.to);
  }
  if (row.record == RecordKind::elevator_normal) record.body["after"] = "trapped";
  if (row.lane == alarm_lane) {
    if (const auto floor = telling.now().get(Field::floor)) record.body["floor"] = *floor;
  }
}

void tell_elevator_mode(Telling& telling) {
  const auto change = telling.change({Field::elevator_mode});
  if (!change || change->from != as_value(ElevatorMode::fire)) return;
  RecordDraft& record = telling.add(RecordKind::elevator_normal, alarm_lane);
  record.body["after"] = "fire";
}

void tell_output(Telling& telling) {
  const auto change = telling.change({Field::output});
  if (!change || !change->from) return;
  const UnderWay* request = telling.cause({Field::output}, change->to);
  if (request != nullptr && request->told) return telling.pass_over(*request);
  if (request != nullptr && (request->command.command == Command::hold_open ||
                             request->command.command == Command::end_hold)) {
    telling.credit(
        telling.add(request->command.command == Command::hold_open ? RecordKind::hold_began
                                                                   : RecordKind::hold_ended),
        *request);
    return;
  }
  if (telling.context().held) return;  // the hold being made so again, or a pulse within it
  for (const auto& row : output_rows) {
    if (row.kind != telling.context().kind || as_value(row.to) != change->to) continue;
    RecordDraft& record = telling.add(row.record);
    if (request != nullptr) telling.credit(record, *request);
  }
}

RecordKind done_kind(Command command) {
  switch (command) {
    case Command::open: return RecordKind::opened;
    case Command::hold_open: return RecordKind::hold_began;
    case Command::end_hold: return RecordKind::hold_ended;
    case Command::release_compartment: return RecordKind::compartment_released;
    default: return RecordKind::command_done;
  }
}

RecordKind kind_of(const DeviceCommand& command, Verdict verdict) {
  switch (verdict) {
    case Verdict::done: return done_kind(command.command);
    case Verdict::refused:
    case Verdict::expired: return RecordKind::command_refused;
    case Verdict::failed:
    case Verdict::unknown_outcome: break;
  }
  return RecordKind::command_failed;
}

}  // namespace

RecordDraft draft(const EventContext& context, RecordKind kind, RecordLane lane) {
  RecordDraft record{.kind = kind,
                     .lane = lane,
                     .time = context.time,
                     .clock = context.clock,
                     .device = context.device.id,
                     .room = {},
                     .actor = {},
                     .body = {}};
  if (!context.device.rooms.empty()) record.room = context.device.rooms.front();
  return record;
}

std::optional<FieldChange> Telling::change(FieldKey key) const {
  const auto to = now_.get(key);
  const auto from = before_.get(key);
  if (!to || to == from) return std::nullopt;
  return FieldChange{from, *to};
}

const UnderWay* Telling::cause(FieldKey key, std::int32_t value) const {
  const UnderWay* told = nullptr;
  for (const auto& request : context_.commands) {
    const auto effect = effect_of(context_.kind, request.command);
    if (!effect || effect->key != key || effect->value != value) continue;
    if (!request.told) return &request;
    if (momentary(request.command.command)) told = &request;
  }
  return told;
}

void Telling::credit(RecordDraft& record, const UnderWay& request) {
  record.body.erase("while_away");  // we were there
  record.body["how"] = "remote";
  record.body["request"] = request.request;
  put_actor(record, request.actor, request.signed_by);
  events_.told.push_back(request.request);
}

RecordDraft& Telling::add(RecordKind kind, RecordLane lane) {
  RecordDraft& record = events_.records.emplace_back(draft(context_, kind, lane));
  if (context_.seen == Seen::while_away) record.body["while_away"] = true;
  return record;
}

Events events_of(const EventContext& context, const DeviceState& before, const DeviceState& now) {
  Events events;
  events.alarm = context.alarm;
  Telling telling(context, before, now, events);
  tell_output(telling);
  for (const auto& row : rows) tell_row(telling, row);
  tell_elevator_mode(telling);
  tell_zone(telling);
  tell_compartments(telling);
  tell_call(telling);
  tell_presses(telling);
  return events;
}

DeviceState remember(const DeviceState& before, const DeviceState& now) {
  DeviceState remembered = before;
  for (const auto& [key, value] : now.entries()) {
    const bool between = key.field == Field::bolt && value != as_value(Bolt::locked) &&
                         value != as_value(Bolt::unlocked);
    if (!between) remembered.set(key, value);
  }
  return remembered;
}

DeviceState memorable(const DeviceState& state) {
  DeviceState kept;
  for (const auto& [key, value] : state.entries()) {
    if (std::ranges::find(memorable_fields, key.field) != memorable_fields.end()) {
      kept.set(key, value);
    }
  }
  return kept;
}

std::optional<Effect> effect_of(DeviceKind kind, const DeviceCommand& command) {
  if (!has_command(kind, command.command)) return std::nullopt;
  const auto* row = std::ranges::find(effect_rows, command.command, &EffectRow::command);
  if (row == effect_rows.end()) return std::nullopt;
  return Effect{{row->field, command.part}, row->value};
}

RecordDraft command_record(const EventContext& context, const UnderWay& request,
                           const Outcome& outcome, std::chrono::milliseconds took) {
  const Command command = request.command.command;
  RecordDraft record = draft(context, kind_of(request.command, outcome.verdict), activity);
  if (record.kind == RecordKind::command_done || outcome.verdict != Verdict::done) {
    record.body["command"] = spec(command).name;
  } else {
    record.body["how"] = "remote";
  }
  if (spec(command).takes_part) {
    const auto name = command == Command::release_compartment ? "compartment" : "part";
    record.body[name] = request.command.part;
  }
  if (context.held && command == Command::open) record.body["held"] = true;
  if (outcome.verdict != Verdict::done) {
    record.body["verdict"] = name_of(outcome.verdict);
    record.body["reason"] = name_of(outcome.reason);
  } else if (record.kind == RecordKind::command_done) {
    const auto effect = effect_of(context.kind, request.command);
    if (effect && outcome.state.get(effect->key)) record.body["already"] = true;
  }
  if (!outcome.detail.empty()) record.body["detail"] = printable(outcome.detail, 512);
  record.body["took_ms"] = took.count();
  record.body["request"] = request.request;
  put_actor(record, request.actor, request.signed_by);
  return record;
}

}  // namespace genkan::domain
