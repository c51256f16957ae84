#include <doctest/doctest.h>

#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services::test;
using domain::Bolt;
using domain::Command;
using domain::Door;
using domain::Field;
using domain::Guard;
using domain::Link;
using domain::Zone;
using Lines = std::vector<std::string>;
using Off = House::Off;

TEST_CASE("HIS-1: history begins with the first change, not with the first sight") {
  House house;
  CHECK(house.news() == Lines{R"(started {"version":"0.0.0"})"});
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  CHECK(house.news().empty());
  house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
  CHECK(house.news() == Lines{"unlocked lock-101"});
}

TEST_CASE("HIS-3: a restart tells each change once, and what happened meanwhile as such") {
  for (const Off off : {Off::stopped, Off::killed}) {
    CAPTURE(static_cast<int>(off));
    House house;
    house.fleet->report("lock-101", Field::bolt, Bolt::locked);
    house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
    house.settle();
    house.restart(off);
    house.news();
    house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
    CHECK(house.news().empty());
    house.restart(off);
    house.news();
    house.fleet->report("lock-101", Field::bolt, Bolt::locked);
    CHECK(house.news() == Lines{R"(locked lock-101 {"while_away":true})"});
    house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
    CHECK(house.news() == Lines{"unlocked lock-101"});
  }
}

TEST_CASE("HIS-3: after a restart each field's first reading may differ, its second is news") {
  House house;
  house.fleet->report("lock-101", {{{Field::bolt}, 1}, {{Field::door}, 0}});
  house.settle();
  house.restart(Off::killed);
  house.news();
  house.fleet->report("lock-101", Field::door, Door::closed);  // the first of two readings
  house.fleet->report("lock-101", {{{Field::bolt}, 0}, {{Field::door}, 1}});
  CHECK(house.news() == Lines{R"(unlocked lock-101 {"while_away":true})", "door_opened lock-101"});
}

TEST_CASE("HIS-3: a change that did not reach the disk before kill -9 is told by the next run") {
  House house;
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  house.settle();
  house.store->set_disk(fakes::FakeStore::Disk::stuck);
  house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
  house.restart(Off::killed);
  house.news();
  house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
  CHECK(house.news() == Lines{R"(unlocked lock-101 {"while_away":true})"});
}

TEST_CASE("HIS-3: the record and what it makes known are one transaction") {
  House house;
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  house.news();
  const auto before = house.store->transactions();
  house.fleet->report("lock-101", {{{Field::bolt}, 0}, {{Field::door}, 1}});
  CHECK(house.news() == Lines{"unlocked lock-101"});
  CHECK(house.store->transactions() == before + 1);
  const auto& kept = house.store->on_disk().last_states.at(DeviceId("lock-101"));
  CHECK(kept.is(Field::bolt, Bolt::unlocked));
}

TEST_CASE("HIS-2: what is not told of is not written to the disk") {
  House house;
  house.fleet->report("elevator-1", {{{Field::floor}, 1}, {{Field::trapped}, 0}});
  house.settle();
  const auto before = house.store->transactions();
  for (int floor = 2; floor < 12; ++floor) {
    house.fleet->report("elevator-1", Field::floor, floor);
    house.settle();
  }
  CHECK(house.store->transactions() == before);
}

TEST_CASE("DEV-13: what happens while a device is silent is told as noticed when it is back") {
  House house;
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  house.fleet->set_link("lock-101", Link::stale);
  house.fleet->report("lock-101", Field::bolt, Bolt::unlocked);
  house.news();
  house.fleet->set_link("lock-101", Link::disconnected);
  CHECK(house.news() == Lines{R"(trouble lock-101 {"trouble":"device_disconnected"})"});
  house.fleet->report("lock-101", Field::bolt, Bolt::locked);
  CHECK(house.news() == Lines{R"(locked lock-101 {"while_away":true})",
                              R"(trouble_cleared lock-101 {"trouble":"device_disconnected",)"
                              R"("since":"2026-11-20T00:00:00.000Z"})"});
}

TEST_CASE("BOX-1: a deposit waits a moment for its room number") {
  House house;
  house.fleet->report("boxes", {{{Field::compartment, 3}, 0}, {{Field::compartment_room, 3}, 0}});
  house.news();
  SUBCASE("which comes with the next reading") {
    house.fleet->report("boxes", Field::compartment, domain::Compartment::deposited, 3);
    house.pass(1s);
    CHECK(house.news().empty());
    house.fleet->report("boxes", Field::compartment_room, 102, 3);
    CHECK(house.news() == Lines{R"(deposited boxes {"compartment":3,"number":102})"});
    CHECK(house.store->records().back().draft.room == RoomId("r102"));
  }
  SUBCASE("or is told without") {
    house.fleet->report("boxes", Field::compartment, domain::Compartment::deposited, 3);
    house.pass(3s);
    CHECK(house.news() == Lines{R"(deposited boxes {"compartment":3})"});
  }
}

TEST_CASE("BOX-3: a release lets its compartment open for half a minute") {
  House house;
  house.fleet->report("boxes", {{{Field::compartment, 3}, 1},
                                {{Field::compartment_room, 3}, 101},
                                {{Field::compartment_door, 3}, 0}});
  house.fleet->set_report(fakes::FakeFleet::Report::never);
  house.news();
  const auto open = [&house] {
    house.fleet->report("boxes", Field::compartment_door, Door::open, 3);
    house.fleet->report("boxes", Field::compartment_door, Door::closed, 3);
    return house.news();
  };
  house.fleet->on_execute([](const DeviceId&, const domain::DeviceCommand&) {
    return domain::Outcome{domain::Verdict::done, {}, "released; its door was not opened yet", {}};
  });
  CHECK(house.command("boxes", Command::release_compartment, 3).message ==
        "compartment 3 of Delivery boxes was released (released; its door was not opened yet)");
  CHECK(house.news().size() == 1);
  house.pass(20s);
  CHECK(open().empty());
  house.pass(12s);
  const Lines alarm = open();
  REQUIRE(alarm.size() == 1);
  CHECK(alarm[0].starts_with("ALARM compartment_forced boxes "));
}

TEST_CASE("SEC-4: an alarm and its restoration, over a restart") {
  House house;
  house.fleet->report("panel", Field::guard, Guard::disarmed);
  house.fleet->report("zone-5", {{{Field::zone}, 0}, {{Field::bypass}, 0}});
  house.news();
  house.fleet->report("panel", Field::guard, Guard::away);
  house.fleet->report("zone-5", Field::zone, Zone::active);
  const std::string alarm =
      R"(ALARM alarm zone-5 {"purpose":"window","name":"Lobby window","alarm":"intrusion",)"
      R"("text":"a sensor may have detected an intrusion"})";
  CHECK(house.news() == Lines{R"(armed panel {"mode":"away"})", alarm});
  house.restart(Off::killed);
  house.news();
  house.fleet->report("zone-5", Field::zone, Zone::active);
  CHECK(house.news().empty());
  house.fleet->report("zone-5", Field::zone, Zone::normal);
  CHECK(house.news() ==
        Lines{R"(ALARM alarm_restored zone-5 {"purpose":"window","name":"Lobby window"})"});
}

TEST_CASE("SEC-9: alarms are in the alarm lane, with their true time") {
  House house;
  house.fleet->report("zone-15", Field::zone, Zone::normal);
  house.store->set_disk(fakes::FakeStore::Disk::failing);
  house.fleet->report("zone-15", Field::zone, Zone::active);
  const WallTime then = house.clock.wall();
  house.pass(30s);
  house.store->set_disk(fakes::FakeStore::Disk::working);
  house.settle();
  bool found = false;
  for (const auto& record : house.store->records()) {
    if (record.draft.kind != domain::RecordKind::alarm) continue;
    found = true;
    CHECK(record.draft.lane == domain::RecordLane::alarm);
    CHECK(record.draft.time == then);
  }
  CHECK(found);
}

TEST_CASE("SEC-2: arming names the open window, then arms, and says once what happened") {
  House house;
  house.fleet->report("panel", Field::guard, Guard::disarmed);
  for (const char* zone : {"zone-1", "zone-13", "zone-15"}) {
    house.fleet->report(zone, {{{Field::zone}, 0}, {{Field::bypass}, 0}});
  }
  house.fleet->report("zone-5", {{{Field::zone}, 1}, {{Field::bypass}, 0}});
  house.news();
  const auto refused = house.command("panel", Command::arm_away);
  CHECK(refused.outcome.verdict == domain::Verdict::refused);
  CHECK(refused.outcome.reason == domain::Reason::zone_active);
  CHECK(refused.message == "Security panel was not armed: a sensor is active (Lobby window)");
  CHECK(house.fleet->executed().empty());
  CHECK(house.news() ==
        Lines{R"(command_refused panel by user:anna {"command":"arm_away","verdict":"refused",)"
              R"("reason":"zone_active","detail":"Lobby window","took_ms":0,"request":1})"});
  house.fleet->report("zone-5", Field::zone, Zone::normal);
  house.news();
  CHECK(house.command("panel", Command::arm_away).outcome.verdict == domain::Verdict::done);
  CHECK(house.news() ==
        Lines{R"(armed panel by user:anna {"how":"remote","request":2,"mode":"away"})"});
  const auto again = house.command("panel", Command::arm_home);
  CHECK(again.outcome.reason == domain::Reason::already_armed);  // SEC-3
}

TEST_CASE("SEC-2: a panel that says no because a zone went active meanwhile says which") {
  House house;
  house.fleet->report("panel", Field::guard, Guard::disarmed);
  for (const char* zone : {"zone-1", "zone-5", "zone-13", "zone-15"}) {
    house.fleet->report(zone, {{{Field::zone}, 0}, {{Field::bypass}, 0}});
  }
  house.fleet->on_execute([&house](const DeviceId&, const domain::DeviceCommand&) {
    house.fleet->report("zone-5", Field::zone, Zone::active);
    return domain::Outcome{domain::Verdict::failed, domain::Reason::rejected, "exception 4", {}};
  });
  const auto answer = house.command("panel", Command::arm_away);
  CHECK(answer.outcome.reason == domain::Reason::zone_active);
  CHECK(answer.outcome.detail == "Lobby window");
}

TEST_CASE("SEC-8: disarming from afar needs the building's setting and the right") {
  services::GatewayPolicy policy;
  for (const bool enabled : {false, true}) {
    CAPTURE(enabled);
    policy.remote_disarm = enabled;
    House house(policy);
    house.fleet->report("panel", Field::guard, Guard::away);
    const auto answer =
        house.run(house.gateway->command(installer, DeviceId("panel"), {Command::disarm}, 1s));
    REQUIRE(answer);
    CHECK(answer->outcome.verdict == (enabled ? domain::Verdict::done : domain::Verdict::refused));
    CHECK(house.fleet->executed().size() == (enabled ? 1 : 0));
  }
}

TEST_CASE("DEV-10: a hold is kept over a restart, and one that failed is not") {
  House house;
  const DeviceId door("lobby-door");
  house.fleet->report("lobby-door", Field::output, domain::Output::off);
  house.news();
  house.fleet->on_execute([](const DeviceId&, const domain::DeviceCommand&) {
    return domain::Outcome{domain::Verdict::failed, domain::Reason::no_answer, {}, {}};
  });
  house.command("lobby-door", Command::hold_open);
  CHECK(house.fleet->held().empty());
  CHECK(house.store->on_disk().held.empty());
  house.fleet->on_execute({});
  house.news();
  // The request that failed a moment ago does not take the credit.
  house.command("lobby-door", Command::hold_open);
  CHECK(house.news() ==
        Lines{R"(hold_began lobby-door by user:anna {"how":"remote","request":2})"});
  CHECK(house.fleet->held().contains(door));
  house.restart(Off::killed);
  CHECK(house.fleet->held().contains(door));
  house.news();
  // The output falls while the gateway is away and is made so again: no news.
  house.fleet->report("lobby-door", Field::output, domain::Output::off);
  house.fleet->report("lobby-door", Field::output, domain::Output::on);
  CHECK(house.news().empty());
  CHECK(house.gateway->device_json(door)->at("held").as_bool());
  house.command("lobby-door", Command::end_hold);
  CHECK(house.news() ==
        Lines{R"(hold_ended lobby-door by user:anna {"how":"remote","request":1})"});
  CHECK(house.fleet->held().empty());
  CHECK(house.store->on_disk().held.empty());
}

TEST_CASE("DEV-10: the end of a hold is desired even if the device is away") {
  House house;
  house.fleet->report("lobby-door", Field::output, domain::Output::off);
  house.command("lobby-door", Command::hold_open);
  house.fleet->on_execute([](const DeviceId&, const domain::DeviceCommand&) {
    return domain::Outcome{domain::Verdict::failed, domain::Reason::no_answer, {}, {}};
  });
  house.command("lobby-door", Command::end_hold);
  CHECK(house.fleet->held().empty());
  CHECK(house.store->on_disk().held.empty());
}
