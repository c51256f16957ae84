#include <doctest/doctest.h>

#include "tests/unit/devices/memory_world.hpp"

// KEY-1 to KEY-6 at the lock: a slot is written, and removed, only if the lock itself has shown it.
namespace genkan::devices::test {

using bus::Function;
using domain::Command;
using domain::SlotAddress;
using ports::SlotAnswer;
using ports::SlotRefusal;
using Fate = FakeWire::Fate;

namespace {

constexpr SlotAddress last{0, 230};

struct LockWorld : MemoryWorld {
  LockWorld() {
    add("lock-1", "el-100", 1);
    start();
    wire.exchanges.clear();
  }
  FakeMemory memory{*this, 1, {230}};
};

std::vector<std::string> texts(const std::vector<bus::Exchange>& exchanges) {
  std::vector<std::string> list;
  for (const auto& exchange : exchanges) {
    list.push_back(std::to_string(static_cast<int>(exchange.function)) + " " +
                   std::to_string(exchange.address) + "+" + std::to_string(exchange.count));
  }
  return list;
}

}  // namespace

TEST_CASE("KEY-1: a code is written by one function 16 and read back out of the slot") {
  LockWorld world;
  const auto written = world.ended(world.write("lock-1", last, code("123456")));
  REQUIRE(written);
  CHECK(written->answer == SlotAnswer::done);
  CHECK(world.memory.slots ==
        std::map<FakeMemory::Place, FakeMemory::Slot>{{{0, 230}, FakeMemory::code("123456")}});
  CHECK(world.memory.orders == std::vector<std::uint16_t>{1, 3});
  // Write, its result, empty the mailbox and read, its result, the mailbox: nothing in vain.
  CHECK(texts(world.wire.exchanges) ==
        std::vector<std::string>{"16 99+12", "4 110+1", "16 99+12", "4 110+1", "3 99+9"});
  CHECK(world.wire.most_bulk_waiting == 1);
  for (const auto& write : world.wire.writes) CHECK(write.lane == bus::Lane::bulk);
}

TEST_CASE("KEY-1: what goes on the wire is what the data sheet says") {
  LockWorld world;
  CHECK(world.ended(world.write("lock-1", {0, 12}, code("90817"))));
  CHECK(world.wire.exchanges.front().values ==
        std::vector<std::uint16_t>{0, 12, 1, 0x9081, 0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF, 5, 0, 0, 1});
  world.wire.exchanges.clear();
  CHECK(world.ended(world.write("lock-1", {0, 13}, card("04A1B2C3D4E5F6"))));
  CHECK(world.wire.exchanges.front().values ==
        std::vector<std::uint16_t>{0, 13, 2, 0x04A1, 0xB2C3, 0xD4E5, 0xF600, 0, 7, 0, 0, 1});
}

TEST_CASE("KEY-6: 'already there' tells where; in the very same slot it is done") {
  LockWorld world;
  world.memory.put_code({0, 7}, "4711");
  const auto written = world.ended(world.write("lock-1", last, code("4711")));
  REQUIRE(written);
  CHECK(written->answer == SlotAnswer::already_there);
  CHECK(written->where == SlotAddress{0, 7});
  const auto again = world.ended(world.write("lock-1", {0, 7}, code("4711")));
  REQUIRE(again);
  CHECK(again->answer == SlotAnswer::done);
  // A lock that says so of the very same slot.
  world.wire.at(1, bus::Table::input, 111) = 7;
  world.memory.at_command = [&world](std::uint16_t command) {
    world.memory.always = command == 1 ? std::optional<std::uint16_t>(2) : std::nullopt;
  };
  const auto same = world.ended(world.write("lock-1", {0, 7}, code("4711")));
  REQUIRE(same);
  CHECK(same->answer == SlotAnswer::done);
}

TEST_CASE("KEY-3: refusals, by the lock and before it is asked") {
  struct Case {
    std::uint16_t result;
    SlotRefusal why;
  };
  for (const Case& each : {Case{3, SlotRefusal::no_such_slot}, Case{4, SlotRefusal::full},
                           Case{5, SlotRefusal::not_enabled}, Case{6, SlotRefusal::bad_content}}) {
    LockWorld world;
    world.memory.always = each.result;
    const auto written = world.ended(world.write("lock-1", last, code("1234")));
    REQUIRE(written);
    CHECK(written->answer == SlotAnswer::refused);
    CHECK(written->refusal == each.why);
  }
  MemoryWorld world;
  FakeMemory memory(world, 1, {9, 90});
  world.add("lock-1", "pk-9", 1);
  world.start();
  const auto asked = world.wire.exchanges.size();
  const auto refusal = [&world](SlotAddress address, domain::SlotContent content) {
    const auto written = world.ended(world.write("lock-1", address, std::move(content)));
    REQUIRE(written);
    CHECK(written->answer == SlotAnswer::refused);
    return written->refusal;
  };
  CHECK(refusal({0, 10}, code("1234")) == SlotRefusal::no_such_slot);
  CHECK(refusal({0, 0}, code("1234")) == SlotRefusal::no_such_slot);
  CHECK(refusal({2, 1}, code("1234")) == SlotRefusal::no_such_slot);
  CHECK(refusal({0, 9}, card("01020304")) == SlotRefusal::bad_content);
  CHECK(refusal({1, 90}, code("1234")) == SlotRefusal::bad_content);
  CHECK(refusal({0, 1}, code("1234", domain::LockSchedule{})) == SlotRefusal::bad_content);
  CHECK(world.wire.exchanges.size() == asked);
}

TEST_CASE("KEY-5: a lock that says 'done' and did nothing is found out") {
  LockWorld world;
  world.memory.pretends = {1};
  const auto written = world.ended(world.write("lock-1", last, code("918273")));
  REQUIRE_FALSE(written);
  CHECK(written.error().code() == ErrorCode::rejected);
  CHECK(written.error().message() ==
        "device lock-1: slot 230 of area keys does not hold what was written");
  // A read that is not done either: the mailbox was emptied, so nothing of ours is in it.
  world.memory.pretends = {1, 3};
  CHECK_FALSE(world.ended(world.write("lock-1", last, code("918273"))));
  world.memory.pretends = {2};
  world.memory.put_code({0, 5}, "1111");
  const auto removed = world.ended(world.remove("lock-1", {0, 5}));
  REQUIRE_FALSE(removed);
  CHECK(removed.error().code() == ErrorCode::rejected);
}

TEST_CASE("KEY-5: a removal is proven by the bit; an empty slot is removed already") {
  LockWorld world;
  world.memory.put_code({0, 17}, "1111");
  CHECK(world.ended(world.remove("lock-1", {0, 17})));
  CHECK(world.memory.slots.empty());
  CHECK(texts(world.wire.exchanges) == std::vector<std::string>{"16 99+12", "4 110+1", "4 31+1"});
  CHECK(world.ended(world.remove("lock-1", {0, 17})));
  world.memory.put_code({0, 17}, "1111");
  world.memory.bits_stick = true;
  world.memory.put_code({0, 17}, "1111");
  const auto removed = world.ended(world.remove("lock-1", {0, 17}));
  REQUIRE_FALSE(removed);
  CHECK(removed.error().message() ==
        "device lock-1: slot 17 of area keys is still taken after it was removed");
  world.memory.always = std::uint16_t{5};
  CHECK_FALSE(world.ended(world.remove("lock-1", {0, 17})));
  CHECK_FALSE(world.ended(world.remove("lock-1", {0, 231})));
}

TEST_CASE(
    "KEY-5: each exchange of a write or removal may be lost, either way, and it still holds") {
  for (const bool removal : {false, true}) {
    for (const Fate fate : {Fate::lost, Fate::lost_echo, Fate::damaged_echo}) {
      for (std::size_t broken = 0; broken < (removal ? 3U : 5U); ++broken) {
        CAPTURE(removal);
        CAPTURE(static_cast<int>(fate));
        CAPTURE(broken);
        LockWorld world;
        if (removal) world.memory.put_code({0, 230}, "123456");
        std::size_t count = 0;
        world.wire.fate = [&, before = world.wire.fate](const bus::Exchange& exchange) {
          return count++ == broken ? std::optional(fate) : before(exchange);
        };
        if (removal) {
          CHECK(world.ended(world.remove("lock-1", last)));
          CHECK(world.memory.slots.empty());
        } else {
          const auto written = world.ended(world.write("lock-1", last, code("123456")));
          CHECK(written.has_value());
          CHECK(world.memory.slots.at({0, 230}) == FakeMemory::code("123456"));
        }
      }
    }
  }
}

TEST_CASE("KEY-5: a lock that vanishes in the middle is an error, never a guess") {
  for (std::size_t heard = 0; heard < 5; ++heard) {
    CAPTURE(heard);
    LockWorld world;
    std::size_t count = 0;
    world.wire.fate = [&, before = world.wire.fate](const bus::Exchange& exchange) {
      if (count++ >= heard) world.wire.silent.insert(1);
      return before(exchange);
    };
    const auto call = world.write("lock-1", last, code("123456"));
    const auto written = world.ended(call);
    REQUIRE_FALSE(written);
    CHECK(written.error().code() == ErrorCode::unreachable);
    CHECK(written.error().message().find("123456") == std::string::npos);
    CHECK(call->took() < 2s);
  }
}

TEST_CASE("busy: a working lock is asked again with a pause, and given up at its longest time") {
  LockWorld world;
  world.memory.takes_time = false;
  const auto call = world.write("lock-1", last, code("123456"));
  const auto written = world.ended(call);
  REQUIRE_FALSE(written);
  CHECK(written.error().code() == ErrorCode::timeout);
  CHECK(written.error().message() == "device lock-1: its memory stays busy");
  CHECK(call->took() >= 2000ms);
  CHECK(call->took() < 2200ms);
  // 120 ms, then every 30 (20 of pause, 10 of the exchange).
  CHECK(world.wire.exchanges.size() < 70);
  // A command into a busy lock: exception 6, and the same pause.
  const auto refused = world.ended(world.remove("lock-1", last));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == ErrorCode::timeout);
  CHECK(world.memory.refusals > 10);
}

TEST_CASE("bounds: each call ends at its deadline, whatever the wire does") {
  for (const auto within : {0ms, 5ms, 100ms, 150ms, 155ms}) {
    CAPTURE(within.count());
    LockWorld world;
    const auto call = world.write("lock-1", last, code("123456"), within);
    const auto written = world.ended(call);
    REQUIRE_FALSE(written);
    CHECK(written.error().code() == ErrorCode::timeout);
    CHECK(call->took() <= within);
  }
  LockWorld world;
  world.wire.stuck = true;
  const auto call = world.read("lock-1", 3s);
  const auto read = world.ended(call);
  REQUIRE_FALSE(read);
  CHECK(read.error().code() == ErrorCode::timeout);
  CHECK(call->took() == 3s);
}

TEST_CASE("bounds: one action a device; two locks of one bus interleave") {
  MemoryWorld world;
  FakeMemory one(world, 1, {230});
  FakeMemory two(world, 2, {230});
  world.add("lock-1", "el-100", 1);
  world.add("lock-2", "el-100", 2);
  world.start();
  const auto first = world.write("lock-1", last, code("123456"));
  const auto second = world.write("lock-1", {0, 229}, code("654321"));
  const auto other = world.write("lock-2", last, code("123456"));
  world.advance(1ms);
  REQUIRE(second->value);
  REQUIRE_FALSE(*second->value);
  CHECK(second->value->error().code() == ErrorCode::busy);
  CHECK(world.ended(first));
  CHECK(world.ended(other));
  CHECK(other->took() < 400ms);
  CHECK(world.wire.most_bulk_waiting == 2);
  CHECK(one.slots.size() == 1);
  CHECK(two.slots.size() == 1);
  CHECK(world.ended(world.write("lock-1", {0, 229}, code("654321"))));
}

TEST_CASE("bounds: a door's own command is done while its memory is written") {
  MemoryWorld world;
  world.bolt(1);
  FakeMemory memory(world, 1, {230});  // behind the bolt: it hands on what it is told
  world.add("lock-1", "el-100", 1);
  world.start();
  const auto call = world.write("lock-1", last, code("123456"));
  world.advance(30ms);
  CHECK(world.run("lock-1", Command::unlock).verdict == domain::Verdict::done);
  CHECK(world.ended(call));
}

TEST_CASE("stop: an action ends as cancelled when its device or the fleet goes, wherever it is") {
  for (const auto after : {5ms, 15ms, 100ms, 135ms, 145ms, 160ms}) {
    for (const bool all : {false, true}) {
      CAPTURE(after.count());
      LockWorld world;
      const auto call = world.write("lock-1", last, code("123456"));
      world.advance(after);
      REQUIRE_FALSE(call->value);
      if (all) {
        world.fleet.reset();
      } else {
        world.inventory.devices.clear();
        world.configure();
      }
      world.advance(0ms);
      REQUIRE(call->value);
      REQUIRE_FALSE(*call->value);
      CHECK(call->value->error().code() == ErrorCode::cancelled);
    }
  }
}

TEST_CASE("line: a line that is down is told at once") {
  LockWorld world;
  world.wire.set_line("no such port");
  world.advance(10ms);
  const auto written = world.ended(world.write("lock-1", last, code("123456")));
  REQUIRE_FALSE(written);
  CHECK(written.error().code() == ErrorCode::unreachable);
  CHECK(written.error().message() == "device lock-1: its line is down: no such port");
}

TEST_CASE("models: who has a memory") {
  MemoryWorld world;
  world.add("el", "el-100", 1);
  world.add("sb", "sb-8", 7, 3);
  world.add("door", "door", 10);
  world.start();
  auto& memories = world.fleet->memories();
  REQUIRE(memories.model(DeviceId("el")) != nullptr);
  CHECK(memories.model(DeviceId("el"))->has_memory());
  REQUIRE(memories.model(DeviceId("sb")) != nullptr);
  CHECK_FALSE(memories.model(DeviceId("sb"))->has_memory());
  CHECK(memories.model(DeviceId("door")) == nullptr);
  CHECK(memories.model(DeviceId("nobody")) == nullptr);
  CHECK(world.ended(world.read("sb")).error().code() == ErrorCode::unsupported);
  CHECK(world.ended(world.read("door")).error().code() == ErrorCode::unsupported);
  CHECK(world.ended(world.read("nobody")).error().code() == ErrorCode::unknown);
  CHECK(world.ended(world.clock("el")).error().code() == ErrorCode::unsupported);
}

}  // namespace genkan::devices::test
