// The memory of the locks over the bus, line by line of the data sheet.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/building/memory_master.hpp"

namespace building::test {
namespace {

using Values = std::vector<int>;

TEST_CASE("memory: input 20 to 22, places and enabled master areas of each model") {
  struct {
    LockSpec spec;
    Values expected;
  } const cases[] = {
      {el_100(), {230, 0, 0}}, {io_80(), {80, 90, 0}}, {pk_9(), {9, 90, 0}}, {pk_9s(), {9, 90, 0}}};
  for (const auto& one : cases) {
    CAPTURE(one.spec.model);
    MemoryMaster master(one.spec);
    CHECK(master.lock.model() == one.spec.model);
    CHECK(master.read(4, 20, 3) == one.expected);
  }
}

TEST_CASE("memory: every register that is not there answers exception 2") {
  const LockSpec all[] = {el_100(), io_80(), pk_9(), pk_9s()};
  for (const LockSpec& spec : all) {
    CAPTURE(spec.model);
    MemoryMaster master(spec);
    for (std::uint16_t address = 0; address < 300; ++address) {
      CAPTURE(address);
      const bool input = address <= 3 || (address >= 20 && address <= 26 && address != 23) ||
                         (address >= 30 && address <= 44) || (address >= 110 && address <= 112);
      const bool clock = address >= 130 && address <= 132;
      const bool schedule = address >= 120 && address <= 126;
      const bool holding =
          (address >= 99 && address <= 110) || (spec.schedules && (clock || schedule));
      CHECK((master.input(address) == -2) == !input);
      CHECK((master.holding(address) == -2) == !holding);
      if (!holding) CHECK(master.write(address, {0}) == 2);
    }
    CHECK(master.read(4, 20, 7) == Values{-2});
    CHECK(master.write(110, {1, 0}) == 2);
    CHECK(master.read(4, 0xFFFF, 1) == Values{-2});
  }
}

TEST_CASE("memory: a value that a register cannot hold answers exception 3") {
  struct {
    std::uint16_t address;
    std::uint16_t value;
    int expected;
  } const cases[] = {{101, 2, 0},      {101, 3, 3},      {108, 0, 0},      {108, 1, 3},
                     {109, 1, 3},      {110, 0, 3},      {110, 4, 3},      {102, 0xABCD, 0},
                     {99, 0xFFFF, 0},  {100, 0xFFFF, 0}, {107, 0xFFFF, 0}, {120, 2, 0},
                     {120, 3, 3},      {121, 0xFFFF, 0}, {125, 0x7F, 0},   {125, 0x80, 3},
                     {126, 0x9090, 0}, {126, 0x9091, 3}, {126, 0x9190, 3}, {130, 0, 3},
                     {131, 0, 3},      {132, 0, 3}};
  for (const auto& one : cases) {
    CAPTURE(one.address);
    CAPTURE(one.value);
    MemoryMaster master(io_80());
    CHECK(master.write(one.address, {one.value}) == one.expected);
  }
}

TEST_CASE("memory: one block writes, what was written reads back, content is never told") {
  MemoryMaster master(el_100());
  CHECK(master.write_code({0, 230}, "123456") == 0);
  CHECK(master.read(3, 99, 12) ==
        Values{0, 230, 1, 0x1234, 0x56FF, 0xFFFF, 0xFFFF, 0xFFFF, 6, 0, 0, 1});
  CHECK(master.input(26) == 1);
  CHECK(master.moves("slot") == std::vector<std::string>{"0/230 write bus"});
  for (const Move& move : master.log.moves) {
    if (move.address && *move.address >= 102 && *move.address <= 107) CHECK(move.value.is_null());
  }
  CHECK(master.write_card({0, 1}, "0123456789ABCDEF") == 0);
  CHECK(master.read_slot({0, 230}) == 0);
  CHECK(master.read(3, 101, 7) == Values{1, 0x1234, 0x56FF, 0xFFFF, 0xFFFF, 0xFFFF, 6});
  CHECK(master.read_slot({0, 1}) == 0);
  CHECK(master.read(3, 101, 7) == Values{2, 0x0123, 0x4567, 0x89AB, 0xCDEF, 0, 8});
  CHECK(master.read_slot({0, 2}) == 0);
  CHECK(master.read(3, 101, 7) == Values{0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("memory: the longest code and card fill the registers") {
  MemoryMaster master(el_100());
  CHECK(master.write_code({0, 1}, "12345678901234567890") == 0);
  CHECK(master.write_card({0, 2}, "00112233445566778899") == 0);
  CHECK(master.shown("code", "12345678901234567890") == "0/1");
  CHECK(master.shown("card", "00112233445566778899") == "0/2");
  CHECK(master.shown("card", "001122334455667788") == "unknown");
}

TEST_CASE("memory: input 30 to 44 tell the taken slots of the chosen area") {
  MemoryMaster master(pk_9());
  CHECK(master.write_code({0, 9}, "1111") == 0);
  CHECK(master.write_card({1, 1}, "01020304") == 0);
  CHECK(master.write_card({1, 16}, "01020305") == 0);
  CHECK(master.write_card({1, 90}, "01020306") == 0);
  Values expected(15);
  expected[0] = 0x8001;
  expected[5] = 1 << 9;
  CHECK(master.write(99, {1}) == 0);
  CHECK(master.read(4, 30, 15) == expected);
  CHECK(master.write(99, {0}) == 0);
  CHECK(master.input(30) == 1 << 8);
  CHECK(master.write(99, {2}) == 0);
  CHECK(master.read(4, 30, 15) == Values(15));
  MemoryMaster large(el_100());
  CHECK(large.write_code({0, 230}, "1111") == 0);
  CHECK(large.input(44) == 1 << 5);
}

TEST_CASE("memory: each result of input 110") {
  struct {
    const char* what;
    LockSpec spec;
    SlotPlace place;
    StoredKey key;
    std::uint16_t command;
    int expected;
  } const cases[] = {
      {"the same code", el_100(), {0, 2}, *code_of("4711"), 1, 2},
      {"the same slot again", el_100(), {0, 1}, *code_of("4711"), 1, 0},
      {"another into a taken slot", el_100(), {0, 1}, *code_of("4712"), 1, 0},
      {"slot 0", el_100(), {0, 0}, *code_of("1234"), 1, 3},
      {"slot behind the last", el_100(), {0, 231}, *code_of("1234"), 1, 3},
      {"area of another model", el_100(), {1, 1}, *code_of("1234"), 1, 3},
      {"remove behind the last", pk_9(), {0, 10}, {}, 2, 3},
      {"read behind the last", pk_9(), {1, 91}, {}, 3, 3},
      {"area behind the last", io_80(), {10, 1}, *card_of("01020304"), 1, 3},
      {"master area not enabled", io_80(), {1, 1}, *card_of("01020304"), 1, 5},
      {"remove where not enabled", io_80(), {9, 1}, {}, 2, 5},
      {"read where not enabled", io_80(), {9, 1}, {}, 3, 5},
      {"card among codes", pk_9(), {0, 2}, *card_of("01020304"), 1, 6},
      {"code among cards", pk_9(), {1, 1}, *code_of("1234"), 1, 6},
      {"nothing", el_100(), {0, 2}, {}, 1, 6},
      {"no digits", el_100(), {0, 2}, {KeyKind::code, {0xFFFF}, 0}, 1, 6},
      {"no digit",
       el_100(),
       {0, 2},
       {KeyKind::code, {0x12AF, 65535, 65535, 65535, 65535}, 3},
       1,
       6},
      {"length too short",
       el_100(),
       {0, 2},
       {KeyKind::code, {0x1234, 65535, 65535, 65535, 65535}, 3},
       1,
       6},
      {"length too long",
       el_100(),
       {0, 2},
       {KeyKind::code, {0x1234, 65535, 65535, 65535, 65535}, 5},
       1,
       6},
      {"21 digits", el_100(), {0, 2}, {KeyKind::code, {}, 21}, 1, 6},
      {"padding of a code", el_100(), {0, 2}, {KeyKind::code, {0x1234, 0, 0, 0, 0}, 4}, 1, 6},
      {"padding of a card", el_100(), {0, 2}, {KeyKind::card, {0x0102, 0x0304, 1, 0, 0}, 4}, 1, 6},
      {"11 bytes", el_100(), {0, 2}, {KeyKind::card, {1, 2, 3, 4, 5}, 11}, 1, 6},
      {"remove an empty slot", pk_9(), {1, 90}, {}, 2, 0},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    MemoryMaster master(one.spec);
    REQUIRE(master.write_code({0, 1}, "4711") == 0);
    const int changes = master.input(26);
    CHECK(master.command(one.place, one.key, one.command) == one.expected);
    const bool changed = one.expected == 0 && one.key == *code_of("4712");
    CHECK(master.input(26) == changes + (changed ? 1 : 0));
    CHECK(master.read(4, 111, 2) == (one.expected == 2 ? Values{1, 0} : Values{0, 0}));
    CHECK(master.slots().size() == 1);
  }
}

TEST_CASE("memory: already there names slot and area") {
  MemoryMaster master(pk_9());
  CHECK(master.write_card({1, 77}, "01020304") == 0);
  CHECK(master.write_card({1, 78}, "01020304") == 2);
  CHECK(master.read(4, 110, 3) == Values{2, 77, 1});
  CHECK(master.remove({1, 77}) == 0);
  CHECK(master.read(4, 110, 3) == Values{0, 0, 0});
  CHECK(master.write_card({1, 78}, "01020304") == 0);
  CHECK(master.moves("slot") ==
        std::vector<std::string>{"1/77 write bus", "1/77 remove bus", "1/78 write bus"});
}

TEST_CASE("memory: working times, and exception 6 to what comes meanwhile") {
  struct {
    std::uint16_t command;
    Duration takes;
  } const cases[] = {{1, 120ms}, {2, 80ms}, {3, 20ms}};
  for (const auto& one : cases) {
    CAPTURE(one.command);
    MemoryMaster master(io_80());
    const std::vector<std::uint16_t> block{0,      7,      1, 0x1234, 0xFFFF, 0xFFFF,
                                           0xFFFF, 0xFFFF, 4, 0,      0,      one.command};
    REQUIRE(master.write(99, block) == 0);
    master.now = start + one.takes - 1ms;
    CHECK(master.input(110) == 1);
    CHECK(master.write(99, block) == 6);
    CHECK(master.write(110, {3}) == 6);
    CHECK(master.write(99, {1}) == 6);
    CHECK(master.write(120, {0}) == 6);
    CHECK(master.write(99, {0, 0, 3}) == 3);
    CHECK(master.write(105, {0, 0, 0, 0, 0, 1, 0}) == 2);
    CHECK(master.write(130, {0, 1, 0}) == 0);
    CHECK(master.read(3, 99, 1) == Values{0});
    master.now = start + one.takes;
    CHECK(master.input(110) == 0);
    CHECK(master.write(99, {1}) == 0);
  }
}

TEST_CASE("memory: the bolt obeys while the memory works, and the memory without supply") {
  MemoryMaster master(el_100());
  CHECK(master.write(99, {0, 1, 1, 0x1234, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 4, 0, 0, 1}) == 0);
  CHECK(write(master.lock, Table::coil, 0, 0, master.now) == Refusal::none);
  CHECK(master.say("power", {"lost"}));
  CHECK(master.settle() == 0);
  CHECK(master.slots().size() == 1);
}

TEST_CASE("memory: it fills up to its last place and empties again") {
  MemoryMaster master(el_100());
  for (std::uint16_t slot = 230; slot >= 1; --slot) {
    REQUIRE(master.write_code({0, slot}, std::to_string(10'000 + slot)) == 0);
  }
  CHECK(master.input(26) == 230);
  CHECK(master.slots().size() == 230);
  Values all(15, 0xFFFF);
  all[14] = 0x3F;
  CHECK(master.read(4, 30, 15) == all);
  for (std::uint16_t slot = 1; slot <= 230; ++slot) REQUIRE(master.remove({0, slot}) == 0);
  CHECK(master.input(26) == 460);
  CHECK(master.read(4, 30, 15) == Values(15));
}

TEST_CASE("memory: the counter of changes wraps") {
  CodeMemory memory(el_100().areas, false);
  REQUIRE(memory.restore({1, 65'535, 0, {}}));
  CHECK(memory.write({0, 1}, {*code_of("1234"), {}}).changed);
  CHECK(memory.image().changes == 0);
}

TEST_CASE("memory: refuse makes every command answer so and change nothing") {
  for (int result = 0; result <= 6; ++result) {
    CAPTURE(result);
    MemoryMaster master(pk_9());
    REQUIRE(master.say("refuse", {std::to_string(result)}));
    CHECK(master.write_code({0, 1}, "1234") == result);
    CHECK(master.write_code({0, 2}, "1235") == result);
    CHECK(master.slots().empty());
    REQUIRE(master.say("refuse", {"off"}));
    CHECK(master.write_code({0, 1}, "1234") == 0);
    CHECK(master.slots().size() == 1);
    CHECK_FALSE(master.say("refuse", {"7"}));
  }
}

TEST_CASE("memory: swap puts another, empty lock in") {
  MemoryMaster master(io_80());
  REQUIRE(master.say("masters", {"9"}));
  REQUIRE(master.write_code({0, 80}, "1234") == 0);
  REQUIRE(master.write(130, {0, 100, 0}) == 0);
  REQUIRE(master.write(99, {0, 1, 1, 0x1235, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 4, 0, 0, 1}) == 0);
  const Values before = master.read(4, 24, 2);
  REQUIRE(master.say("swap", {}));
  CHECK(master.read(4, 24, 2) != before);
  CHECK(master.read(4, 20, 3) == Values{80, 90, 0});
  CHECK(master.input(26) == 0);
  CHECK(master.input(110) == 0);
  CHECK(master.read(3, 130, 3) == Values{0, 0, 0});
  CHECK(master.settle() == 0);
  CHECK(master.slots().empty());
  const Values second = master.read(4, 24, 2);
  REQUIRE(master.say("swap", {}));
  CHECK(master.read(4, 24, 2) != second);
}

}  // namespace
}  // namespace building::test
