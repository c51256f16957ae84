#include <doctest/doctest.h>

#include "tests/unit/domain/scene.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;
using Lines = std::vector<std::string>;

TEST_CASE("SEC-4: what a detector's going active means") {
  struct Row {
    ZonePurpose purpose;
    std::string disarmed;
    std::string away;
    std::string home;
  };
  const std::string quiet = "zone_active";
  const std::string call = "ALARM sensor_call";
  const std::string in = "ALARM alarm intrusion";
  const Row table[] = {
      {ZonePurpose::door, quiet, in, in},
      {ZonePurpose::window, quiet, in, in},
      {ZonePurpose::glass, quiet, in, in},
      {ZonePurpose::motion, quiet, in, quiet},
      {ZonePurpose::other, quiet, in, in},
      {ZonePurpose::fire, "ALARM alarm fire", "ALARM alarm fire", "ALARM alarm fire"},
      {ZonePurpose::gas, "ALARM alarm gas", "ALARM alarm gas", "ALARM alarm gas"},
      {ZonePurpose::emergency, "ALARM alarm emergency", "ALARM alarm emergency",
       "ALARM alarm emergency"},
      {ZonePurpose::bath_call, call, call, call},
      {ZonePurpose::toilet_call, call, call, call},
  };
  for (const auto& row : table) {
    CAPTURE(name_of(row.purpose));
    const std::pair<Guard, std::string> modes[] = {
        {Guard::disarmed, row.disarmed}, {Guard::away, row.away}, {Guard::home, row.home}};
    for (const auto& [guard, expected] : modes) {
      Scene scene(DeviceKind::zone);
      scene.device.purpose = row.purpose;
      scene.guard = guard;
      const auto events =
          scene.change({is(Field::zone, Zone::normal)}, {is(Field::zone, Zone::active)});
      REQUIRE(events.records.size() == 1);
      const auto& record = events.records[0];
      std::string line = record.lane == RecordLane::alarm ? "ALARM " : "";
      line += name_of(record.kind);
      if (const auto* alarm = record.body.if_contains("alarm")) {
        line += " " + std::string(alarm->as_string());
      }
      CHECK(line == expected);
    }
  }
}

TEST_CASE("SEC-6: an alarm says what a sensor may have detected, never what took place") {
  Scene scene(DeviceKind::zone);
  scene.device.name = "Lobby window";
  scene.device.purpose = ZonePurpose::window;
  scene.guard = Guard::away;
  CHECK(texts(scene.change({is(Field::zone, Zone::normal)}, {is(Field::zone, Zone::active)})) ==
        Lines{R"(ALARM alarm {"purpose":"window","name":"Lobby window","alarm":"intrusion",)"
              R"("text":"a sensor may have detected an intrusion"})"});
  for (const char* alarm :
       {"intrusion", "fire", "gas", "emergency", "tamper", "panel_power", "panel_battery",
        "panel_trouble", "forced_open", "compartment_forced", "anything else"}) {
    CAPTURE(alarm);
    CHECK(alarm_text(alarm).find(" may have ") != std::string::npos);
  }
}

TEST_CASE("SEC-4: an alarm is restored once, whatever the guard mode is by then") {
  Scene scene(DeviceKind::zone);
  scene.device.purpose = ZonePurpose::door;
  scene.guard = Guard::disarmed;
  scene.alarm = AlarmState::raised;
  const auto restored =
      scene.change({is(Field::zone, Zone::active)}, {is(Field::zone, Zone::normal)});
  CHECK(texts(restored) == Lines{R"(ALARM alarm_restored {"purpose":"door","name":"The thing"})"});
  CHECK(restored.alarm == AlarmState::quiet);
  scene.alarm = AlarmState::quiet;
  scene.guard = Guard::away;
  CHECK(texts(scene.change({is(Field::zone, Zone::active)}, {is(Field::zone, Zone::normal)})) ==
        Lines{R"(zone_normal {"purpose":"door"})"});
}

TEST_CASE("SEC-4: a bypassed zone raises no intrusion, but fire always does") {
  Scene scene(DeviceKind::zone);
  scene.guard = Guard::away;
  scene.device.purpose = ZonePurpose::door;
  const auto bypass = is(Field::bypass, 1);
  CHECK(texts(scene.change({is(Field::zone, Zone::normal), bypass},
                           {is(Field::zone, Zone::active), bypass})) ==
        Lines{R"(zone_active {"purpose":"door"})"});
  scene.device.purpose = ZonePurpose::fire;
  const auto events = scene.change({is(Field::zone, Zone::normal), bypass},
                                   {is(Field::zone, Zone::active), bypass});
  REQUIRE(events.records.size() == 1);
  CHECK(events.records[0].kind == RecordKind::alarm);
}

TEST_CASE("SEC-4: an alarm that stands when the zone is first seen is told, a quiet zone is not") {
  Scene scene(DeviceKind::zone);
  scene.device.purpose = ZonePurpose::fire;
  const auto first = scene.change({}, {is(Field::zone, Zone::active)});
  REQUIRE(first.records.size() == 1);
  CHECK(first.records[0].kind == RecordKind::alarm);
  CHECK(first.alarm == AlarmState::raised);
  scene.device.purpose = ZonePurpose::door;
  CHECK(scene.change({}, {is(Field::zone, Zone::active)}).records.empty());
  CHECK(scene.change({}, {is(Field::zone, Zone::normal)}).records.empty());
}

TEST_CASE("SEC-3: arming and disarming, at the panel and by request") {
  Scene scene(DeviceKind::security_panel);
  const auto disarmed = is(Field::guard, Guard::disarmed);
  const auto away = is(Field::guard, Guard::away);
  CHECK(texts(scene.change({disarmed}, {away})) == Lines{R"(armed {"mode":"away"})"});
  CHECK(texts(scene.change({disarmed}, {is(Field::guard, Guard::home)})) ==
        Lines{R"(armed {"mode":"home"})"});
  CHECK(texts(scene.change({away}, {disarmed})) == Lines{"disarmed"});
  CHECK(scene.change({}, {away}).records.empty());
  scene.commands = {{5, {Command::arm_away}, "cloud:resident-203"}};
  CHECK(texts(scene.change({disarmed}, {away})) ==
        Lines{R"(armed by cloud:resident-203 {"how":"remote","request":5,"mode":"away"})"});
}
