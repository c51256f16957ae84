// Boxes, intercoms and buttons.
#include <algorithm>
#include <array>

#include "firmware/domain/telling.hpp"

namespace genkan::domain {

namespace {

template <class Word>
constexpr std::int32_t as_value(Word word) {
  return static_cast<std::int32_t>(word);
}

void name_room(Telling& telling, RecordDraft& record, std::int32_t number) {
  if (number == 0) return;
  record.body["number"] = number;
  if (const RoomConfig* room = room_numbered(telling.context(), number)) record.room = room->id;
}

// BOX-3. A box lets couriers into its empty compartments by itself; one that holds a parcel opens
// for a release, or somebody pried it open.
void tell_compartment_door(Telling& telling, std::uint8_t part) {
  const FieldKey door{Field::compartment_door, part};
  const auto change = telling.change(door);
  if (!change || !change->from || change->to != as_value(Door::open)) return;
  if (const UnderWay* request = telling.cause(door, change->to)) {
    if (request->told) return telling.pass_over(*request);
    RecordDraft& record = telling.add(RecordKind::compartment_released);
    record.body["compartment"] = part;
    telling.credit(record, *request);
    return;
  }
  const auto released = telling.context().released;
  if (std::ranges::find(released, part) != released.end()) return;
  if (!telling.before().is(Field::compartment, Compartment::deposited, part)) return;
  RecordDraft& record = telling.add(RecordKind::compartment_forced, RecordLane::alarm);
  record.body["compartment"] = part;
  record.body["alarm"] = "compartment_forced";
  record.body["text"] = alarm_text("compartment_forced");
  name_room(telling, record, telling.before().get({Field::compartment_room, part}).value_or(0));
}

void tell_content(Telling& telling, std::uint8_t part) {
  const auto change = telling.change({Field::compartment, part});
  if (!change) return;
  const bool deposited = change->to == as_value(Compartment::deposited);
  if (!change->from && !deposited) return;
  RecordDraft& record = telling.add(deposited ? RecordKind::deposited : RecordKind::collected);
  record.body["compartment"] = part;
  // The number of a parcel that is gone is that of when it lay there.
  const DeviceState& source = deposited ? telling.now() : telling.before();
  name_room(telling, record, source.get({Field::compartment_room, part}).value_or(0));
}

// From one state of a call to the next, missed ones in between counted in.
struct CallStep {
  bool started;
  std::string_view ended;  // how the call before ended; empty: none did
};
// clang-format off
constexpr CallStep call_steps[4][4] = {
    // to:      idle                   calling               answered              cancelled
    /* idle */      {{false, ""},           {true, ""},           {true, ""},           {true, "cancelled"}},
    /* calling */   {{false, "unanswered"}, {false, ""},          {false, ""},          {false, "cancelled"}},
    /* answered */  {{false, "answered"},   {true, "answered"},   {false, ""},          {false, "answered"}},
    /* cancelled */ {{false, ""},           {true, ""},           {true, ""},           {false, ""}},
};
// clang-format on

void tell_call_end(Telling& telling, std::string_view how, std::int32_t number) {
  RecordDraft& record = telling.add(RecordKind::call_ended);
  record.body["how"] = how;
  name_room(telling, record, number);
}

// A counter that stepped back by more than this many presses began anew.
constexpr std::int32_t most_missed_presses = 100;

std::int32_t presses_between(std::int32_t from, std::int32_t to) {
  const std::int32_t grown = (to - from) & 0xFFFF;  // the counter wraps at 65,536
  return grown <= most_missed_presses || to > from ? grown : to;
}

}  // namespace

const RoomConfig* room_numbered(const EventContext& context, std::int32_t number) {
  const RoomConfig* own =
      context.device.rooms.empty() ? nullptr : context.inventory.room(context.device.rooms.front());
  const RoomConfig* found = nullptr;
  for (const auto& room : context.inventory.rooms) {
    if (room.number != number || (own != nullptr && room.building != own->building)) continue;
    if (found != nullptr) return nullptr;  // a device without a room, and two buildings have one
    found = &room;
  }
  return found;
}

void tell_compartments(Telling& telling) {
  for (const auto& [key, value] : telling.now().entries()) {
    if (key.field == Field::compartment_door) tell_compartment_door(telling, key.part);
  }
  for (const auto& [key, value] : telling.now().entries()) {
    if (key.field == Field::compartment) tell_content(telling, key.part);
  }
}

void tell_call(Telling& telling) {
  const auto change = telling.change({Field::call});
  if (!change) return;
  if (!change->from && change->to != as_value(Call::calling)) return;
  const auto from = change->from.value_or(as_value(Call::idle));
  const CallStep& step = call_steps[from][change->to];
  const auto before = telling.before().get(Field::call_room).value_or(0);
  const auto now = telling.now().get(Field::call_room).value_or(0);
  if (!step.ended.empty() && !(step.started && from == as_value(Call::idle))) {
    tell_call_end(telling, step.ended, before != 0 ? before : now);
  }
  if (step.started) {
    RecordDraft& record = telling.add(RecordKind::call_started);
    name_room(telling, record, now);
  }
  if (step.started && from == as_value(Call::idle) && !step.ended.empty()) {
    tell_call_end(telling, step.ended, now);
  }
}

void tell_presses(Telling& telling) {
  const auto count = telling.change({Field::press_count});
  const bool counts = telling.now().get(Field::press_count).has_value();
  const auto press = telling.now().get(Field::press).value_or(as_value(Press::none));
  std::int32_t times = 0;
  if (counts && count && count->from) times = presses_between(*count->from, count->to);
  if (!counts) {
    const auto changed = telling.change({Field::press});
    times = changed && changed->from && press != as_value(Press::none) ? 1 : 0;
  }
  if (times == 0) return;
  RecordDraft& record = telling.add(RecordKind::pressed);
  record.body["press"] = text_of({Field::press}, press);
  record.body["times"] = times;
}

bool unsettled(DeviceKind kind, const DeviceState& before, const DeviceState& now) {
  if (kind != DeviceKind::delivery_box) return false;
  return std::ranges::any_of(now.entries(), [&before, &now](const DeviceState::Entry& entry) {
    const FieldKey key = entry.key;
    return key.field == Field::compartment && entry.value == as_value(Compartment::deposited) &&
           !before.is(Field::compartment, Compartment::deposited, key.part) &&
           now.get({Field::compartment_room, key.part}) == 0;
  });
}

}  // namespace genkan::domain
