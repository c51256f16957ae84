#include <doctest/doctest.h>

#include "tests/unit/devices/world.hpp"

namespace genkan::devices::test {

using domain::Command;
using domain::Link;
using domain::Reason;
using domain::Verdict;
using Table = ports::RegisterQuestion::Table;

TEST_CASE("configure: what is the same goes on undisturbed") {
  World world;
  world.add("lock-1", "lock", 1);
  world.add("lock-2", "lock", 2);
  world.start();
  const auto polls = world.wire.polls_added;
  world.told.changes.clear();
  world.inventory.devices[0].name = "Front door";
  world.inventory.buses[0].name = "Line A";
  world.add("lock-3", "lock", 3);
  world.configure();
  CHECK(world.link("lock-1") == Link::fresh);
  CHECK(world.wire.opened == 1);
  CHECK(world.wire.polls_added == polls + 1);
  CHECK(world.told.changes.empty());
  world.advance(250ms);
  CHECK(world.link("lock-3") == Link::fresh);
}

TEST_CASE("configure: a channel more in a unit does not unsettle its neighbours") {
  World world;
  world.add("relay-1", "relay", 4, 1);
  world.start();
  world.fleet->hold(DeviceId("relay-1"), true);
  world.advance(200ms);
  world.told.changes.clear();
  world.add("relay-2", "relay", 4, 2);
  world.configure();
  world.advance(500ms);
  CHECK(world.link("relay-2") == Link::fresh);
  CHECK(world.link("relay-1") == Link::fresh);
  CHECK(world.coil(4, 0) == 1);
  for (const auto& change : world.told.changes) CHECK(change.device == "relay-2");
}

TEST_CASE("DEV-31: a model that is another now begins anew, the others go on undisturbed") {
  World world;
  world.add("lock-1", "lock", 1);
  world.add("relay-1", "relay", 4, 1);
  world.bolt(1, 2s);
  world.start();
  world.fleet->hold(DeviceId("relay-1"), true);
  world.advance(200ms);
  const auto running = world.execute("lock-1", Command::lock);
  world.advance(100ms);
  world.told.changes.clear();
  profile::Catalog fresh;
  Problems problems;
  for (const auto name : world.models.names()) {
    profile::Profile profile = *world.models.profile(name);
    if (name == "lock") profile.text[0] = 1;  // as if its file said something else
    fresh.add(std::move(profile), problems);
  }
  CHECK(world.models.replace(fresh) == std::vector<std::string>{"lock"});
  world.configure();
  world.advance(500ms);
  CHECK(running->value->verdict == Verdict::unknown_outcome);
  CHECK(world.link("lock-1") == Link::fresh);
  CHECK(world.link("relay-1") == Link::fresh);
  CHECK(world.coil(4, 0) == 1);
  for (const auto& change : world.told.changes) CHECK(change.device == "lock-1");
  world.advance(3s);
  CHECK(world.run("lock-1", Command::unlock).verdict == Verdict::done);
}

TEST_CASE("configure: a device that goes is not asked any more, and its command ends") {
  World world;
  world.add("lock-1", "lock", 1);
  world.bolt(1, 2s);
  world.start();
  const auto running = world.execute("lock-1", Command::lock);
  const auto waiting = world.execute("lock-1", Command::lock);
  world.advance(100ms);
  world.inventory.devices.clear();
  world.configure();
  world.advance(1ms);
  CHECK(running->value->verdict == Verdict::unknown_outcome);
  CHECK(waiting->value->verdict == Verdict::refused);
  CHECK(waiting->value->reason == Reason::unknown_device);
  CHECK_FALSE(world.fleet->reported(DeviceId("lock-1")));
  CHECK(world.wire.polls().empty());
  CHECK(world.wire.forgotten.contains(1));
}

TEST_CASE("configure: an open door that is taken off the gateway is closed first") {
  World world;
  world.add("door", "door", 10);
  world.start();
  world.run("door", Command::open);
  CHECK(world.coil(10, 0) == 1);
  world.inventory.devices.clear();
  SUBCASE("its bus stays") {}
  SUBCASE("its bus goes with it") { world.inventory.buses.erase(world.inventory.buses.begin()); }
  world.configure();
  world.advance(50ms);
  CHECK(world.coil(10, 0) == 0);
}

TEST_CASE("configure: a moved device keeps its hold") {
  World world;
  world.add("door", "door", 10);
  world.start();
  world.fleet->hold(DeviceId("door"), true);
  world.advance(200ms);
  world.inventory.devices[0].unit = 11;
  world.configure();
  world.advance(500ms);
  CHECK(world.coil(10, 0) == 0);
  CHECK(world.coil(11, 0) == 1);
}

TEST_CASE("configure: another port is another bus") {
  World world;
  world.add("lock-1", "lock", 1);
  world.start();
  world.inventory.buses[0].line = domain::SerialLine{.path = "/dev/ttyS1"};
  world.configure();
  CHECK(world.wire.opened == 2);
  world.advance(250ms);
  CHECK(world.link("lock-1") == Link::fresh);
}

TEST_CASE("configure: an unknown model is left out, and the others work") {
  World world;
  world.add("strange", "no-such-model", 9);
  world.add("lock-1", "lock", 1);
  world.start();
  CHECK_FALSE(world.fleet->reported(DeviceId("strange")));
  CHECK(world.link("lock-1") == Link::fresh);
}

TEST_CASE("configure: the unit's traits come from its profile") {
  World world;
  world.add("lock-1", "lock", 1);
  world.configure();
  CHECK(world.wire.traits[1].response_timeout == 200ms);
  CHECK(world.wire.traits[1].lateness == 300ms);
}

TEST_CASE("configure: from within what the fleet tells") {
  struct Meddler final : ports::FleetListener {
    explicit Meddler(World& in) : world(in) {}
    void on_reported(const DeviceId&, const domain::Reported&, const domain::Reported&) override {
      if (std::exchange(done, true)) return;
      world.inventory.devices.clear();
      world.configure();
    }
    void on_bus(const BusId&, const std::string&) override {}
    World& world;
    bool done = false;
  };
  World world;
  for (std::uint16_t i = 1; i <= 3; ++i) world.add("light-" + std::to_string(i), "light", 3, i);
  Meddler meddler(world);
  world.fleet->listen(meddler);
  world.configure();
  world.advance(1s);
  CHECK(meddler.done);
  CHECK_FALSE(world.fleet->reported(DeviceId("light-1")));
}

TEST_CASE("stop: what waits ends, and nothing touches the fleet after it") {
  World world;
  world.add("lock-1", "lock", 1);
  world.add("door", "door", 10);
  world.bolt(1, 2s);
  world.start();
  const auto opened = world.execute("door", Command::open);
  const auto running = world.execute("lock-1", Command::lock);
  const auto waiting = world.execute("lock-1", Command::lock);
  world.advance(100ms);
  const auto refresh = world.refresh("lock-1");
  const auto scan = world.scan("line", 20, 40);
  world.io.restart();
  world.io.poll();
  world.fleet.reset();
  world.advance(1s);
  CHECK(running->value->reason == Reason::stopping);
  CHECK(waiting->value->reason == Reason::stopping);
  CHECK(waiting->value->verdict == Verdict::refused);
  REQUIRE_FALSE(refresh->value->has_value());
  CHECK(refresh->value->error().code() == ErrorCode::cancelled);
  REQUIRE_FALSE(scan->value->has_value());
  CHECK(scan->value->error().code() == ErrorCode::cancelled);
  CHECK(opened->value->verdict == Verdict::done);
}

TEST_CASE("stop: without the loop ever running again") {
  World world;
  world.add("lock-1", "lock", 1);
  world.bolt(1, 2s);
  world.start();
  world.execute("lock-1", Command::lock);
  world.execute("lock-1", Command::lock);
  world.refresh("lock-1");
  world.io.restart();
  world.io.poll();
  world.fleet.reset();  // the sanitizers judge
  CHECK_FALSE(world.fleet);
}

TEST_CASE("ask: an installer reads and writes registers in the bulk lane") {
  World world;
  world.wire.at(9, bus::Table::holding, 100) = 42;
  world.configure();
  const auto read = world.ask(
      "line", {.unit = 9, .table = Table::holding, .address = 100, .count = 2, .write = {}});
  world.finish(*read);
  CHECK(**read->value == std::vector<std::uint16_t>{42, 0});
  const auto write = world.ask(
      "line", {.unit = 9, .table = Table::coil, .address = 3, .count = 1, .write = {{1}}});
  world.finish(*write);
  CHECK(write->value->has_value());
  CHECK(world.wire.writes.back().lane == bus::Lane::bulk);
  CHECK(world.coil(9, 3) == 1);
}

TEST_CASE("ask: a wrong question gets a sentence and is not sent") {
  struct Case {
    ports::RegisterQuestion question;
    const char* sentence;
  };
  const Case cases[] = {
      {{.unit = 1, .table = Table::input, .address = 0, .count = 126, .write = {}},
       "the count is 1 to 125 for this table"},
      {{.unit = 1, .table = Table::coil, .address = 0, .count = 0, .write = {}},
       "the count is 1 to 2000 for this table"},
      {{.unit = 0, .table = Table::coil, .address = 0, .count = 1, .write = {}},
       "a unit on a serial line is 1 to 247"},
      {{.unit = 1, .table = Table::holding, .address = 65'535, .count = 2, .write = {}},
       "address 65535 and count 2 reach past 65535"},
      {{.unit = 1, .table = Table::discrete, .address = 0, .count = 1, .write = {{1}}},
       "only coil and holding registers can be written"},
      {{.unit = 1, .table = Table::coil, .address = 0, .count = 1, .write = {{2}}},
       "the value of a coil is 0 or 1"},
  };
  World world;
  world.configure();
  for (const Case& each : cases) {
    const auto pending = world.ask("line", each.question);
    world.finish(*pending);
    REQUIRE_FALSE(pending->value->has_value());
    CHECK(pending->value->error().code() == ErrorCode::invalid);
    CHECK(pending->value->error().message() == each.sentence);
  }
  CHECK(world.wire.asked == 0);
  const auto nowhere = world.ask("no-bus", {});
  world.finish(*nowhere);
  REQUIRE_FALSE(nowhere->value->has_value());
  CHECK(nowhere->value->error().code() == ErrorCode::unknown);
}

TEST_CASE("ask: what the unit says is told") {
  World world;
  world.configure();
  world.wire.silent.insert(9);
  const auto silent = world.ask("line", {.unit = 9, .write = {}});
  world.finish(*silent);
  REQUIRE_FALSE(silent->value->has_value());
  CHECK(silent->value->error().message() == "bus line: unit 9 does not answer");
  world.wire.refused_reads.insert({8, 0});
  const auto refused = world.ask("line", {.unit = 8, .write = {}});
  world.finish(*refused);
  REQUIRE_FALSE(refused->value->has_value());
  CHECK(refused->value->error().code() == ErrorCode::rejected);
  CHECK(refused->value->error().message() ==
        "bus line: unit 8 refused: illegal data address (exception 2)");
}

TEST_CASE("DEV-30: a scan finds who answers, and leaves units in use alone") {
  World world;
  world.add("lock-2", "lock", 2);
  world.add("lock-5", "lock", 5);
  for (const int unit : {1, 5, 6}) world.wire.silent.insert(static_cast<std::uint8_t>(unit));
  world.wire.refused_reads.insert({4, 0});
  world.start();
  world.advance(2s);
  const auto pending = world.scan("line", 1, 6);
  world.finish(*pending);
  REQUIRE(pending->value->has_value());
  std::vector<std::pair<int, std::string>> hits;
  for (const auto& hit : **pending->value) hits.emplace_back(hit.unit, hit.answered);
  CHECK(hits == std::vector<std::pair<int, std::string>>{{2, "in use"},
                                                         {3, "answered"},
                                                         {4, "illegal data address (exception 2)"},
                                                         {5, "in use, silent"}});
  CHECK(world.wire.forgotten == std::set<std::uint8_t>{1, 3, 4, 6});
}

TEST_CASE("DEV-30: a scan past the ends of the address range is refused") {
  World world;
  world.configure();
  for (const auto& [first, last] : {std::pair{0, 5}, std::pair{1, 248}, std::pair{9, 8}}) {
    const auto pending =
        world.scan("line", static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last));
    world.finish(*pending);
    REQUIRE_FALSE(pending->value->has_value());
    CHECK(pending->value->error().code() == ErrorCode::invalid);
  }
  CHECK(world.wire.asked == 0);
}

TEST_CASE("statistics: of every bus, by its id") {
  World world;
  world.configure();
  const auto all = world.fleet->statistics();
  REQUIRE(all.size() == 2);
  CHECK(all[0].bus == BusId("line"));
  CHECK(all[1].bus == BusId("net"));
}

}  // namespace genkan::devices::test
