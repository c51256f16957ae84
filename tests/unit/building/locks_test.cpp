#include <doctest/doctest.h>

#include "tests/building/jema2.hpp"
#include "tests/building/memory_lock.hpp"
#include "tests/building/sb8.hpp"
#include "tests/unit/building/recorder.hpp"

namespace building::test {
namespace {

constexpr int unlocked = 0;
constexpr int locked = 1;
constexpr int moving = 2;
constexpr int jammed = 3;

struct El {
  Recorder log;
  MemoryLock lock{Identity{"line-a", 1, {{1, "lock-101"}}}, log, el_100()};

  int status(Time now) { return input(lock, 0, now); }
  int bolt(Time now) { return status(now) & 3; }
  int operated_by(Time now) { return status(now) >> 8 & 7; }
  Refusal coil(int value, Time now) {
    return write(lock, Table::coil, 0, static_cast<std::uint16_t>(value), now);
  }
};

TEST_CASE("el-100: the bolt travels 400 ms and tells who moved it") {
  El el;
  CHECK(el.bolt(start) == locked);
  CHECK(el.coil(0, start) == Refusal::none);
  CHECK(el.bolt(start + 399ms) == moving);
  CHECK(el.bolt(start + 400ms) == unlocked);
  CHECK(el.operated_by(start + 400ms) == 5);
  REQUIRE(el.log.moves.size() == 2);
  CHECK(el.log.moves[1].at == start + 400ms);
  CHECK(el.log.moves[1].value == "unlocked");
  CHECK(el.log.moves[1].by == By::bus);
}

TEST_CASE("el-100: a bolt told the other way turns round where it is") {
  El el;
  el.coil(0, start);
  el.coil(1, start + 100ms);
  CHECK(el.bolt(start + 199ms) == moving);
  CHECK(el.bolt(start + 200ms) == locked);
  CHECK_FALSE(el.lock.next().has_value());
}

TEST_CASE("el-100: with the door open a lock is taken and the bolt does not move") {
  El el;
  el.coil(0, start);
  CHECK(tell(el.lock, 1, "door", {"open"}, start + 1s));
  CHECK(el.coil(1, start + 2s) == Refusal::none);
  CHECK(el.bolt(start + 3s) == unlocked);
  CHECK(el.lock.read(Table::coil, 0) == 1);
  CHECK((el.status(start + 3s) & 4) == 4);
  CHECK(tell(el.lock, 1, "door", {"close"}, start + 4s));
  CHECK(el.bolt(start + 9s) == unlocked);
  CHECK_FALSE(el.lock.next().has_value());
}

TEST_CASE("el-100: a bolted door opens by force only, and forced ends with the door closed") {
  El el;
  CHECK_FALSE(tell(el.lock, 1, "door", {"open"}, start));
  CHECK(tell(el.lock, 1, "force", {}, start));
  CHECK((el.status(start) & 0x17) == (locked | 4 | 16));
  CHECK(tell(el.lock, 1, "door", {"close"}, start + 1s));
  CHECK((el.status(start + 1s) & 0x17) == locked);
}

TEST_CASE("el-100: a jam stops the bolt half-way; freed, it finishes its way") {
  El el;
  CHECK(tell(el.lock, 1, "jam", {"on"}, start));
  el.coil(0, start);
  CHECK(el.bolt(start + 400ms) == jammed);
  CHECK(tell(el.lock, 1, "jam", {"off"}, start + 1s));
  CHECK(el.bolt(start + 1s + 199ms) == moving);
  CHECK(el.bolt(start + 1s + 200ms) == unlocked);
  CHECK(el.log.moves.back().by == By::physics);
}

TEST_CASE("el-100: flags of the status word, each by its command") {
  struct {
    const char* verb;
    const char* on;
    const char* off;
    int bit;
  } const cases[] = {{"tamper", "on", "off", 8},
                     {"lockout", "on", "off", 32},
                     {"power", "lost", "ok", 64},
                     {"battery", "19", "20", 128}};
  for (const auto& one : cases) {
    CAPTURE(one.verb);
    El el;
    CHECK((el.status(start) & one.bit) == 0);
    CHECK(tell(el.lock, 1, one.verb, {one.on}, start));
    CHECK((el.status(start) & one.bit) == one.bit);
    CHECK(tell(el.lock, 1, one.verb, {one.off}, start));
    CHECK((el.status(start) & one.bit) == 0);
    CHECK_FALSE(tell(el.lock, 1, one.verb, {"perhaps"}, start));
  }
}

TEST_CASE("el-100: without supply it refuses to move, and stays readable") {
  El el;
  CHECK(tell(el.lock, 1, "power", {"lost"}, start));
  CHECK(el.coil(0, start) == Refusal::failure);
  CHECK(el.bolt(start + 1s) == locked);
  CHECK(tell(el.lock, 1, "power", {"ok"}, start + 1s));
  CHECK(el.coil(0, start + 1s) == Refusal::none);
}

TEST_CASE("el-100: hand and key move the bolt and are told apart") {
  El el;
  CHECK(tell(el.lock, 1, "key", {"17"}, start));
  CHECK(el.bolt(start + 1s) == unlocked);
  CHECK(el.operated_by(start + 1s) == 2);
  CHECK(input(el.lock, 2, start + 1s) == 17);
  CHECK(tell(el.lock, 1, "hand", {"lock"}, start + 2s));
  CHECK(el.bolt(start + 3s) == locked);
  CHECK(el.operated_by(start + 3s) == 1);
  CHECK(input(el.lock, 2, start + 3s) == 0);
  CHECK(tell(el.lock, 1, "lockout", {"on"}, start + 4s));
  CHECK_FALSE(tell(el.lock, 1, "key", {"17"}, start + 4s));
}

TEST_CASE("sb-8: eight locks apart, 1.5 s of travel, gaps between them unmapped") {
  Recorder log;
  Sb8 bridge(Identity{"line-b", 7, {{1, "lock-603"}, {2, "lock-604"}}}, log);
  write(bridge, Table::coil, 1, 0, start);
  CHECK((input(bridge, 10, start + 1499ms) & 3) == moving);
  CHECK((input(bridge, 10, start + 1500ms) & 3) == unlocked);
  CHECK((input(bridge, 0, start + 1500ms) & 3) == locked);
  CHECK(log.moves.back().device == "lock-604");
  CHECK_FALSE(bridge.read(Table::input, 4).has_value());
  CHECK(bridge.read(Table::input, 73).has_value());
  CHECK_FALSE(bridge.read(Table::input, 80).has_value());
  CHECK_FALSE(tell(bridge, 1, "lockout", {"on"}, start + 2s));
}

TEST_CASE("jema-2: the door follows the control contact and shuts a second after") {
  Recorder log;
  Jema2 terminal(Identity{"line-b", 10, {}}, log, Jema2::Behind::door, Jema2::Behind::lock);
  write(terminal, Table::coil, 0, 1, start);
  CHECK(discrete(terminal, 0, start + 249ms) == 0);
  CHECK(discrete(terminal, 0, start + 250ms) == 1);
  CHECK(discrete(terminal, 2, start + 10s) == 1);
  write(terminal, Table::coil, 0, 0, start + 10s);
  CHECK(discrete(terminal, 2, start + 10s + 999ms) == 1);
  write(terminal, Table::coil, 0, 1, start + 10s + 999ms);
  CHECK(discrete(terminal, 2, start + 20s) == 1);
  write(terminal, Table::coil, 0, 0, start + 20s);
  CHECK(discrete(terminal, 2, start + 21s) == 0);
}

TEST_CASE("jema-2: a pulse of 250 ms turns the lock round, a shorter one does nothing") {
  Recorder log;
  Jema2 terminal(Identity{"line-b", 10, {}}, log, Jema2::Behind::door, Jema2::Behind::lock);
  const auto pulse = [&terminal](Time at, Duration length) {
    write(terminal, Table::coil, 1, 1, at);
    write(terminal, Table::coil, 1, 0, at + length);
  };
  CHECK(discrete(terminal, 1, start) == 1);
  pulse(start, 249ms);
  CHECK(discrete(terminal, 1, start + 2s) == 1);
  pulse(start + 2s, 250ms);
  CHECK(discrete(terminal, 1, start + 2s + 649ms) == 1);
  CHECK(discrete(terminal, 1, start + 2s + 650ms) == 0);
  CHECK(discrete(terminal, 1, start + 4s) == 0);
  CHECK(tell(terminal, 2, "door", {"open"}, start + 4s));
  pulse(start + 5s, 500ms);
  CHECK(discrete(terminal, 1, start + 7s) == 0);
  CHECK(tell(terminal, 2, "door", {"close"}, start + 7s));
  pulse(start + 8s, 500ms);
  CHECK(discrete(terminal, 1, start + 10s) == 1);
}

}  // namespace
}  // namespace building::test
