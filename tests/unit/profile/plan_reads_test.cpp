#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/profile/support.hpp"

using namespace genkan;
using namespace genkan::profile;
using namespace genkan::profile::test;

namespace {

using Texts = std::vector<std::string>;

Register at(bus::Table table, std::uint16_t address, Encoding encoding = Encoding::u16) {
  Register reg;
  reg.table = table;
  reg.address = address;
  reg.encoding = encoding;
  return reg;
}
Register input(std::uint16_t address) { return at(bus::Table::input, address); }
Register wide(std::uint16_t address) { return at(bus::Table::input, address, Encoding::u32); }
Register coil(std::uint16_t address) { return at(bus::Table::coil, address, Encoding::bit); }
Register alarm(Register reg) {
  reg.lane = PollLane::alarm;
  return reg;
}
Register each(int ms, Register reg) {
  reg.poll = std::chrono::milliseconds(ms);
  return reg;
}
Register unpolled(Register reg) {
  reg.polled = false;
  return reg;
}
Register stepped(std::uint16_t per_channel, Register reg) {
  reg.per_channel = per_channel;
  return reg;
}
Register parted(std::uint16_t per_part, std::uint8_t parts, Register reg) {
  reg.per_part = per_part;
  reg.parts = parts;
  return reg;
}

struct Limits {
  std::uint16_t words = 125;
  std::uint16_t bits = 2000;
  std::uint16_t gap = 0;
};

Profile with(std::vector<Register> registers, Limits limits = {}) {
  Profile profile;
  profile.registers = std::move(registers);
  profile.info.channels = 8;
  profile.timing.most_words = limits.words;
  profile.timing.most_bits = limits.bits;
  profile.timing.most_gap = limits.gap;
  return profile;
}

}  // namespace

TEST_CASE("plan_reads: the fewest reads that the limits allow") {
  struct Case {
    const char* name;
    Profile profile;
    std::vector<std::uint16_t> channels;
    Texts reads;
  };
  const Case cases[] = {
      {"nothing", with({}), {1}, {}},
      {"no channel", with({input(0)}), {}, {}},
      {"neighbours join, in any order",
       with({input(2), input(0), input(1)}),
       {1},
       {"state input 0+3 @0"}},
      {"bits of one word are one word", with({input(5), input(5)}), {1}, {"state input 5+1 @0"}},
      {"a hole is not read across",
       with({input(0), input(2)}),
       {1},
       {"state input 0+1 @0", "state input 2+1 @0"}},
      {"unless the profile allows it",
       with({input(0), input(3)}, {.gap = 2}),
       {1},
       {"state input 0+4 @0"}},
      {"but no further",
       with({input(0), input(4)}, {.gap = 2}),
       {1},
       {"state input 0+1 @0", "state input 4+1 @0"}},
      {"a large gap if the profile says so",
       with({input(0), input(60)}, {.gap = 64}),
       {1},
       {"state input 0+61 @0"}},
      {"known registers are no hole",
       with({input(0), unpolled(input(1)), unpolled(wide(2)), input(4)}),
       {1},
       {"state input 0+5 @0"}},
      {"known ones of another table are",
       with({input(0), unpolled(coil(1)), input(2)}),
       {1},
       {"state input 0+1 @0", "state input 2+1 @0"}},
      {"8 known words are worth bridging",
       with({stepped(9, input(0)), stepped(1, unpolled(input(1)))}),
       {1, 2},
       {"state input 0+10 @0"}},
      {"9 are not",
       with({input(0), parted(1, 9, unpolled(input(1))), input(10)}),
       {1},
       {"state input 0+1 @0", "state input 10+1 @0"}},
      {"128 known coils are",
       with({coil(0), parted(1, 128, unpolled(coil(1))), coil(129)}),
       {1},
       {"state coil 0+130 @0"}},
      {"129 are not",
       with({coil(0), parted(1, 129, unpolled(coil(1))), coil(130)}),
       {1},
       {"state coil 0+1 @0", "state coil 130+1 @0"}},
      {"most_words",
       with({parted(1, 10, input(0))}, {.words = 4}),
       {1},
       {"state input 0+4 @0", "state input 4+4 @0", "state input 8+2 @0"}},
      {"one word at a time",
       with({input(0), input(1)}, {.words = 1}),
       {1},
       {"state input 0+1 @0", "state input 1+1 @0"}},
      {"most_bits",
       with({parted(1, 10, coil(0))}, {.bits = 8}),
       {1},
       {"state coil 0+8 @0", "state coil 8+2 @0"}},
      {"a value of two words is never cut",
       with({input(0), wide(1), wide(3)}, {.words = 4}),
       {1},
       {"state input 0+3 @0", "state input 3+2 @0"}},
      {"overlapping values",
       with({wide(0), wide(1)}, {.words = 2}),
       {1},
       {"state input 0+2 @0", "state input 1+2 @0"}},
      {"tables apart",
       with({input(0), coil(0), at(bus::Table::holding, 0),
             at(bus::Table::discrete, 0, Encoding::bit)}),
       {1},
       {"state coil 0+1 @0", "state discrete 0+1 @0", "state holding 0+1 @0",
        "state input 0+1 @0"}},
      {"lanes apart, alarm first",
       with({input(0), alarm(input(1))}),
       {1},
       {"alarm input 1+1 @0", "state input 0+1 @0"}},
      {"intervals apart",
       with({input(0), each(500, input(1))}),
       {1},
       {"state input 0+1 @0", "state input 1+1 @500"}},
      {"one word in both lanes is read in the alarm lane",
       with({input(0), alarm(each(100, input(0)))}),
       {1},
       {"alarm input 0+1 @0"}},
      {"what an alarm read brings along is not read again",
       with({alarm(input(0)), each(900, input(1)), alarm(input(2))}),
       {1},
       {"alarm input 0+3 @0"}},
      {"unless that is too rare",
       with({alarm(each(900, input(0))), input(1), alarm(each(900, input(2)))}),
       {1},
       {"alarm input 0+3 @900", "state input 1+1 @0"}},
      {"channels in use only",
       with({stepped(10, input(0)), stepped(10, input(1))}),
       {3, 1},
       {"state input 0+2 @0", "state input 20+2 @0"}},
      {"channels side by side", with({stepped(1, coil(0))}), {2, 5}, {"state coil 1+4 @0"}},
      {"a register of all channels is read once",
       with({input(7)}),
       {1, 2, 3},
       {"state input 7+1 @0"}},
      {"unpolled ones are not read", with({unpolled(input(7))}), {1}, {}},
      {"the last address", with({input(65'534), input(65'535)}), {1}, {"state input 65534+2 @0"}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(texts(plan_reads(c.profile, c.channels)) == c.reads);
  }
}

TEST_CASE("plan_reads: profiles on one unit share reads under the strictest limits") {
  const auto first = with({input(0), input(1)}, {.words = 3, .gap = 4});
  const auto second = with({input(2), input(3), input(5)}, {.words = 100, .gap = 0});
  CHECK(texts(plan_reads({{&first, {1}}, {&second, {1}}})) ==
        Texts{"state input 0+3 @0", "state input 3+1 @0", "state input 5+1 @0"});
  CHECK(plan_reads(std::vector<UnitPart>{}).empty());
}
