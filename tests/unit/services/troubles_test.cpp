#include <doctest/doctest.h>

#include "tests/unit/services/house.hpp"

using namespace genkan;
using namespace genkan::services::test;
using domain::Field;
using domain::Link;
using Lines = std::vector<std::string>;
using Off = House::Off;

TEST_CASE("TRB-1: a trouble appears once, with its time, and clears once") {
  House house;
  house.fleet->report("lock-101", Field::tamper, 0);
  house.news();
  house.clock.pass(5s);
  house.fleet->report("lock-101", Field::tamper, 1);
  house.fleet->report("lock-101", Field::battery, 80);
  house.pass(3s);
  CHECK(house.news() == Lines{R"(trouble lock-101 {"trouble":"tamper"})"});
  CHECK(house.standing() == Lines{"tamper lock-101"});
  const auto device = house.gateway->device_json(DeviceId("lock-101"));
  REQUIRE(device);
  CHECK(json::serialize(device->at("troubles")) ==
        R"([{"kind":"tamper","device":"lock-101","since":"2026-11-20T00:00:05.000Z",)"
        R"("detail":"","sentence":"cover opened"}])");
  house.fleet->report("lock-101", Field::tamper, 0);
  CHECK(house.news() == Lines{R"(trouble_cleared lock-101 {"trouble":"tamper",)"
                              R"("since":"2026-11-20T00:00:05.000Z"})"});
  CHECK(house.standing().empty());
}

TEST_CASE("TRB-1: a trouble that stands over a restart keeps its time and is told once") {
  House house;
  house.fleet->report("lock-101", Field::tamper, 1);
  house.pass(10s);
  house.restart(Off::killed);
  house.news();
  CHECK(house.standing() == Lines{"tamper lock-101"});
  house.fleet->report("lock-101", Field::tamper, 1);
  house.pass(2s);
  CHECK(house.news().empty());
  house.fleet->report("lock-101", Field::tamper, 0);
  CHECK(house.news().size() == 1);
}

TEST_CASE("TRB-1: a door left open is told at its limit, by the clock alone") {
  House house;
  house.fleet->report("lock-101", Field::door, domain::Door::open);
  house.pass(59s);
  CHECK(house.standing().empty());
  house.pass(1s);
  CHECK(house.standing() == Lines{"door_left_open lock-101"});
  house.restart(Off::killed);
  house.fleet->report("lock-101", Field::door, domain::Door::open);
  house.pass(2s);
  CHECK(house.standing() == Lines{"door_left_open lock-101"});  // it did not shut meanwhile
  house.news();
  house.fleet->report("lock-101", Field::door, domain::Door::closed);
  CHECK(house.standing().empty());
  CHECK(house.news().size() == 2);  // closed, and cleared
}

TEST_CASE("TRB-1: a clock that jumps does not leave a door open") {
  House house;
  house.fleet->report("lock-101", Field::door, domain::Door::open);
  house.clock.jump(std::chrono::hours(24));
  house.pass(5s);
  CHECK(house.standing().empty());
}

TEST_CASE("SEC-10: a line that goes down is one trouble, not one for each device") {
  House house;
  const Lines on_line{"lock-101", "lobby-door", "intercom", "boxes", "bath-101"};
  for (const auto& device : on_line) house.fleet->report(device, Field::tamper, 0);
  house.news();
  house.fleet->set_bus("line-a", "the port is gone");
  CHECK(house.news() == Lines{R"(trouble {"trouble":"line_down","bus":"line-a",)"
                              R"("detail":"the port is gone"})"});
  for (const auto& device : on_line) house.fleet->set_link(device, Link::disconnected);
  house.pass(30s);
  CHECK(house.news().empty());
  CHECK(house.standing() == Lines{"line_down line-a"});
  house.fleet->set_bus("line-a", "");
  house.pass(1s);
  CHECK(house.news().size() == 1);
  for (const auto& device : on_line) {
    if (device != "boxes") house.fleet->set_link(device, Link::fresh);
  }
  house.pass(3s);
  CHECK(house.standing().empty());
  house.pass(3s);  // everyone had time to answer: who is still silent is so by itself
  CHECK(house.standing() == Lines{"device_disconnected boxes"});
}

TEST_CASE("SEC-10: a line's state that nobody told of is noticed") {
  ports::Memory memory = House::first_memory();
  memory.troubles.push_back(
      {{domain::TroubleKind::line_down, {}, BusId("tcp-1")}, WallTime{}, "refused"});
  House house({}, memory);
  CHECK(house.standing() == Lines{"line_down tcp-1"});
  house.pass(6s);
  CHECK(house.standing().empty());
}

TEST_CASE("SEC-4: the panel's cover and power are alarms, told once") {
  House house;
  house.fleet->report("panel", {{{Field::tamper}, 0}, {{Field::power}, 0}});
  house.news();
  house.fleet->report("panel", Field::tamper, 1);
  CHECK(house.news() ==
        Lines{R"(ALARM alarm panel {"trouble":"tamper","alarm":"tamper","name":"Security panel",)"
              R"("text":"a cover may have been opened"})"});
  house.fleet->report("panel", Field::tamper, 0);
  const Lines restored = house.news();
  REQUIRE(restored.size() == 1);
  CHECK(restored[0].starts_with("ALARM alarm_restored panel "));
}

TEST_CASE("ELV-3: an elevator's fault is one alarm and one trouble") {
  House house;
  house.fleet->report("elevator-1", {{{Field::elevator_mode}, 0}, {{Field::fault}, 0}});
  house.news();
  house.fleet->report("elevator-1", {{{Field::elevator_mode}, 3}, {{Field::fault}, 12}});
  CHECK(house.news() == Lines{R"(ALARM elevator_fault elevator-1 {"trouble":"device_fault",)"
                              R"("detail":"code 12"})"});
  CHECK(house.standing() == Lines{"device_fault elevator-1"});
  house.fleet->report("elevator-1", {{{Field::elevator_mode}, 0}, {{Field::fault}, 0}});
  const Lines normal = house.news();
  REQUIRE(normal.size() == 1);
  CHECK(normal[0].starts_with("ALARM elevator_normal elevator-1 "));
}

TEST_CASE("TRB-1: the gateway's own: clock, storage") {
  House house;
  house.news();
  house.clock.trust(ClockTrust::untrusted);
  house.store->set_free_bytes(1024);
  house.store->set_disk(fakes::FakeStore::Disk::failing);
  house.pass(6s);
  CHECK(house.standing() == Lines{"clock_wrong", "storage_nearly_full", "storage_failing"});
  CHECK(house.news().empty());  // there is nowhere to write it yet
  house.clock.trust(ClockTrust::trusted);
  house.store->set_disk(fakes::FakeStore::Disk::working);
  house.store->set_free_bytes(80ULL << 20U);  // between the limits: as it was
  house.pass(6s);
  CHECK(house.standing() == Lines{"storage_nearly_full"});
  CHECK(house.news().size() == 5);  // three appeared, two cleared, in order
  house.store->set_free_bytes(1ULL << 30U);
  house.pass(6s);
  CHECK(house.standing().empty());
}

TEST_CASE("TRB-1: a damaged database that was set aside is told in the run that found it") {
  ports::Memory memory = House::first_memory();
  memory.set_aside = "/var/lib/genkan/damaged-1.db";
  House house({}, memory);
  CHECK(house.standing() == Lines{"database_set_aside"});
  const Lines news = house.news();
  REQUIRE(news.size() == 2);
  CHECK(news[1] == R"(database_set_aside {"trouble":"database_set_aside",)"
                   R"("detail":"/var/lib/genkan/damaged-1.db"})");
  house.restart();
  CHECK(house.standing().empty());
}

TEST_CASE("DEV-31: a device whose profile is missing is shown, told of, and left alone") {
  ports::Memory memory = House::first_memory();
  memory.inventory.devices.front().model = "gone-1";
  House house({}, memory);
  CHECK(house.standing() == Lines{"device_fault lock-101"});
  const auto device = house.gateway->device_json(DeviceId("lock-101"));
  REQUIRE(device);
  CHECK(device->at("link") == "unknown");
  CHECK(device->at("kind") == "unknown");
  CHECK(!house.fleet->reported(DeviceId("lock-101")));
  const auto answer = house.run(house.asked("lock-101", domain::Command::lock));
  CHECK(!answer);
}
