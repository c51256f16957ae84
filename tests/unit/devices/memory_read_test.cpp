#include <doctest/doctest.h>

#include "tests/unit/devices/memory_world.hpp"

// DEV-4, DEV-5, KEY-7: a memory is read whole, and a lock that keeps schedules is understood.
namespace genkan::devices::test {

using domain::SlotAddress;
using ports::SlotAnswer;

namespace {

struct LockWorld : MemoryWorld {
  LockWorld() {
    add("lock-1", "el-100", 1);
    start();
    wire.exchanges.clear();
  }
  FakeMemory memory{*this, 1, {230}};
};

struct ScheduleWorld : MemoryWorld {
  ScheduleWorld() {
    add("lock-1", "io-80", 1);
    start();
    wire.exchanges.clear();
  }
  FakeMemory memory{*this, 1, {80, 90, 90, 90, 90, 90, 90, 90, 90, 90}, true};
};

domain::LockSchedule weekly() {
  return {.first = local("2026-11-20 09:00"),
          .last = local("2026-12-20 17:30"),
          .weekdays = 0b0010101,
          .window = std::pair(std::chrono::minutes(9 * 60), std::chrono::minutes(17 * 60 + 30))};
}

}  // namespace

TEST_CASE("DEV-5: the taken bits first, then only the taken slots") {
  LockWorld world;
  world.memory.put_code({0, 1}, "4711");
  world.memory.put_card({0, 16}, {1, 2, 3, 4, 5, 6, 7, 0});
  world.memory.put_code({0, 230}, "12345678");
  const auto read = world.ended(world.read("lock-1"));
  REQUIRE(read);
  CHECK(read->serial == 0x00012345U);
  CHECK(read->changes == 3U);
  CHECK(read->enabled_areas == 0);
  REQUIRE(read->occupied.size() == 3);
  CHECK(read->occupied.at({0, 1}).content == code("4711"));
  CHECK_FALSE(read->occupied.at({0, 1}).card);
  CHECK(read->occupied.at({0, 16}).content == card("0102030405060700"));
  CHECK(read->occupied.at({0, 16}).card);
  CHECK(read->occupied.at({0, 230}).content == code("12345678"));
  // Marks twice, the area, its bits, three exchanges for each slot.
  CHECK(world.wire.exchanges.size() == 4 + 3 * 3);
}

TEST_CASE("DEV-5: an empty memory costs four exchanges") {
  LockWorld world;
  const auto read = world.ended(world.read("lock-1"));
  REQUIRE(read);
  CHECK(read->occupied.empty());
  CHECK(world.wire.exchanges.size() == 4);
}

TEST_CASE("DEV-5: what no key of ours can be is told as taken") {
  LockWorld world;
  world.memory.put_code({0, 1}, "471");
  FakeMemory::Slot odd = FakeMemory::code("4711");
  odd.content[0] = 0x4A11;
  world.memory.put({0, 2}, odd);
  world.memory.put_card({0, 3}, {1, 2, 3});
  odd = FakeMemory::code("4711");
  odd.length = 99;
  world.memory.put({0, 4}, odd);
  const auto read = world.ended(world.read("lock-1"));
  REQUIRE(read);
  CHECK(read->occupied.size() == 4);
  for (const auto& [address, slot] : read->occupied) {
    CAPTURE(address.number);
    CHECK_FALSE(slot.content);
    CHECK(slot.card == (address.number == 3));
  }
}

TEST_CASE("DEV-5: a memory that changes while it is read is read again") {
  LockWorld world;
  world.memory.put_code({0, 1}, "1111");
  int changes = 0;
  world.memory.at_command = [&](std::uint16_t) {
    if (changes++ == 0) world.memory.put_code({0, 2}, "2222");
  };
  const auto read = world.ended(world.read("lock-1"));
  REQUIRE(read);
  CHECK(read->occupied.size() == 2);
  CHECK(read->changes == 2U);
  // One that never comes to rest.
  world.memory.at_command = [&](std::uint16_t) { world.memory.put_code({0, 3}, "3333"); };
  const auto restless = world.ended(world.read("lock-1"));
  REQUIRE_FALSE(restless);
  CHECK(restless.error().code() == ErrorCode::busy);
}

TEST_CASE("DEV-4: a lock exchanged while it is read is read again, as the other one") {
  LockWorld world;
  world.memory.put_code({0, 1}, "1111");
  world.memory.put_code({0, 2}, "2222");
  int orders = 0;
  world.memory.at_command = [&](std::uint16_t) {
    if (++orders == 2) world.memory.swap(77);
  };
  const auto read = world.ended(world.read("lock-1"));
  REQUIRE(read);
  CHECK(read->serial == 77U);
  CHECK(read->occupied.empty());
  const auto mark = world.ended(world.mark("lock-1"));
  REQUIRE(mark);
  CHECK(*mark == ports::MemoryMark{.serial = 77U, .changes = 0U});
}

TEST_CASE("DEV-5: separate areas") {
  MemoryWorld world;
  FakeMemory memory(world, 1, {9, 90});
  world.add("lock-1", "pk-9", 1);
  world.start();
  memory.put_code({0, 9}, "1234");
  memory.put_card({1, 90}, {1, 2, 3, 4});
  const auto read = world.ended(world.read("lock-1"));
  REQUIRE(read);
  REQUIRE(read->occupied.size() == 2);
  CHECK(read->occupied.at({0, 9}).content == code("1234"));
  CHECK(read->occupied.at({1, 90}).content == card("01020304"));
}

TEST_CASE("KEY table: master areas count as far as they are enabled, and cost nothing otherwise") {
  ScheduleWorld world;
  world.memory.set_enabled(2);
  world.memory.put_card({1, 90}, {1, 2, 3, 4});
  world.memory.put_card({2, 1}, {1, 2, 3, 5});
  world.memory.put_card({3, 1}, {1, 2, 3, 6});
  const auto read = world.ended(world.read("lock-1"));
  REQUIRE(read);
  CHECK(read->enabled_areas == 2);
  CHECK(read->occupied.size() == 2);
  CHECK(read->occupied.contains({2, 1}));
  const auto written = world.ended(world.write("lock-1", {3, 2}, card("0A0B0C0D")));
  REQUIRE(written);
  CHECK(written->answer == SlotAnswer::refused);
  CHECK(written->refusal == ports::SlotRefusal::not_enabled);
}

TEST_CASE("KEY-7: schedules go into the lock and come back as they were") {
  ScheduleWorld world;
  const domain::LockSchedule span{.first = local("2026-11-20 15:07"),
                                  .last = local("2026-11-22 10:00"),
                                  .weekdays = domain::every_day,
                                  .window = {}};
  CHECK(world.ended(world.write("lock-1", {0, 80}, code("1111", span))));
  CHECK(world.ended(world.write("lock-1", {0, 79}, code("2222", weekly()))));
  CHECK(world.ended(world.write("lock-1", {0, 78}, code("3333"))));
  // 2026-11-20 09:00 is 14,141,340 minutes after 2000-01-01 00:00.
  const auto& raw = world.memory.slots.at({0, 79}).schedule;
  CHECK(raw[0] == 2);
  CHECK((std::uint32_t{raw[1]} << 16 | raw[2]) == 14'141'340U);
  CHECK(raw[5] == 0b0010101);
  CHECK(raw[6] == (54 << 8 | 105));
  CHECK(world.memory.slots.at({0, 80}).schedule[0] == 1);
  CHECK(world.memory.slots.at({0, 78}).schedule[0] == 0);
  const auto read = world.ended(world.read("lock-1"));
  REQUIRE(read);
  CHECK(read->occupied.at({0, 80}).content == code("1111", span));
  CHECK(read->occupied.at({0, 79}).content == code("2222", weekly()));
  CHECK(read->occupied.at({0, 78}).content == code("3333"));
}

TEST_CASE("KEY-7: a window that is no whole steps is kept wider, never narrower") {
  ScheduleWorld world;
  auto schedule = weekly();
  schedule.window = std::pair(std::chrono::minutes(9 * 60 + 7), std::chrono::minutes(17 * 60 + 21));
  CHECK(world.ended(world.write("lock-1", {0, 80}, code("1111", schedule))));
  CHECK(world.memory.slots.at({0, 80}).schedule[6] == (54 << 8 | 105));
}

TEST_CASE("KEY-7: a schedule that the lock lost is found out; one it cannot hold is not sent") {
  ScheduleWorld world;
  world.memory.at_command = [&](std::uint16_t command) {
    if (command == 3) world.memory.slots.at({0, 80}).schedule[5] = 1;
  };
  const auto written = world.ended(world.write("lock-1", {0, 80}, code("1111", weekly())));
  REQUIRE_FALSE(written);
  CHECK(written.error().code() == ErrorCode::rejected);
  auto early = weekly();
  early.first = local("1999-12-31 00:00");
  const auto refused = world.ended(world.write("lock-1", {0, 80}, code("1111", early)));
  REQUIRE(refused);
  CHECK(refused->refusal == ports::SlotRefusal::bad_content);
}

TEST_CASE("KEY-7: the lock's clock is read and set by one write, and read back") {
  ScheduleWorld world;
  const auto powered_up = world.ended(world.clock("lock-1"));
  REQUIRE(powered_up);
  CHECK(*powered_up < local("2000-01-01 00:01"));
  const std::chrono::local_seconds now = local("2026-11-20 15:07") + std::chrono::seconds(42);
  world.wire.exchanges.clear();
  CHECK(world.ended(world.set_clock("lock-1", now)));
  CHECK(world.wire.exchanges.size() == 2);
  CHECK(world.wire.exchanges.front().function == bus::Function::write_registers);
  CHECK(world.wire.exchanges.front().count == 3);
  world.advance(10s);
  const auto shown = world.ended(world.clock("lock-1"));
  REQUIRE(shown);
  CHECK(*shown - now >= 9s);
  CHECK(*shown - now <= 11s);
  CHECK_FALSE(world.ended(world.set_clock("lock-1", local("1999-12-31 23:59"))));
  world.memory.stops_clock = true;
  const auto refused = world.ended(world.set_clock("lock-1", now + std::chrono::hours(1)));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message() == "device lock-1: its clock does not take the time");
}

TEST_CASE("KEY-7: a clock that was asked to wait is set to the time at which it is sent") {
  ScheduleWorld world;
  std::size_t count = 0;
  world.wire.fate = [&](const bus::Exchange&) -> std::optional<FakeWire::Fate> {
    world.wire.exception = 6;
    return count++ < 150 ? std::optional(FakeWire::Fate::exception) : std::nullopt;
  };
  const std::chrono::local_seconds now = local("2026-11-20 15:07");
  const SteadyTime began = world.time.steady();
  CHECK_FALSE(world.ended(world.set_clock("lock-1", now)));  // busy for too long
  world.wire.fate = {};
  CHECK(world.ended(world.set_clock("lock-1", now)));
  const auto shown = world.ended(world.clock("lock-1"));
  REQUIRE(shown);
  CHECK(*shown - now <= world.time.steady() - began);
}

}  // namespace genkan::devices::test
