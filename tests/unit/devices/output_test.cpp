#include <doctest/doctest.h>

#include "tests/unit/devices/world.hpp"

// The pulse and hold rules of entrances (spec, the table of kinds), and what heals by itself.
namespace genkan::devices::test {

using domain::Command;
using domain::Outcome;
using domain::Reason;
using domain::Verdict;
using Fate = FakeWire::Fate;

namespace {

struct DoorWorld : World {
  explicit DoorWorld(const std::string& model = "door") {
    add("door", model, 10);
    start();
  }
  std::vector<int> contact() const { return written(10, 0); }
  bool on() { return coil(10, 0) == 1; }
  void hold(bool held) { fleet->hold(DeviceId("door"), held); }
};

}  // namespace

TEST_CASE("entrance: open is on, and off after the pulse time") {
  DoorWorld world;
  const auto pending = world.execute("door", Command::open);
  world.advance(100ms);
  REQUIRE(pending->value);
  CHECK(pending->value->verdict == Verdict::done);  // read back as on
  CHECK(world.on());
  world.advance(1800ms);
  CHECK(world.on());
  world.advance(150ms);
  CHECK_FALSE(world.on());
  CHECK(world.contact() == std::vector{1, 0});
  world.advance(1min);
  CHECK(world.contact().size() == 2);
}

TEST_CASE("entrance: two opens in quick succession make the opening longer, never shorter") {
  DoorWorld world;
  const auto first = world.execute("door", Command::open);
  world.advance(1900ms);
  SUBCASE("the second while the first runs") {}
  // The second write is on its way when the first pulse's time comes.
  SUBCASE("the second at the very end of the first") { world.advance(105ms); }
  const auto second = world.execute("door", Command::open);
  world.advance(1900ms);
  CHECK(first->value->verdict == Verdict::done);
  CHECK(second->value->verdict == Verdict::done);
  CHECK(world.on());
  CHECK(world.contact() == std::vector{1, 1});
  world.advance(300ms);
  CHECK_FALSE(world.on());
}

TEST_CASE("entrance: an opening is switched off until it is read as off") {
  DoorWorld world;
  world.execute("door", Command::open);
  world.advance(500ms);
  SUBCASE("the write is lost again and again") {
    world.wire.fates[10] = {Fate::lost, Fate::lost, Fate::lost};
    world.advance(4s);
  }
  SUBCASE("the device refuses it for a while") {
    world.wire.fates[10] = std::vector(4, Fate::exception);
    world.advance(6s);
  }
  SUBCASE("the device dies and comes back") {
    world.wire.silent.insert(10);
    world.advance(30s);
    CHECK(world.on());
    world.wire.silent.clear();
    world.advance(2s);
  }
  SUBCASE("the line is lost and comes back") {
    world.wire.set_line("unplugged");
    world.advance(10s);
    CHECK(world.on());
    world.wire.set_line("");
    world.advance(2s);
  }
  CHECK_FALSE(world.on());
}

TEST_CASE("entrance: a dead device is not written to without end") {
  DoorWorld world;
  world.execute("door", Command::open);
  world.advance(500ms);
  const auto asked = world.wire.asked;
  world.wire.silent.insert(10);
  world.advance(10min);
  // Probes once a second of two polls, and 5 tries, then one every 30 s with the read it asks for.
  CHECK(world.wire.asked - asked < 1200 + 2 * (5 + 20) + 20);
}

TEST_CASE("entrance: an open that was not sent in time moves nothing, then or later") {
  DoorWorld world;
  world.wire.queue_time = 2s;
  const auto pending = world.execute("door", Command::open, 500ms);
  world.finish(*pending);
  CHECK(pending->value->verdict == Verdict::expired);
  CHECK(pending->took() <= 500ms);
  world.wire.queue_time = 0ms;
  world.advance(10s);
  CHECK(world.contact().empty());
}

TEST_CASE("entrance: an open whose echo was lost is closed after its time all the same") {
  DoorWorld world;
  world.wire.fates[10] = {Fate::lost_echo};
  const Outcome outcome = world.run("door", Command::open);
  CHECK(outcome.verdict == Verdict::done);
  CHECK(world.contact() == std::vector{1});
  world.advance(2500ms);
  CHECK_FALSE(world.on());
}

TEST_CASE("entrance: an open that never reached the device is sent once more") {
  DoorWorld world;
  world.wire.fates[10] = {Fate::lost};
  CHECK(world.run("door", Command::open).verdict == Verdict::done);
  CHECK(world.contact() == std::vector{1});
}

TEST_CASE("entrance by JEMA: while held, open is recorded and nothing is sent") {
  DoorWorld world;
  world.hold(true);
  world.advance(200ms);
  CHECK(world.contact() == std::vector{1});
  const Outcome outcome = world.run("door", Command::open);
  CHECK(outcome.verdict == Verdict::done);
  CHECK(outcome.detail == "held open");
  world.advance(10s);
  CHECK(world.on());
  CHECK(world.contact() == std::vector{1});
}

TEST_CASE("entrance by JEMA: a hold that ends leaves the opening its time") {
  DoorWorld world;
  world.hold(true);
  world.advance(200ms);
  world.run("door", Command::open);
  world.hold(false);
  world.advance(1500ms);
  CHECK(world.on());
  world.advance(1s);
  CHECK_FALSE(world.on());
}

TEST_CASE("entrance by relay: while held, open is off, and on again after the pulse time") {
  DoorWorld world("relay");
  world.hold(true);
  world.advance(200ms);
  CHECK(world.on());
  const Outcome outcome = world.run("door", Command::open);
  CHECK(outcome.verdict == Verdict::done);
  CHECK_FALSE(world.on());
  world.advance(4800ms);
  CHECK_FALSE(world.on());
  SUBCASE("and stays") {
    world.advance(400ms);
    CHECK(world.on());
    world.advance(1min);
    CHECK(world.contact() == std::vector{1, 0, 1});
  }
  SUBCASE("unless the hold ends meanwhile") {
    world.hold(false);
    world.advance(1min);
    CHECK_FALSE(world.on());
  }
}

TEST_CASE("entrance: held is on and stays on, and is made so again after every loss") {
  DoorWorld world;
  world.hold(true);
  world.advance(200ms);
  CHECK(world.on());
  SUBCASE("the device restarts between two reads") { world.coil(10, 0) = 0; }
  SUBCASE("the device is dead for a while and comes back off") {
    world.wire.silent.insert(10);
    world.advance(40s);
    world.coil(10, 0) = 0;
    world.wire.silent.clear();
  }
  SUBCASE("the line is lost while the device restarts") {
    world.wire.set_line("unplugged");
    world.advance(5s);
    world.coil(10, 0) = 0;
    world.wire.set_line("");
  }
  world.advance(2s);
  CHECK(world.on());
  world.hold(false);
  world.advance(500ms);
  CHECK_FALSE(world.on());
}

TEST_CASE("entrance: a device that does not do as it is told is told at growing pauses") {
  DoorWorld world;
  world.wire.physics = [&world](const FakeWire::Write&) { world.coil(10, 0) = 0; };
  world.hold(true);
  world.advance(1min);
  CHECK(world.contact().size() >= 8);
  CHECK(world.contact().size() <= 20);
}

TEST_CASE("entrance: hold_open and end_hold are confirmed by the output") {
  DoorWorld world;
  CHECK(world.run("door", Command::hold_open).verdict == Verdict::done);
  CHECK(world.on());
  world.advance(1min);
  CHECK(world.on());
  CHECK(world.run("door", Command::end_hold).verdict == Verdict::done);
  CHECK_FALSE(world.on());
  CHECK(world.contact() == std::vector{1, 0});
}

TEST_CASE("entrance: a hold that failed does not come true later") {
  DoorWorld world;
  world.wire.silent.insert(10);
  world.advance(2s);
  const Outcome outcome = world.run("door", Command::hold_open);
  CHECK(outcome.verdict == Verdict::failed);
  CHECK(outcome.reason == Reason::no_answer);
  world.wire.silent.clear();
  world.advance(10s);
  CHECK(std::ranges::count(world.contact(), 1) == 0);
  CHECK_FALSE(world.on());
}

TEST_CASE("entrance: end_hold leaves a running opening its time") {
  DoorWorld world;
  world.run("door", Command::open);
  const Outcome outcome = world.run("door", Command::end_hold);
  CHECK(outcome.verdict == Verdict::done);
  CHECK(outcome.detail == "it stays open until its opening time is over");
  CHECK(world.on());
  world.advance(2100ms);
  CHECK_FALSE(world.on());
}

TEST_CASE("start: an output found on without hold or pulse is switched off") {
  for (const std::string model : {"door", "relay", "intercom"}) {
    CAPTURE(model);
    World world;
    world.coil(10, 0) = 1;
    world.add("door", model, 10);
    world.start();
    CHECK(world.written(10, 0) == std::vector{0});
    CHECK(world.coil(10, 0) == 0);
  }
}

TEST_CASE("start: a contact that cannot be read is put to rest once") {
  World world;
  world.coil(10, 5) = 1;
  world.add("door", "blind-door", 10);
  world.start();
  world.advance(10s);
  CHECK(world.written(10, 5) == std::vector{0});
  CHECK(world.run("door", Command::open).verdict == Verdict::done);
  world.advance(10s);
  CHECK(world.written(10, 5) == std::vector{0, 1, 0});
}

TEST_CASE("start: an output that is to be held is left on") {
  World world;
  world.coil(10, 0) = 1;
  world.add("door", "door", 10);
  SUBCASE("told before the device is there") {
    world.fleet->hold(DeviceId("door"), true);
    world.configure();
  }
  SUBCASE("told right after configure") {
    world.configure();
    world.fleet->hold(DeviceId("door"), true);
  }
  world.advance(10s);
  CHECK(world.coil(10, 0) == 1);
  CHECK(std::ranges::count(world.written(10, 0), 0) == 0);
}

TEST_CASE("entrance: somebody else's opening is left alone for its time, and ended after it") {
  World world;
  world.add("intercom", "intercom", 10);
  world.start();
  world.coil(10, 0) = 1;  // a handset's button
  world.advance(4500ms);
  CHECK(world.coil(10, 0) == 1);
  SUBCASE("it ends by itself") {
    world.coil(10, 0) = 0;
    world.advance(10s);
    CHECK(world.wire.writes.empty());
  }
  SUBCASE("it does not") {
    world.advance(1500ms);
    CHECK(world.coil(10, 0) == 0);
  }
}

TEST_CASE("VIS-5: the door release of an intercom is confirmed from the relay") {
  World world;
  world.add("intercom", "intercom", 10);
  world.start();
  const Outcome outcome = world.run("intercom", Command::open);
  CHECK(outcome.verdict == Verdict::done);
  CHECK(outcome.state.is(domain::Field::output, domain::Output::on));
  world.advance(4800ms);
  CHECK(world.coil(10, 0) == 1);
  world.advance(400ms);
  CHECK(world.coil(10, 0) == 0);
}

TEST_CASE("light: on and off stay as they were told, and nothing is switched off at start") {
  World world;
  world.coil(3, 1) = 1;
  world.add("light-1", "light", 3, 1);
  world.add("light-2", "light", 3, 2);
  world.start();
  CHECK(world.wire.writes.empty());
  CHECK(world.run("light-1", Command::on).verdict == Verdict::done);
  world.advance(1min);
  CHECK(world.written(3, 0) == std::vector{1});
  CHECK(world.run("light-1", Command::off).verdict == Verdict::done);
  CHECK(world.written(3, 0) == std::vector{1, 0});
}

TEST_CASE("light: held is kept on; a person's off ends that, and on wins over a release") {
  World world;
  world.add("light-1", "light", 3, 1);
  world.start();
  world.fleet->hold(DeviceId("light-1"), true);
  world.advance(200ms);
  world.coil(3, 0) = 0;
  world.advance(2s);
  CHECK(world.coil(3, 0) == 1);
  CHECK(world.run("light-1", Command::off).verdict == Verdict::done);
  world.advance(10s);
  CHECK(world.coil(3, 0) == 0);
  world.fleet->hold(DeviceId("light-1"), true);
  world.advance(1s);
  world.wire.fates[3] = {Fate::lost};
  world.fleet->hold(DeviceId("light-1"), false);
  CHECK(world.run("light-1", Command::on).verdict == Verdict::done);
  world.advance(10s);
  CHECK(world.coil(3, 0) == 1);
}

TEST_CASE("stop: running openings are closed before the gateway goes") {
  DoorWorld world("relay");
  world.run("door", Command::open);
  const auto closed = world.close_openings(1s);
  world.finish(*closed);
  CHECK(closed->value == true);
  CHECK(closed->took() < 200ms);
  CHECK_FALSE(world.on());
}

TEST_CASE("stop: a door that cannot be closed is told") {
  DoorWorld world;
  world.run("door", Command::open);
  world.wire.silent.insert(10);
  const auto closed = world.close_openings(1s);
  world.finish(*closed);
  CHECK(closed->value == false);
  CHECK(closed->took() <= 1s);
}

}  // namespace genkan::devices::test
