#include "firmware/domain/troubles.hpp"

#include <doctest/doctest.h>

#include "tests/unit/domain/scene.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

namespace {

struct Case {
  const char* what;
  DeviceKind kind;
  TroubleKind trouble;
  std::vector<DeviceState::Entry> report;
  Link link;
  Standing standing;
  std::string detail;
};

Ruling ruling_of(const Case& row) {
  DeviceConfig device;
  device.open_limit = std::chrono::seconds(60);
  Reported reported;
  for (const auto& [key, value] : row.report) reported.state.set(key, value);
  reported.link = row.link;
  const TroubleContext context{device, row.kind, reported, std::nullopt, false};
  for (const auto& ruling : troubles_of(context)) {
    if (ruling.kind == row.trouble) return ruling;
  }
  return {row.trouble, Standing::keep, "the kind has no such trouble"};
}

}  // namespace

TEST_CASE("TRB-1: which troubles stand, from what is reported") {
  const auto lock = DeviceKind::lock;
  const auto fresh = Link::fresh;
  const Case table[] = {
      {"jammed",
       lock,
       TroubleKind::bolt_fault,
       {is(Field::bolt, Bolt::jammed)},
       fresh,
       Standing::yes,
       ""},
      {"at its end",
       lock,
       TroubleKind::bolt_fault,
       {is(Field::bolt, Bolt::locked)},
       fresh,
       Standing::no,
       ""},
      {"moving says nothing yet",
       lock,
       TroubleKind::bolt_fault,
       {is(Field::bolt, Bolt::moving)},
       fresh,
       Standing::keep,
       ""},
      {"forced", lock, TroubleKind::forced_open, {is(Field::forced, 1)}, fresh, Standing::yes, ""},
      {"not forced",
       lock,
       TroubleKind::forced_open,
       {is(Field::forced, 0)},
       fresh,
       Standing::no,
       ""},
      {"not known", lock, TroubleKind::forced_open, {}, fresh, Standing::keep, ""},
      {"cover open", lock, TroubleKind::tamper, {is(Field::tamper, 1)}, fresh, Standing::yes, ""},
      {"power lost",
       lock,
       TroubleKind::power_lost,
       {is(Field::power, Power::lost)},
       fresh,
       Standing::yes,
       ""},
      {"power back",
       lock,
       TroubleKind::power_lost,
       {is(Field::power, Power::ok)},
       fresh,
       Standing::no,
       ""},
      {"locked out",
       lock,
       TroubleKind::keypad_lockout,
       {is(Field::lockout, 1)},
       fresh,
       Standing::yes,
       ""},
      {"battery at the limit",
       lock,
       TroubleKind::battery_low,
       {is(Field::battery, 15)},
       fresh,
       Standing::yes,
       "15 %"},
      {"battery between",
       lock,
       TroubleKind::battery_low,
       {is(Field::battery, 19)},
       fresh,
       Standing::keep,
       "19 %"},
      {"battery good",
       lock,
       TroubleKind::battery_low,
       {is(Field::battery, 20)},
       fresh,
       Standing::no,
       "20 %"},
      {"battery by its flag",
       lock,
       TroubleKind::battery_low,
       {is(Field::battery, 80), is(Field::battery_low, 1)},
       fresh,
       Standing::yes,
       "80 %"},
      {"battery flag alone",
       DeviceKind::zone,
       TroubleKind::battery_low,
       {is(Field::battery_low, 0)},
       fresh,
       Standing::no,
       ""},
      {"fault code",
       lock,
       TroubleKind::device_fault,
       {is(Field::fault, 7)},
       fresh,
       Standing::yes,
       "code 7"},
      {"no fault", lock, TroubleKind::device_fault, {is(Field::fault, 0)}, fresh, Standing::no, ""},
      {"elevator's fault mode",
       DeviceKind::elevator,
       TroubleKind::device_fault,
       {is(Field::elevator_mode, ElevatorMode::fault), is(Field::fault, 0)},
       fresh,
       Standing::yes,
       ""},
      {"elevator in fire mode is no fault",
       DeviceKind::elevator,
       TroubleKind::device_fault,
       {is(Field::elevator_mode, ElevatorMode::fire), is(Field::fault, 0)},
       fresh,
       Standing::no,
       ""},
      {"DEV-13: an old state raises nothing",
       lock,
       TroubleKind::tamper,
       {is(Field::tamper, 1)},
       Link::stale,
       Standing::keep,
       ""},
      {"DEV-13: an old state clears nothing",
       lock,
       TroubleKind::tamper,
       {is(Field::tamper, 0)},
       Link::disconnected,
       Standing::keep,
       ""},
      {"SEC-10: silent too long",
       DeviceKind::zone,
       TroubleKind::device_disconnected,
       {},
       Link::disconnected,
       Standing::yes,
       ""},
      {"SEC-10: silent for a moment",
       DeviceKind::zone,
       TroubleKind::device_disconnected,
       {},
       Link::stale,
       Standing::keep,
       ""},
      {"SEC-10: not asked yet",
       DeviceKind::zone,
       TroubleKind::device_disconnected,
       {},
       Link::unknown,
       Standing::keep,
       ""},
      {"SEC-10: answering",
       DeviceKind::zone,
       TroubleKind::device_disconnected,
       {},
       fresh,
       Standing::no,
       ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    const Ruling ruling = ruling_of(row);
    CHECK(ruling.standing == row.standing);
    CHECK(ruling.detail == row.detail);
  }
}

TEST_CASE("SEC-10: while a line is down its devices' silence is the line's trouble") {
  DeviceConfig device;
  Reported reported;
  reported.link = Link::disconnected;
  const auto rulings = troubles_of({device, DeviceKind::lock, reported, std::nullopt, true});
  CHECK(rulings[0].kind == TroubleKind::device_disconnected);
  CHECK(rulings[0].standing == Standing::keep);
}

TEST_CASE("TRB-1: a door left open, by its limit") {
  struct Row {
    const char* what;
    Door door;
    std::optional<std::chrono::seconds> open_for;
    std::chrono::seconds limit;
    Standing standing;
  };
  const Row table[] = {
      {"just opened", Door::open, 0s, 60s, Standing::keep},
      {"almost", Door::open, 59s, 60s, Standing::keep},
      {"at the limit", Door::open, 60s, 60s, Standing::yes},
      {"since when is not known", Door::open, std::nullopt, 60s, Standing::keep},
      {"closed", Door::closed, std::nullopt, 60s, Standing::no},
      {"no limit", Door::open, 9999s, 0s, Standing::no},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    DeviceConfig device;
    device.open_limit = row.limit;
    Reported reported{state({is(Field::door, row.door)}), Link::fresh, {}, {}};
    Standing standing = Standing::keep;
    for (const auto& ruling :
         troubles_of({device, DeviceKind::lock, reported, row.open_for, false})) {
      if (ruling.kind == TroubleKind::door_left_open) standing = ruling.standing;
    }
    CHECK(standing == row.standing);
  }
}

TEST_CASE("SEC-4: troubles of panels and zones are alarms, ELV-3: elevators' faults too") {
  struct Row {
    TroubleKind trouble;
    std::optional<DeviceKind> kind;
    RecordKind appears;
    RecordKind clears;
    RecordLane lane;
    std::string alarm;
  };
  using enum RecordKind;
  const auto alarms = RecordLane::alarm;
  const auto activity = RecordLane::activity;
  const Row table[] = {
      {TroubleKind::tamper, DeviceKind::security_panel, alarm, alarm_restored, alarms, "tamper"},
      {TroubleKind::tamper, DeviceKind::zone, alarm, alarm_restored, alarms, "tamper"},
      {TroubleKind::tamper, DeviceKind::lock, trouble, trouble_cleared, activity, ""},
      {TroubleKind::power_lost, DeviceKind::security_panel, alarm, alarm_restored, alarms,
       "panel_power"},
      {TroubleKind::battery_low, DeviceKind::security_panel, alarm, alarm_restored, alarms,
       "panel_battery"},
      {TroubleKind::device_fault, DeviceKind::security_panel, alarm, alarm_restored, alarms,
       "panel_trouble"},
      {TroubleKind::battery_low, DeviceKind::zone, trouble, trouble_cleared, activity, ""},
      {TroubleKind::device_fault, DeviceKind::elevator, elevator_fault, elevator_normal, alarms,
       ""},
      {TroubleKind::forced_open, DeviceKind::lock, forced_open, trouble_cleared, alarms,
       "forced_open"},
      {TroubleKind::line_down, std::nullopt, trouble, trouble_cleared, activity, ""},
  };
  for (const auto& row : table) {
    CAPTURE(name_of(row.trouble));
    const TroubleRecord record = record_of(row.trouble, row.kind);
    CHECK(record.appears == row.appears);
    CHECK(record.clears == row.clears);
    CHECK(record.lane == row.lane);
    CHECK(record.alarm == row.alarm);
  }
}
