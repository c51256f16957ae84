// What people do at the locks with a memory: codes, cards, the outside panel, programming by hand.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/building/memory_master.hpp"

namespace building::test {
namespace {

constexpr int by_key = 2;
constexpr int by_card = 3;
constexpr int by_touch = 6;
constexpr int lockout_bit = 1 << 5;

int operated_by(MemoryMaster& master) { return master.input(0) >> 8 & 7; }
int bolt(MemoryMaster& master) { return master.input(0) & 3; }
int lockout(MemoryMaster& master) { return master.input(0) & lockout_bit; }

TEST_CASE("at the lock: a right code or card withdraws the bolt, and the slot is told") {
  MemoryMaster master(pk_9());
  REQUIRE(master.write_code({0, 9}, "4711") == 0);
  REQUIRE(master.write_card({1, 90}, "012345678899AABB") == 0);
  CHECK(master.shown("code", "4711") == "0/9");
  CHECK(bolt(master) == 2);
  master.now += 400ms;
  CHECK(bolt(master) == 0);
  CHECK(operated_by(master) == by_key);
  CHECK(master.input(2) == 9);
  REQUIRE(master.say("touch", {"lock"}));
  master.now += 400ms;
  CHECK(bolt(master) == 1);
  CHECK(operated_by(master) == by_touch);
  CHECK(master.input(2) == 0);
  CHECK(master.shown("card", "012345678899aabb") == "1/90");
  master.now += 400ms;
  CHECK(bolt(master) == 0);
  CHECK(operated_by(master) == by_card);
  CHECK(master.input(2) == 90);
  CHECK(master.moves("bolt") == std::vector<std::string>{"0/9 moving key", "0/9 unlocked key",
                                                         "moving touch", "locked touch",
                                                         "1/90 moving card", "1/90 unlocked card"});
}

TEST_CASE("at the lock: what does not open") {
  struct {
    const char* what;
    const char* verb;
    const char* value;
    const char* expected;
  } const cases[] = {
      {"another code", "code", "1235", "unknown"},
      {"its beginning", "code", "123", "unknown"},
      {"more than it", "code", "12341", "unknown"},
      {"a card with the code's digits", "card", "1234", "unknown"},
      {"another card", "card", "01020305", "unknown"},
      {"letters", "code", "12a4", "a code has 1 to 20 digits"},
      {"nothing", "code", "", "a code has 1 to 20 digits"},
      {"21 digits", "code", "123456789012345678901", "a code has 1 to 20 digits"},
      {"half a byte", "card", "010", "a card has 1 to 10 bytes, two hexadecimal digits each"},
      {"no hexadecimal", "card", "01xy", "a card has 1 to 10 bytes, two hexadecimal digits each"}};
  for (const auto& one : cases) {
    CAPTURE(one.what);
    MemoryMaster master(el_100());
    REQUIRE(master.write_code({0, 1}, "1234") == 0);
    REQUIRE(master.write_card({0, 2}, "01020304") == 0);
    CHECK(master.shown(one.verb, one.value) == one.expected);
    master.now += 1s;
    CHECK(bolt(master) == 1);
    CHECK(master.moves("bolt").empty());
  }
}

TEST_CASE("at the lock: a removed key opens no more, a replaced one neither") {
  MemoryMaster master(el_100());
  REQUIRE(master.write_code({0, 1}, "1234") == 0);
  REQUIRE(master.write_code({0, 1}, "5678") == 0);
  CHECK(master.shown("code", "1234") == "unknown");
  CHECK(master.shown("code", "5678") == "0/1");
  REQUIRE(master.remove({0, 1}) == 0);
  CHECK(master.shown("code", "5678") == "unknown");
}

TEST_CASE("at the lock: without supply nothing moves the bolt") {
  MemoryMaster master(el_100());
  REQUIRE(master.write_code({0, 1}, "1234") == 0);
  REQUIRE(master.say("power", {"lost"}));
  CHECK(master.shown("code", "1234") == "supply");
  CHECK_FALSE(master.say("touch", {"unlock"}));
  REQUIRE(master.say("power", {"ok"}));
  CHECK(master.shown("code", "1234") == "0/1");
}

TEST_CASE("at the lock: touch locks and unlocks, not with the door open") {
  MemoryMaster master(io_80());
  REQUIRE(master.say("touch", {"unlock"}));
  master.now += 1s;
  CHECK(bolt(master) == 0);
  CHECK(operated_by(master) == by_touch);
  REQUIRE(master.say("door", {"open"}));
  CHECK_FALSE(master.say("touch", {"lock"}));
  CHECK_FALSE(master.say("touch", {"shut"}));
  REQUIRE(master.say("door", {"close"}));
  REQUIRE(master.say("touch", {"lock"}));
  master.now += 1s;
  CHECK(bolt(master) == 1);
}

TEST_CASE("DEV-12 at the lock: five wrong codes within 60 s lock the keypad for 3 minutes") {
  MemoryMaster master(pk_9s());
  REQUIRE(master.write_code({0, 1}, "1234") == 0);
  REQUIRE(master.write_card({1, 1}, "01020304") == 0);
  const Time first = master.now;
  for (int count = 0; count < 4; ++count) CHECK(master.shown("code", "9999") == "unknown");
  CHECK(lockout(master) == 0);
  master.now = first + 60s;
  CHECK(master.shown("code", "9999") == "unknown");
  CHECK(lockout(master) == lockout_bit);
  CHECK(master.shown("code", "1234") == "lockout");
  CHECK(master.shown("code", "9999") == "lockout");
  CHECK(master.shown("card", "01020304") == "1/1");
  master.now = first + 60s + 3min - 1ms;
  CHECK(lockout(master) == lockout_bit);
  master.now += 1ms;
  CHECK(lockout(master) == 0);
  CHECK(master.shown("code", "1234") == "0/1");
}

TEST_CASE("DEV-12 at the lock: wrong codes far apart, or with a right one between, lock nothing") {
  struct {
    const char* what;
    Duration pause;
    const char* third;
    const char* verb;
  } const cases[] = {{"far apart", 15'001ms, "9999", "code"},
                     {"a right one between", 1s, "1234", "code"},
                     {"cards", 1s, "01020305", "card"}};
  for (const auto& one : cases) {
    CAPTURE(one.what);
    MemoryMaster master(el_100());
    REQUIRE(master.write_code({0, 1}, "1234") == 0);
    for (int count = 0; count < 6; ++count) {
      const bool card = one.verb == std::string("card");
      master.shown(one.verb, count == 2 || card ? one.third : "9999");
      CHECK(lockout(master) == 0);
      master.now += one.pause;
    }
  }
}

TEST_CASE("DEV-12 at the lock: lockout on holds until it is let go") {
  MemoryMaster master(el_100());
  REQUIRE(master.write_code({0, 1}, "1234") == 0);
  REQUIRE(master.say("lockout", {"on"}));
  master.now += 1h;
  CHECK(lockout(master) == lockout_bit);
  CHECK(master.shown("code", "1234") == "lockout");
  REQUIRE(master.say("lockout", {"off"}));
  CHECK(master.shown("code", "1234") == "0/1");
  for (int count = 0; count < 5; ++count) master.shown("code", "9999");
  CHECK(lockout(master) == lockout_bit);
  REQUIRE(master.say("lockout", {"off"}));
  CHECK(lockout(master) == 0);
}

TEST_CASE("by hand: programming and erasing at the lock, told as such, without the content") {
  MemoryMaster master(pk_9());
  REQUIRE(master.say("program", {"0", "1", "code", "2468"}));
  REQUIRE(master.say("program", {"1", "1", "card", "0102030405060708"}));
  REQUIRE(master.say("program", {"0", "1", "code", "2468"}));
  CHECK(master.input(26) == 2);
  CHECK(master.shown("code", "2468") == "0/1");
  CHECK(master.write_code({0, 9}, "2468") == 2);
  CHECK(master.input(111) == 1);
  REQUIRE(master.say("erase", {"1", "1"}));
  REQUIRE(master.say("erase", {"1", "1"}));
  CHECK(master.input(26) == 3);
  CHECK(master.moves("slot") ==
        std::vector<std::string>{"0/1 write hand", "1/1 write hand", "1/1 remove hand"});
  const boost::json::array slots = master.slots();
  REQUIRE(slots.size() == 1);
  CHECK(boost::json::serialize(slots[0]) ==
        R"({"area":0,"slot":1,"kind":"code","value":"2468","schedule":{"mode":"always"}})");
}

TEST_CASE("by hand: what cannot be is refused with a sentence and changes nothing") {
  struct {
    const char* verb;
    std::vector<std::string> words;
  } const cases[] = {{"program", {}},
                     {"program", {"0"}},
                     {"program", {"0", "1"}},
                     {"program", {"0", "1", "code"}},
                     {"program", {"0", "1", "code", "1234", "5"}},
                     {"program", {"0", "0", "code", "1234"}},
                     {"program", {"0", "81", "code", "1234"}},
                     {"program", {"10", "1", "card", "01020304"}},
                     {"program", {"1", "1", "card", "01020304"}},
                     {"program", {"0", "1", "face", "1234"}},
                     {"program", {"0", "1", "code", "12x4"}},
                     {"program", {"0", "1", "card", "123"}},
                     {"program", {"0", "2", "code", "4711"}},
                     {"erase", {"0"}},
                     {"erase", {"0", "81"}},
                     {"erase", {"2", "1"}},
                     {"key", {"81"}},
                     {"key", {"1", "10"}},
                     {"key", {}},
                     {"code", {}},
                     {"code", {"12", "34"}},
                     {"card", {}},
                     {"touch", {}},
                     {"clock", {}},
                     {"clock", {"1.5"}},
                     {"drift", {"200001"}},
                     {"masters", {"10"}},
                     {"masters", {"-1"}},
                     {"refuse", {}},
                     {"refuse", {"on"}}};
  for (const auto& one : cases) {
    CAPTURE(one.verb);
    CAPTURE(one.words.size());
    MemoryMaster master(io_80());
    REQUIRE(master.say("program", {"0", "1", "code", "4711"}));
    const std::size_t moves = master.log.moves.size();
    const Said said = master.say(one.verb, one.words);
    REQUIRE_FALSE(said);
    CHECK(said.error().size() > 8);
    CHECK(master.input(26) == 1);
    CHECK(master.log.moves.size() == moves);
  }
}

TEST_CASE("key: the slot may be of any area, and tells whether it is a card's") {
  MemoryMaster master(pk_9());
  REQUIRE(master.write_card({1, 50}, "01020304") == 0);
  REQUIRE(master.say("key", {"50", "1"}));
  CHECK(operated_by(master) == by_card);
  CHECK(master.input(2) == 50);
  REQUIRE(master.say("key", {"3"}));
  CHECK(operated_by(master) == by_key);
}

TEST_CASE("locks without a part for it refuse: clock and masters") {
  const LockSpec specs[] = {el_100(), pk_9(), pk_9s()};
  for (const LockSpec& spec : specs) {
    CAPTURE(spec.model);
    MemoryMaster master(spec);
    CHECK_FALSE(master.say("clock", {"1"}));
    CHECK_FALSE(master.say("drift", {"1"}));
    CHECK_FALSE(master.say("masters", {"1"}));
    CHECK_FALSE(master.say("memory", {}).value().contains("clock"));
  }
}

}  // namespace
}  // namespace building::test
