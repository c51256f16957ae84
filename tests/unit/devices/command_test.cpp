#include <doctest/doctest.h>

#include "tests/unit/devices/world.hpp"

// DEV-10: asked, sent, read back, or the reason why not.
namespace genkan::devices::test {

using domain::Bolt;
using domain::Command;
using domain::Field;
using domain::Outcome;
using domain::Reason;
using domain::Verdict;
using Fate = FakeWire::Fate;

namespace {

constexpr std::uint16_t door_open_bit = 4;
constexpr std::uint16_t power_lost_bit = 64;

// A started world with one lock of `model` at unit 1.
struct LockWorld : World {
  explicit LockWorld(const std::string& model = "lock") {
    add("lock-1", model, 1);
    bolt(1);
    start();
  }
};

}  // namespace

TEST_CASE("DEV-10: lock is done only when the bolt reports it") {
  LockWorld world;
  const auto pending = world.execute("lock-1", Command::lock);
  world.advance(200ms);
  CHECK(world.written(1, 0) == std::vector{1});
  CHECK_FALSE(pending->value);  // echoed, but the bolt is on its way
  world.finish(*pending);
  CHECK(pending->value->verdict == Verdict::done);
  CHECK(pending->value->state.is(Field::bolt, Bolt::locked));
  CHECK(pending->took() >= 400ms);
  CHECK(pending->took() < 500ms);  // the read-back is hurried, not left to the cycle
}

TEST_CASE("latency: the first write reaches the bus in the turn that asks for it") {
  LockWorld world;
  const auto asked = world.wire.asked;
  const auto pending = world.execute("lock-1", Command::lock);
  world.io.restart();
  CHECK(world.io.poll_one() == 1);
  CHECK(world.wire.asked == asked + 1);
  world.finish(*pending);
  CHECK(world.wire.writes.front().lane == bus::Lane::command);
}

TEST_CASE("DEV-10: a state that holds already is written all the same") {
  LockWorld world;
  const Outcome outcome = world.run("lock-1", Command::unlock);
  CHECK(outcome.verdict == Verdict::done);
  CHECK(world.written(1, 0) == std::vector{0});
}

TEST_CASE("DEV-10: why a lock is not locked") {
  struct Case {
    const char* name;
    std::uint16_t status;  // that the device reports from the write on, whatever it is told
    std::uint16_t fault;
    Reason reason;
    const char* detail;
    std::chrono::milliseconds at_most;
  };
  const Case cases[] = {
      {"the door is open", door_open_bit, 0, Reason::door_open, "", 1200ms},
      {"the bolt jams", 3, 0, Reason::bolt_fault, "the bolt is jammed", 200ms},
      {"the bolt jams with a code", 3, 17, Reason::bolt_fault, "fault code 17", 200ms},
      {"the bolt does not move", 0, 0, Reason::bolt_fault, "the bolt did not move", 3200ms},
      {"the bolt stops on its way", 2, 0, Reason::bolt_fault, "the bolt is still on its way",
       3200ms},
      {"the supply is lost", power_lost_bit, 0, Reason::no_power, "", 3200ms},
  };
  for (const Case& each : cases) {
    CAPTURE(each.name);
    LockWorld world;
    world.wire.physics = [&world, &each](const FakeWire::Write&) {
      world.input(1, 0) = each.status;
      world.input(1, 1) = each.fault;
    };
    const auto pending = world.execute("lock-1", Command::lock);
    world.finish(*pending);
    CHECK(pending->value->verdict == Verdict::failed);
    CHECK(pending->value->reason == each.reason);
    CHECK(pending->value->detail == each.detail);
    CHECK(pending->took() <= each.at_most);
    CHECK_FALSE(pending->value->state.empty());
  }
}

TEST_CASE("DEV-10: after a standstill of the program the bolt is looked at before it is judged") {
  struct Row {
    std::string what;
    std::chrono::milliseconds travel;
    Verdict verdict;
  };
  const Row table[] = {{"it arrived meanwhile", 400ms, Verdict::done},
                       {"it never arrives", 60s, Verdict::failed}};
  for (const auto& row : table) {
    CAPTURE(row.what);
    LockWorld world;
    world.bolt(1, row.travel);
    const auto pending = world.execute("lock-1", Command::lock, 30s);
    world.advance(200ms);
    world.time.stand_still(5s);
    world.finish(*pending);
    CHECK(pending->value->verdict == row.verdict);
    CHECK(pending->took() < 7s);
  }
}

TEST_CASE("DEV-10: a standstill past the deadline ends the command all the same") {
  LockWorld world;
  const auto pending = world.execute("lock-1", Command::lock, 2s);
  world.advance(200ms);
  world.time.stand_still(5s);
  world.advance(10ms);
  REQUIRE(pending->value);
  CHECK(pending->value->reason == Reason::timed_out);
}

TEST_CASE("DEV-10: an open door is no reason against unlocking") {
  LockWorld world;
  world.input(1, 0) = 1 | door_open_bit;
  world.advance(300ms);
  CHECK(world.run("lock-1", Command::unlock).verdict == Verdict::done);
}

TEST_CASE("DEV-10: the answers of the wire and what they come to") {
  struct Case {
    const char* name;
    std::vector<Fate> fates;
    Verdict verdict;
    Reason reason;
    std::size_t writes;  // that reached the device
  };
  const Case cases[] = {
      {"taken", {}, Verdict::done, Reason::none, 1},
      {"echo lost, but it took: not sent again", {Fate::lost_echo}, Verdict::done, Reason::none, 1},
      {"echo damaged, but it took", {Fate::damaged_echo}, Verdict::done, Reason::none, 1},
      {"lost on the way: sent once more", {Fate::lost}, Verdict::done, Reason::none, 1},
      {"lost twice: given up", {Fate::lost, Fate::lost}, Verdict::failed, Reason::no_answer, 0},
      {"exception", {Fate::exception}, Verdict::failed, Reason::rejected, 0},
  };
  for (const std::string model : {"lock", "polled-lock"}) {
    for (const Case& each : cases) {
      CAPTURE(model);
      CAPTURE(each.name);
      LockWorld world(model);
      world.wire.fates[1] = each.fates;
      const Outcome outcome = world.run("lock-1", Command::lock);
      CHECK(outcome.verdict == each.verdict);
      CHECK(outcome.reason == each.reason);
      CHECK(world.wire.writes.size() == each.writes);
    }
  }
}

TEST_CASE("DEV-10: an exception is told by name") {
  LockWorld world;
  world.wire.fates[1] = {Fate::exception};
  world.wire.exception = 3;
  CHECK(world.run("lock-1", Command::lock).detail == "illegal data value (exception 3)");
}

TEST_CASE("DEV-10: a device that falls silent with the command leaves the outcome unknown") {
  LockWorld world;
  world.wire.silent.insert(1);
  const auto pending = world.execute("lock-1", Command::lock);
  world.finish(*pending);
  CHECK(pending->value->verdict == Verdict::unknown_outcome);
  CHECK(pending->value->reason == Reason::no_answer);
  CHECK(pending->took() < 4s);  // a person waits seconds
}

TEST_CASE("DEV-10: a device known to be silent is failed at the first time-out") {
  LockWorld world;
  world.wire.silent.insert(1);
  world.advance(2s);
  const auto pending = world.execute("lock-1", Command::lock);
  world.finish(*pending);
  CHECK(pending->value->verdict == Verdict::failed);
  CHECK(pending->value->reason == Reason::no_answer);
  CHECK(pending->took() <= 250ms);
  CHECK(pending->value->state.empty());
}

TEST_CASE("DEV-10: damaged answers all along are wrong_answer") {
  LockWorld world;
  world.wire.fates[1] = {Fate::damaged_echo};
  world.wire.crc.insert(1);
  const Outcome outcome = world.run("lock-1", Command::lock);
  CHECK(outcome.verdict == Verdict::unknown_outcome);
  CHECK(outcome.reason == Reason::wrong_answer);
}

TEST_CASE("DEV-10: echoed, but never read back, is unknown") {
  LockWorld world;
  world.wire.physics = [&world](const FakeWire::Write&) { world.wire.silent.insert(1); };
  const Outcome outcome = world.run("lock-1", Command::lock);
  CHECK(outcome.verdict == Verdict::unknown_outcome);
  CHECK(outcome.reason == Reason::no_answer);
}

TEST_CASE("DEV-10: line down is told at once, and nothing is sent") {
  LockWorld world;
  world.wire.set_line("/dev/ttyS0 is gone");
  world.advance(10ms);
  const auto pending = world.execute("lock-1", Command::lock);
  world.finish(*pending);
  CHECK(pending->value->verdict == Verdict::failed);
  CHECK(pending->value->reason == Reason::line_down);
  CHECK(pending->value->detail == "/dev/ttyS0 is gone");
  CHECK(pending->took() <= 10ms);
  CHECK(world.wire.writes.empty());
}

TEST_CASE("DEV-10: the line goes while the bolt moves") {
  LockWorld world;
  const auto pending = world.execute("lock-1", Command::lock);
  world.advance(100ms);
  world.wire.set_line("unplugged");
  world.finish(*pending);
  CHECK(pending->value->verdict == Verdict::unknown_outcome);
  CHECK(pending->value->reason == Reason::line_down);
}

TEST_CASE("DEV-10: expired before its turn, and nothing moves") {
  LockWorld world;
  SUBCASE("the deadline has passed already") {
    const Outcome outcome = world.run("lock-1", Command::lock, 0ms);
    CHECK(outcome.verdict == Verdict::expired);
  }
  SUBCASE("it waits behind another") {
    world.bolt(1, 2s);
    const auto first = world.execute("lock-1", Command::lock);
    const auto second = world.execute("lock-1", Command::lock, 1000ms);
    world.finish(*second);
    CHECK(second->value->verdict == Verdict::expired);
    CHECK(second->took() == 1000ms);
    world.finish(*first);
    CHECK(first->value->verdict == Verdict::done);
    CHECK(world.written(1, 0).size() == 1);
  }
  world.advance(5s);
  CHECK(world.wire.writes.size() <= 1);
}

TEST_CASE("DEV-10: it ends at its deadline, however the wire behaves") {
  LockWorld world;
  SUBCASE("the bus says nothing at all") {
    world.wire.stuck = true;
    const auto pending = world.execute("lock-1", Command::lock, 700ms);
    world.finish(*pending);
    CHECK(pending->value->verdict == Verdict::unknown_outcome);
    CHECK(pending->took() <= 700ms);
  }
  SUBCASE("the bolt is slower than the caller's patience") {
    const auto pending = world.execute("lock-1", Command::lock, 300ms);
    world.finish(*pending);
    CHECK(pending->value->verdict == Verdict::failed);
    CHECK(pending->value->reason == Reason::timed_out);
    CHECK(pending->took() <= 300ms);
  }
}

TEST_CASE("DEV-10: a waiting command that a newer one contradicts is superseded") {
  LockWorld world;
  const auto running = world.execute("lock-1", Command::lock);
  const auto waiting = world.execute("lock-1", Command::lock);
  const auto newer = world.execute("lock-1", Command::unlock);
  world.advance(1ms);
  REQUIRE(waiting->value);
  CHECK(waiting->value->verdict == Verdict::refused);
  CHECK(waiting->value->reason == Reason::superseded);
  world.finish(*newer);
  CHECK(running->value->verdict == Verdict::done);
  CHECK(newer->value->verdict == Verdict::done);
  CHECK(world.written(1, 0) == std::vector{1, 0});
}

TEST_CASE("DEV-10: eight commands wait for a device, the ninth is refused") {
  LockWorld world;
  std::vector<std::shared_ptr<Pending<Outcome>>> all;
  for (int i = 0; i < 10; ++i) all.push_back(world.execute("lock-1", Command::lock));
  world.advance(1ms);
  for (std::size_t i = 0; i < 9; ++i) CHECK_FALSE(all[i]->value);
  REQUIRE(all[9]->value);
  CHECK(all[9]->value->reason == Reason::busy);
  CHECK(all[9]->value->verdict == Verdict::refused);
  world.advance(9s);
  for (std::size_t i = 0; i < 9; ++i) CHECK(all[i]->value);
  CHECK(world.written(1, 0).size() == 9);
}

TEST_CASE("DEV-10: what a device or its model does not have is refused, and nothing is sent") {
  World world;
  world.add("lock-1", "lock", 1);
  world.add("boxes", "box", 2);
  world.start();
  CHECK(world.run("nobody", Command::lock).reason == Reason::unknown_device);
  CHECK(world.run("lock-1", Command::open).reason == Reason::unknown_command);
  CHECK(world.run("boxes", Command::release_compartment, 10s, 0).reason == Reason::invalid);
  const Outcome outcome = world.run("boxes", Command::release_compartment, 10s, 13);
  CHECK(outcome.verdict == Verdict::refused);
  CHECK(outcome.detail == "the part of release_compartment is 1 to 12");
  CHECK(world.run("lock-1", Command::lock, 10s, 3).reason == Reason::invalid);
  CHECK(world.wire.writes.empty());
}

TEST_CASE("toggle: read just before, and not sent if it is so already") {
  World world;
  world.add("store", "toggle-lock", 1);
  world.wire.physics = [&world](const FakeWire::Write& write) {
    if (write.address == 1 && write.value == 1) world.discrete(1, 1) ^= 1;
  };
  world.start();
  CHECK(world.run("store", Command::lock).verdict == Verdict::done);
  CHECK(world.discrete(1, 1) == 1);
  world.advance(2s);
  CHECK(world.written(1, 1) == std::vector{1, 0});  // the pulse ends

  const Outcome again = world.run("store", Command::lock);
  CHECK(again.verdict == Verdict::done);
  CHECK(again.detail == "it was so already");
  CHECK(world.written(1, 1).size() == 2);

  // Turned by hand right before the command: the state of the last poll would lie.
  world.discrete(1, 1) = 0;
  CHECK(world.run("store", Command::unlock).verdict == Verdict::done);
  CHECK(world.discrete(1, 1) == 0);
  CHECK(world.written(1, 1).size() == 2);
}

TEST_CASE("toggle: never sent twice, and never without having been read") {
  World world;
  world.add("store", "toggle-lock", 1);
  world.start();
  SUBCASE("lost on the way") {
    world.wire.fates[1] = {Fate::lost};
    const Outcome outcome = world.run("store", Command::lock);
    CHECK(outcome.verdict == Verdict::failed);
    CHECK(outcome.reason == Reason::bolt_fault);
    CHECK(std::ranges::count(world.written(1, 1), 1) == 0);
  }
  SUBCASE("the device does not answer") {
    world.wire.silent.insert(1);
    const Outcome outcome = world.run("store", Command::lock);
    CHECK(outcome.verdict == Verdict::failed);
    CHECK(outcome.reason == Reason::no_answer);
    CHECK(outcome.detail == "nothing was sent, as it could not be read first");
    CHECK(world.wire.writes.empty());
  }
}

TEST_CASE("air conditioner: on also sets the automatic mode") {
  World world;
  world.add("air", "air", 3);
  world.wire.at(3, bus::Table::holding, 16) = 2;
  world.start();
  const Outcome outcome = world.run("air", Command::on);
  CHECK(outcome.verdict == Verdict::done);
  CHECK(outcome.state.is(Field::mode, domain::AirMode::automatic));
  CHECK(world.written(3, 16, bus::Table::holding) == std::vector{0});
  CHECK(world.written(3, 16) == std::vector{1});
}

TEST_CASE("air conditioner: a lost mode is read back and sent again before the rest") {
  World world;
  world.add("air", "air", 3);
  world.wire.at(3, bus::Table::holding, 16) = 2;
  world.start();
  world.wire.fates[3] = {Fate::lost};
  const Outcome outcome = world.run("air", Command::on);
  CHECK(outcome.verdict == Verdict::done);
  CHECK(outcome.state.is(Field::mode, domain::AirMode::automatic));
}

TEST_CASE("box: the part is the compartment") {
  World world;
  world.add("boxes", "box", 2);
  world.wire.physics = [&world](const FakeWire::Write& write) {
    world.discrete(2, static_cast<std::uint16_t>(32 + write.address)) = 1;
  };
  world.start();
  const Outcome outcome = world.run("boxes", Command::release_compartment, 10s, 3);
  CHECK(outcome.verdict == Verdict::done);
  CHECK(outcome.state.is(Field::compartment_door, domain::Door::open, 3));
  CHECK(world.written(2, 2) == std::vector{1});
}

TEST_CASE("box: the echo is enough where the door stays shut") {
  World world;
  world.add("boxes", "box", 2);
  world.start();
  const auto pending = world.execute("boxes", Command::release_compartment, 10s, 3);
  world.finish(*pending);
  CHECK(pending->value->verdict == Verdict::done);
  CHECK(pending->value->detail == "released; its door was not opened yet");
  CHECK(pending->took() < 2100ms);
}

TEST_CASE("SEC-2: arming that an active zone prevents names the zone") {
  World world;
  world.add("panel", "panel", 1);
  for (std::uint16_t i = 1; i <= 3; ++i) {
    auto& zone = world.add("zone-" + std::to_string(i), "zone", 1, i);
    zone.panel = DeviceId("panel");
  }
  world.inventory.devices.back().name = "Lobby window";
  world.discrete(1, 2) = 1;
  world.start();
  world.wire.fates[1] = {Fate::exception};
  Outcome outcome = world.run("panel", Command::arm_away);
  CHECK(outcome.verdict == Verdict::failed);
  CHECK(outcome.reason == Reason::zone_active);
  CHECK(outcome.detail == "Lobby window");

  CHECK(world.run("zone-3", Command::bypass).verdict == Verdict::done);
  world.wire.fates[1] = {Fate::exception};
  outcome = world.run("panel", Command::arm_away);
  CHECK(outcome.reason == Reason::rejected);
  CHECK(outcome.detail == "server device failure (exception 4)");

  world.wire.physics = [&world](const FakeWire::Write& write) {
    if (write.table == bus::Table::holding) world.input(1, 0) = write.value == 3 ? 0 : write.value;
  };
  CHECK(world.run("panel", Command::arm_home).verdict == Verdict::done);
  CHECK(world.run("panel", Command::disarm).verdict == Verdict::done);
  CHECK(world.written(1, 0, bus::Table::holding) == std::vector{2, 3});
}

TEST_CASE("commands: those of the profile's plan that the kind has") {
  World world;
  world.add("intercom", "intercom", 1);
  world.add("door", "door", 2);
  world.add("button", "button", 3);
  world.configure();
  CHECK(world.fleet->commands(DeviceId("intercom")) == std::vector{Command::open});
  CHECK(world.fleet->commands(DeviceId("door")) ==
        std::vector{Command::open, Command::hold_open, Command::end_hold});
  CHECK(world.fleet->commands(DeviceId("button")).empty());
  CHECK(world.fleet->commands(DeviceId("nobody")).empty());
}

}  // namespace genkan::devices::test
