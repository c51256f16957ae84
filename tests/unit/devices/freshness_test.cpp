#include <doctest/doctest.h>

#include "tests/unit/devices/world.hpp"

// DEV-13: every state carries when it was read and whether it is fresh.
namespace genkan::devices::test {

using domain::Bolt;
using domain::Field;
using domain::Link;

TEST_CASE("DEV-13: unknown until it was read, then fresh") {
  World world;
  world.input(1, 0) = 1;
  world.add("lock-1", "lock", 1);
  world.configure();
  CHECK(world.link("lock-1") == Link::unknown);
  CHECK(world.reported("lock-1").state.empty());
  world.advance(250ms);
  CHECK(world.link("lock-1") == Link::fresh);
  CHECK(world.reported("lock-1").state.is(Field::bolt, Bolt::locked));
  REQUIRE_FALSE(world.told.changes.empty());
  CHECK(world.told.changes.front().before.link == Link::unknown);
  CHECK(world.told.changes.back().now.link == Link::fresh);
  CHECK_FALSE(world.fleet->reported(DeviceId("nobody")));
}

TEST_CASE("DEV-13: told only when state or link changed, with what was known before") {
  World world;
  world.add("lock-1", "lock", 1);
  world.start();
  world.told.changes.clear();
  world.advance(30s);
  CHECK(world.told.changes.empty());
  world.input(1, 0) = 1;
  world.advance(150ms);
  REQUIRE(world.told.changes.size() == 1);
  CHECK(world.told.changes[0].before.state.is(Field::bolt, Bolt::unlocked));
  CHECK(world.told.changes[0].now.state.is(Field::bolt, Bolt::locked));
}

TEST_CASE("DEV-13: read_at stays true while nothing changes") {
  World world;
  world.add("lock-1", "lock", 1);
  world.start();
  world.advance(1min);
  const auto reported = world.reported("lock-1");
  CHECK(world.time.steady() - reported.read_at <= 1100ms);
  CHECK(world.time.wall() - reported.read_at_wall <= 1100ms);
}

TEST_CASE("DEV-13: stale at the first missed answer, with the last known state") {
  World world;
  world.input(1, 0) = 1;
  world.add("lock-1", "lock", 1);
  world.add("lock-2", "lock", 2);
  world.start();
  const auto before = world.reported("lock-1");
  SUBCASE("silent") { world.wire.silent.insert(1); }
  SUBCASE("damaged") { world.wire.crc.insert(1); }
  SUBCASE("refused") { world.wire.refused_reads.insert({1, 0}); }
  world.advance(110ms);
  const auto now = world.reported("lock-1");
  CHECK(now.link == Link::stale);
  CHECK(now.state == before.state);
  CHECK(world.time.steady() - now.read_at >= 110ms);
  CHECK(world.link("lock-2") == Link::fresh);  // a neighbour's trouble is not ours
}

TEST_CASE("DEV-13: disconnected after the profile's time, and fresh when all reads answered") {
  World world;
  world.add("lock-1", "two-read-lock", 1);
  world.start();
  world.wire.silent.insert(1);
  world.advance(4900ms);
  CHECK(world.link("lock-1") == Link::stale);
  world.advance(300ms);
  CHECK(world.link("lock-1") == Link::disconnected);
  CHECK_FALSE(world.reported("lock-1").state.empty());
  world.advance(10s);
  world.wire.refused_reads.insert({1, 7});  // the door contact's read
  world.wire.silent.clear();
  world.advance(3s);
  CHECK(world.link("lock-1") == Link::disconnected);  // half an answer is none
  world.wire.refused_reads.clear();
  world.advance(1100ms);
  CHECK(world.link("lock-1") == Link::fresh);

  std::vector<Link> links;
  for (const auto& change : world.told.changes) links.push_back(change.now.link);
  links.erase(std::unique(links.begin(), links.end()), links.end());
  CHECK(links ==
        std::vector{Link::unknown, Link::fresh, Link::stale, Link::disconnected, Link::fresh});
}

TEST_CASE("DEV-13: a device that comes back is fresh within 2 s") {
  World world;
  world.add("lock-1", "two-read-lock", 1);
  world.start();
  world.wire.silent.insert(1);
  world.advance(1min);
  world.wire.silent.clear();
  world.advance(2s);
  CHECK(world.link("lock-1") == Link::fresh);
}

TEST_CASE("DEV-13: a silent unit makes all of its devices stale at once, and fresh at once again") {
  World world;
  world.add("panel", "panel", 3);
  world.add("zone-1", "seldom", 3);  // its own read is due only every 10 s
  world.start();
  REQUIRE(world.link("zone-1") == Link::fresh);
  world.wire.silent.insert(3);
  world.advance(110ms);
  CHECK(world.link("panel") == Link::stale);
  CHECK(world.link("zone-1") == Link::stale);
  world.wire.silent.clear();
  world.advance(500ms);
  CHECK(world.link("panel") == Link::fresh);
  CHECK(world.link("zone-1") == Link::fresh);
}

TEST_CASE("DEV-13: the line's fall makes all of its devices stale, and is told once") {
  World world;
  world.add("lock-1", "lock", 1);
  world.add("lock-2", "lock", 2, 1, "net");
  world.start();
  world.told.faults.clear();
  world.wire.set_line("unplugged");
  world.advance(1ms);
  CHECK(world.link("lock-1") == Link::stale);
  CHECK(world.link("lock-2") == Link::fresh);
  world.advance(25s);
  CHECK(world.link("lock-1") == Link::disconnected);
  world.wire.set_line("");
  world.advance(1100ms);
  CHECK(world.link("lock-1") == Link::fresh);
  CHECK(world.told.faults ==
        std::vector<std::pair<std::string, std::string>>{{"line", "unplugged"}, {"line", ""}});
}

TEST_CASE("DEV-13: a device that never answered is stale, then disconnected") {
  World world;
  world.wire.silent.insert(1);
  world.add("lock-1", "lock", 1);
  world.start();
  CHECK(world.link("lock-1") == Link::stale);
  world.advance(21s);
  CHECK(world.link("lock-1") == Link::disconnected);
}

TEST_CASE("DEV-13: an old state is not shown as the present one, even if the bus says nothing") {
  World world;
  world.add("lock-1", "lock", 1);
  world.start();
  world.wire.stuck = true;
  world.advance(12s);
  CHECK(world.link("lock-1") == Link::stale);
}

TEST_CASE("REM-1: refresh reads the device now") {
  World world;
  world.add("lock-1", "two-read-lock", 1);
  world.start();
  world.advance(15ms);
  world.input(1, 0) = 1;
  const auto pending = world.refresh("lock-1");
  world.finish(*pending);
  REQUIRE(pending->value->has_value());
  CHECK((*pending->value)->state.is(Field::bolt, Bolt::locked));
  CHECK((*pending->value)->read_at > pending->began);
  CHECK(pending->took() <= 20ms);
}

TEST_CASE("REM-1: refresh says why it could not be read") {
  World world;
  world.add("lock-1", "lock", 1);
  world.start();
  SUBCASE("silent") {
    world.wire.silent.insert(1);
    const auto pending = world.refresh("lock-1");
    world.finish(*pending);
    REQUIRE_FALSE(pending->value->has_value());
    CHECK(pending->value->error().code() == ErrorCode::unreachable);
    CHECK(pending->value->error().message() == "device lock-1: it does not answer");
    CHECK(pending->took() < 2s);
  }
  SUBCASE("line down") {
    world.wire.set_line("unplugged");
    world.advance(1ms);
    const auto pending = world.refresh("lock-1");
    world.finish(*pending);
    REQUIRE_FALSE(pending->value->has_value());
    CHECK(pending->value->error().message() == "device lock-1: its line is down: unplugged");
  }
  SUBCASE("in time") {
    world.wire.stuck = true;
    const auto pending = world.refresh("lock-1", 500ms);
    world.finish(*pending);
    REQUIRE_FALSE(pending->value->has_value());
    CHECK(pending->value->error().code() == ErrorCode::timeout);
    CHECK(pending->took() <= 500ms);
  }
  SUBCASE("unknown") {
    const auto pending = world.refresh("nobody");
    world.finish(*pending);
    REQUIRE_FALSE(pending->value->has_value());
    CHECK(pending->value->error().code() == ErrorCode::unknown);
  }
}

TEST_CASE("REM-1: one damaged answer does not fail a refresh") {
  World world;
  world.add("lock-1", "lock", 1);
  world.start();
  world.wire.crc.insert(1);
  const auto pending = world.refresh("lock-1");
  world.advance(12ms);
  world.wire.crc.clear();
  world.finish(*pending);
  CHECK(pending->value->has_value());
}

}  // namespace genkan::devices::test
