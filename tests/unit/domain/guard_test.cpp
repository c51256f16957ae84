#include "firmware/domain/guard.hpp"

#include <doctest/doctest.h>

#include "firmware/domain/sentences.hpp"
#include "tests/unit/domain/scene.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;

namespace {

DeviceConfig zone(std::string name, ZonePurpose purpose) {
  DeviceConfig config;
  config.name = std::move(name);
  config.purpose = purpose;
  return config;
}

Reported now(Zone zone, int bypass = 0, Link link = Link::fresh) {
  return {state({is(Field::zone, zone), is(Field::bypass, bypass)}), link, {}, {}};
}

}  // namespace

TEST_CASE("SEC-2: arming is refused with the names of active zones") {
  const DeviceConfig window = zone("Lobby window", ZonePurpose::window);
  const DeviceConfig door = zone("Back door", ZonePurpose::door);
  const DeviceConfig motion = zone("Hall", ZonePurpose::motion);
  struct Row {
    const char* what;
    Command command;
    Reported window;
    Reported door;
    Reported motion;
    Reason reason;
    std::string detail;
  };
  const Reported quiet = now(Zone::normal);
  const Reported active = now(Zone::active);
  const Reported bypassed = now(Zone::active, 1);
  const Reported silent = now(Zone::normal, 0, Link::stale);
  const Reported silent_bypassed = now(Zone::normal, 1, Link::disconnected);
  const auto away = Command::arm_away;
  const auto home = Command::arm_home;
  const Row table[] = {
      {"all quiet", away, quiet, quiet, quiet, Reason::none, ""},
      {"a window is open", away, active, quiet, quiet, Reason::zone_active, "Lobby window"},
      {"two are open", away, active, active, quiet, Reason::zone_active, "Lobby window, Back door"},
      {"a bypassed one is open", away, bypassed, quiet, quiet, Reason::none, ""},
      {"motion, going away", away, quiet, quiet, active, Reason::zone_active, "Hall"},
      {"motion, staying home", home, quiet, quiet, active, Reason::none, ""},
      {"one does not answer", away, silent, quiet, quiet, Reason::no_answer, "Lobby window"},
      {"an open one is named before a silent one", away, silent, active, quiet, Reason::zone_active,
       "Back door"},
      {"a silent one is bypassed", away, silent_bypassed, quiet, quiet, Reason::none, ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    const ZoneNow zones[] = {{&window, row.window}, {&door, row.door}, {&motion, row.motion}};
    const GuardRuling ruling = may_arm(row.command, Guard::disarmed, zones);
    CHECK(ruling.reason == row.reason);
    CHECK(ruling.detail == row.detail);
  }
}

TEST_CASE("SEC-2: a long list of zones is cut") {
  std::vector<DeviceConfig> configs;
  for (int i = 1; i <= 11; ++i) {
    configs.push_back(zone("Z" + std::to_string(i), ZonePurpose::window));
  }
  std::vector<ZoneNow> zones;
  for (const auto& config : configs) zones.push_back({&config, now(Zone::active)});
  CHECK(may_arm(Command::arm_away, Guard::disarmed, zones).detail ==
        "Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8 and 3 more");
}

TEST_CASE("SEC-3: what is armed is not armed again, in either mode") {
  CHECK(may_arm(Command::arm_away, Guard::away, {}).reason == Reason::already_armed);
  CHECK(may_arm(Command::arm_away, Guard::home, {}).reason == Reason::already_armed);
  CHECK(may_arm(Command::arm_home, Guard::away, {}).detail == "away");
  CHECK(may_arm(Command::arm_home, Guard::disarmed, {}).reason == Reason::none);
  CHECK(may_arm(Command::arm_home, std::nullopt, {}).reason == Reason::none);
}

TEST_CASE("SEC-8: disarming from afar is refused unless it is enabled") {
  CHECK(may_disarm(false).reason == Reason::not_allowed);
  CHECK(may_disarm(true).reason == Reason::none);
}

TEST_CASE("DEV-10: how a command ended, in one sentence") {
  struct Row {
    DeviceCommand command;
    Outcome outcome;
    std::string sentence;
  };
  const auto outcome = [](Verdict verdict, Reason reason, std::string detail = "") {
    return Outcome{verdict, reason, std::move(detail), {}};
  };
  const Row table[] = {
      {{Command::lock}, outcome(Verdict::done, Reason::none), "Door 101 is locked"},
      {{Command::lock},
       outcome(Verdict::failed, Reason::door_open),
       "Door 101 was not locked: the door is open or ajar"},
      {{Command::unlock},
       outcome(Verdict::failed, Reason::rejected, "exception 4"),
       "Door 101 was not unlocked: the device refused the command (exception 4)"},
      {{Command::lock},
       outcome(Verdict::expired, Reason::none),
       "Door 101 was not locked: the command was not sent in time, nothing moved"},
      {{Command::open},
       outcome(Verdict::unknown_outcome, Reason::no_answer),
       "it cannot be told whether Door 101 was opened: the device does not answer"},
      {{Command::arm_away},
       outcome(Verdict::refused, Reason::zone_active, "Lobby window"),
       "Door 101 was not armed: a sensor is active (Lobby window)"},
      {{Command::release_compartment, 3},
       outcome(Verdict::done, Reason::none),
       "compartment 3 of Door 101 was released"},
  };
  for (const auto& row : table) {
    CHECK(answer_sentence("Door 101", row.command, row.outcome) == row.sentence);
  }
}
