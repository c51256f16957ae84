// What only io-80 has: schedules in the lock, its own clock, master areas.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/building/memory_master.hpp"

namespace building::test {
namespace {

using Values = std::vector<int>;

constexpr std::uint32_t hour = 60;
constexpr std::uint32_t day = 24 * hour;
constexpr std::uint16_t monday = 1;
constexpr std::uint16_t saturday = 1 << 5;
constexpr std::uint16_t sunday = 1 << 6;

std::uint16_t high(std::uint32_t value) { return static_cast<std::uint16_t>(value >> 16U); }
std::uint16_t low(std::uint32_t value) { return static_cast<std::uint16_t>(value & 0xFFFFU); }

std::vector<std::uint16_t> schedule(std::uint16_t mode, std::uint32_t first, std::uint32_t last,
                                    std::uint16_t weekdays = 0, unsigned from = 0,
                                    unsigned to = 0) {
  return {mode,
          high(first),
          low(first),
          high(last),
          low(last),
          weekdays,
          static_cast<std::uint16_t>(from << 8U | to)};
}

int set_clock(MemoryMaster& master, std::uint32_t minute, std::uint16_t second = 0) {
  return master.write(130, {high(minute), low(minute), second});
}

TEST_CASE("io-80: its clock runs from power-up at 2000-01-01 00:00, and is set as a whole") {
  MemoryMaster master(io_80());
  CHECK(master.read(3, 130, 3) == Values{0, 0, 0});
  master.now += 61s;
  CHECK(master.read(3, 130, 3) == Values{0, 1, 1});
  CHECK(set_clock(master, 0x0102'0304, 59) == 0);
  CHECK(master.read(3, 130, 3) == Values{0x0102, 0x0304, 59});
  master.now += 1s;
  CHECK(master.read(3, 130, 3) == Values{0x0102, 0x0305, 0});
  CHECK(master.write(130, {0, 0}) == 3);
  CHECK(master.write(131, {0, 0}) == 3);
  CHECK(master.write(130, {0, 0, 60}) == 3);
  CHECK(master.write(130, {0, 0, 0, 0}) == 2);
  CHECK(master.write(126, {0, 0}) == 2);
  CHECK(master.read(3, 130, 3) == Values{0x0102, 0x0305, 0});
}

TEST_CASE("io-80: its clock is moved, drifts, and stays in its range") {
  struct {
    const char* what;
    const char* verb;
    const char* words;
    Duration passes;
    Values expected;
  } const cases[] = {{"an hour on", "clock", "3600", 0s, {0, 160, 0}},
                     {"an hour back", "clock", "-3600", 30s, {0, 40, 30}},
                     {"before its beginning", "clock", "-1000000", 1s, {0, 0, 1}},
                     {"right", "drift", "0", 100h, {0, 6100, 0}},
                     {"gains", "drift", "1000", 100h, {0, 6106, 0}},
                     {"loses", "drift", "-1000", 100h, {0, 6094, 0}}};
  for (const auto& one : cases) {
    CAPTURE(one.what);
    MemoryMaster master(io_80());
    REQUIRE(set_clock(master, 100) == 0);
    REQUIRE(master.say(one.verb, {one.words}));
    master.now += one.passes;
    CHECK(master.read(3, 130, 3) == one.expected);
  }
  MemoryMaster master(io_80());
  REQUIRE(set_clock(master, 0xFFFF'FFFF, 58) == 0);
  master.now += 1h;
  CHECK(master.read(3, 130, 3) == Values{0xFFFF, 0xFFFF, 59});
  REQUIRE(master.say("clock", {"-1000000000"}));
  CHECK(master.read(3, 130, 1) != Values{0xFFFF});
}

TEST_CASE("io-80: a drift begins when it is told, and a clock that is set drifts on") {
  MemoryMaster master(io_80());
  master.now += 1h;
  REQUIRE(master.say("drift", {"100000"}));
  master.now += 1h;
  CHECK(master.read(3, 130, 3) == Values{0, 126, 0});
  REQUIRE(set_clock(master, 0) == 0);
  master.now += 1h;
  CHECK(master.read(3, 130, 3) == Values{0, 66, 0});
}

TEST_CASE("KEY-7 io-80: a key opens by its schedule on the lock's own clock") {
  struct {
    const char* what;
    std::vector<std::uint16_t> schedule;
    std::uint32_t minute;
    bool opens;
  } const cases[] = {
      {"always", schedule(0, 0, 0), 5 * day, true},
      {"span: before", schedule(1, 100, 200), 99, false},
      {"span: first minute", schedule(1, 100, 200), 100, true},
      {"span: last minute but one", schedule(1, 100, 200), 199, true},
      {"span: last minute", schedule(1, 100, 200), 200, false},
      {"span: 32 bits", schedule(1, 14'000'000, 14'000'001), 14'000'000, true},
      {"weekly: 2000-01-01 is a Saturday", schedule(2, 0, 30 * day, saturday, 0, 144), 0, true},
      {"weekly: and no Sunday", schedule(2, 0, 30 * day, sunday, 0, 144), day - 1, false},
      {"weekly: Sunday", schedule(2, 0, 30 * day, sunday, 0, 144), day, true},
      {"weekly: Monday", schedule(2, 0, 30 * day, monday, 0, 144), 2 * day, true},
      {"weekly: Monday a week later", schedule(2, 0, 30 * day, monday, 0, 144), 9 * day, true},
      {"weekly: before the window", schedule(2, 0, 30 * day, 0x7F, 54, 60), 9 * hour - 1, false},
      {"weekly: window's start", schedule(2, 0, 30 * day, 0x7F, 54, 60), 9 * hour, true},
      {"weekly: window's last", schedule(2, 0, 30 * day, 0x7F, 54, 60), 10 * hour - 1, true},
      {"weekly: window's end", schedule(2, 0, 30 * day, 0x7F, 54, 60), 10 * hour, false},
      {"weekly: to midnight", schedule(2, 0, 30 * day, 0x7F, 143, 144), day - 1, true},
      {"weekly: in the window before the span", schedule(2, day, 9 * day, 0x7F, 0, 144), 0, false},
      {"weekly: in the window after the span", schedule(2, 0, day, 0x7F, 0, 144), day, false},
      {"weekly: no day at all", schedule(2, 0, 30 * day, 0, 0, 144), 0, false},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    MemoryMaster master(io_80());
    REQUIRE(master.write(120, one.schedule) == 0);
    REQUIRE(master.write_code({0, 80}, "4711") == 0);
    REQUIRE(set_clock(master, one.minute, 30) == 0);
    CHECK(master.shown("code", "4711") == (one.opens ? "0/80" : "schedule"));
  }
}

TEST_CASE("io-80: a schedule that can never be is bad content") {
  struct {
    const char* what;
    std::vector<std::uint16_t> schedule;
  } const cases[] = {{"empty span", schedule(1, 100, 100)},
                     {"span backwards", schedule(1, 101, 100)},
                     {"empty window", schedule(2, 0, 100, 0x7F, 60, 60)},
                     {"window across midnight", schedule(2, 0, 100, 0x7F, 60, 54)}};
  for (const auto& one : cases) {
    CAPTURE(one.what);
    MemoryMaster master(io_80());
    REQUIRE(master.write(120, one.schedule) == 0);
    CHECK(master.write_code({0, 80}, "4711") == 6);
    CHECK(master.slots().empty());
  }
}

TEST_CASE("io-80: another schedule replaces, the same one does not, in another slot it is there") {
  MemoryMaster master(io_80());
  REQUIRE(master.write(120, schedule(1, 100, 200)) == 0);
  REQUIRE(master.write_code({0, 80}, "4711") == 0);
  CHECK(master.write_code({0, 80}, "4711") == 0);
  CHECK(master.input(26) == 1);
  REQUIRE(master.write(120, schedule(1, 100, 300)) == 0);
  CHECK(master.write_code({0, 79}, "4711") == 2);
  CHECK(master.write_code({0, 80}, "4711") == 0);
  CHECK(master.input(26) == 2);
  REQUIRE(master.write(120, schedule(0, 0, 0)) == 0);
  CHECK(master.read_slot({0, 80}) == 0);
  CHECK(master.read(3, 120, 7) == Values{1, 0, 100, 0, 300, 0, 0});
  CHECK(master.read_slot({0, 1}) == 0);
  CHECK(master.read(3, 120, 7) == Values(7));
}

TEST_CASE("io-80: memory tells schedules and the clock") {
  MemoryMaster master(io_80());
  REQUIRE(master.write(120, schedule(2, 100, 70'000, monday, 54, 144)) == 0);
  REQUIRE(master.write_card({0, 80}, "01020304") == 0);
  REQUIRE(set_clock(master, 77, 5) == 0);
  const Said said = master.say("memory", {});
  REQUIRE(said);
  CHECK(boost::json::serialize(said->at("clock")) == R"({"minute":77,"second":5})");
  CHECK(boost::json::serialize(said->at("slots")) ==
        R"([{"area":0,"slot":80,"kind":"card","value":"01020304","schedule":{"mode":"weekly",)"
        R"("first":100,"last":70000,"weekdays":1,"from":540,"to":1440}}])");
}

TEST_CASE("io-80: master areas count in order, as many as are enabled") {
  MemoryMaster master(io_80());
  REQUIRE(master.say("masters", {"2"}));
  CHECK(master.input(22) == 2);
  CHECK(master.write_card({1, 90}, "0A000001") == 0);
  CHECK(master.write_card({2, 90}, "0A000002") == 0);
  CHECK(master.write_card({3, 90}, "0A000003") == 5);
  CHECK(master.write_card({1, 91}, "0A000004") == 3);
  CHECK(master.write_code({1, 1}, "1234") == 6);
  CHECK(master.shown("card", "0A000002") == "2/90");
  REQUIRE(master.say("masters", {"1"}));
  CHECK(master.shown("card", "0A000002") == "unknown");
  CHECK(master.shown("card", "0A000001") == "1/90");
  CHECK(master.write(99, {2}) == 0);
  CHECK(master.read(4, 30, 15) == Values(15));
  CHECK(master.read_slot({2, 90}) == 5);
  CHECK(master.slots().size() == 2);
  REQUIRE(master.say("masters", {"9"}));
  CHECK(master.shown("card", "0A000002") == "2/90");
  CHECK(master.write_card({9, 90}, "0A000009") == 0);
}

TEST_CASE("io-80: area 0 wins, and of the same card twice the one that may open now") {
  MemoryMaster master(io_80());
  REQUIRE(master.say("masters", {"1"}));
  REQUIRE(master.write_card({1, 1}, "0A000001") == 0);
  REQUIRE(master.say("masters", {"0"}));
  REQUIRE(master.write(120, schedule(1, 100, 200)) == 0);
  REQUIRE(master.write_card({0, 80}, "0A000001") == 0);
  REQUIRE(master.say("masters", {"1"}));
  REQUIRE(set_clock(master, 150) == 0);
  CHECK(master.shown("card", "0A000001") == "0/80");
  REQUIRE(set_clock(master, 250) == 0);
  CHECK(master.shown("card", "0A000001") == "1/1");
}

TEST_CASE("io-80: a code outside its schedule is a wrong code to the keypad") {
  MemoryMaster master(io_80());
  REQUIRE(master.write(120, schedule(1, 100, 200)) == 0);
  REQUIRE(master.write_code({0, 80}, "4711") == 0);
  for (int count = 0; count < 5; ++count) CHECK(master.shown("code", "4711") == "schedule");
  CHECK(master.shown("code", "4711") == "lockout");
}

}  // namespace
}  // namespace building::test
