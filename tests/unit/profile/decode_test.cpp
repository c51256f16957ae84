#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/profile/support.hpp"

using namespace genkan;
using namespace genkan::profile;
using namespace genkan::profile::test;
using domain::Field;

namespace {

using Words = std::vector<std::uint16_t>;
using Texts = std::vector<std::string>;

// An elevator with one state of numbers, read from `reg`.
Profile elevator(std::string_view state, std::string_view reg) {
  return parsed(
      cat("[model]\nname = 'x'\ntitle = 'X'\nkind = 'elevator'\n[register]\n"
          "ground = { table = 'input', address = 90 }\nvalue = ",
          reg, "\n[state.floor]\nregister = 'ground'\n[state.", state, "]\nregister = 'value'\n"));
}

// A lock whose bolt is found by rules over two contacts.
Profile ruled_lock() {
  return parsed(
      "[model]\nname = 'x'\ntitle = 'X'\nkind = 'lock'\n"
      "[register]\n"
      "in = { table = 'discrete', address = 0 }\n"
      "out = { table = 'discrete', address = 1 }\n"
      "mode = { table = 'input', address = 0 }\n"
      "[state.bolt]\n"
      "when = [\n"
      "  { mode = [8, 9], is = 'jammed' },\n"
      "  { in = 1, out = 0, is = 'locked' },\n"
      "  { in = 0, out = 1, is = 'unlocked' },\n"
      "]\n"
      "otherwise = 'moving'\n"
      "[state.power]\n"
      "when = [ { mode = 7, is = 'lost' }, { mode = [0, 1], is = 'ok' } ]\n"
      "[state.operated_by]\n"
      "register = 'mode'\n"
      "values = { 0 = 'hand', 1 = 'key' }\n"
      "otherwise = 'unknown'\n");
}

}  // namespace

TEST_CASE("decode: types, signs, word order, bits, scale") {
  struct Case {
    const char* state;
    const char* reg;
    Words words;  // input registers from 0
    std::optional<std::int32_t> value;
    Texts strange;
  };
  const Case cases[] = {
      {"fault", "{ table = 'input', address = 0 }", {65'535}, 65'535, {}},
      {"load", "{ table = 'input', address = 0 }", {200}, 200, {}},
      {"load", "{ table = 'input', address = 0 }", {201}, {}, {"load = 201"}},
      {"load", "{ table = 'input', address = 0, type = 'i16' }", {0xFFFF}, {}, {"load = -1"}},
      {"load", "{ table = 'input', address = 0, type = 'i16', scale = -1 }", {0xFF9C}, 100, {}},
      {"load", "{ table = 'input', address = 0, scale = 0.1 }", {655}, 66, {}},
      {"load", "{ table = 'input', address = 0, scale = 0.1 }", {2006}, {}, {"load = 2006"}},
      {"load", "{ table = 'input', address = 0, offset = -40 }", {39}, {}, {"load = 39"}},
      {"load", "{ table = 'input', address = 0, offset = -40 }", {40}, 0, {}},
      {"load", "{ table = 'input', address = 0, bits = '4..7' }", {0xA5B7}, 0xB, {}},
      {"load", "{ table = 'input', address = 0, bit = 15 }", {0x8000}, 1, {}},
      {"load", "{ table = 'input', address = 0, bit = 15 }", {0x7FFF}, 0, {}},
      {"fault", "{ table = 'input', address = 0, bits = '0..15' }", {0xFFFF}, 0xFFFF, {}},
      {"trips", "{ table = 'input', address = 0, type = 'u32' }", {1, 2}, 65'538, {}},
      {"trips",
       "{ table = 'input', address = 0, type = 'u32', order = 'low_first' }",
       {1, 2},
       131'073,
       {}},
      {"trips",
       "{ table = 'input', address = 0, type = 'u32' }",
       {0xFFFF, 0xFFFF},
       {},
       {"trips = 4294967295"}},
      {"trips",
       "{ table = 'input', address = 0, type = 'u32', scale = 1000000 }",
       {0xFFFF, 0xFFFF},
       {},
       {"trips = 4294967295"}},
      {"trips",
       "{ table = 'input', address = 0, type = 'i32', scale = -1 }",
       {0xFFFF, 0xFFFE},
       2,
       {}},
      {"fault",
       "{ table = 'input', address = 0, type = 'u32', bits = '12..19' }",
       {0x000A, 0xB000},
       0xAB,
       {}},
      {"trips", "{ table = 'input', address = 0, type = 'u32' }", {1}, {}, {}},
      {"trips", "{ table = 'input', address = 65534, type = 'u32' }", {1}, {}, {}},
      {"fault", "{ table = 'holding', address = 0 }", {1}, {}, {}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.reg);
    CAPTURE(c.words);
    const auto profile = elevator(c.state, c.reg);
    RegisterImage image;
    image.put(bus::Table::input, 0, c.words);
    Texts strange;
    const auto state = decode(profile, 1, image, &strange);
    CHECK(state.get(*domain::field_named(c.state)) == c.value);
    CHECK(strange == c.strange);
  }
}

TEST_CASE("decode: a raw value that nothing names leaves its field out and is told") {
  const auto profile = parsed(
      "[model]\nname = 'x'\ntitle = 'X'\nkind = 'lock'\n"
      "[register.word]\ntable = 'input'\naddress = 0\n"
      "[state.bolt]\nregister = 'word'\nvalues = { 1 = 'locked', 2 = 'unlocked' }\n"
      "[state.tamper]\nregister = 'word'\n"
      "[state.battery]\nregister = 'word'\nvalues = { 1 = 100, 7 = 5 }\n");
  RegisterImage image;
  image.put(bus::Table::input, 0, {7});
  Texts strange;
  const auto state = decode(profile, 1, image, &strange);
  CHECK(state.entries().size() == 1);
  CHECK(state.get(Field::battery) == 5);
  CHECK(strange == Texts{"bolt = 7", "tamper = 7"});
  image.put(bus::Table::input, 0, {1});
  strange.clear();
  const auto right = decode(profile, 1, image, &strange);
  CHECK(right.is(Field::bolt, domain::Bolt::locked));
  CHECK(right.get(Field::tamper) == 1);
  CHECK(right.get(Field::battery) == 100);
  CHECK(strange.empty());
  image.clear();
  CHECK(decode(profile, 1, image, &strange).empty());
  CHECK(strange.empty());
}

TEST_CASE("decode: rules over several registers") {
  struct Case {
    std::optional<std::uint16_t> in, out, mode;
    std::optional<domain::Bolt> bolt;
    std::optional<domain::Power> power;
    std::optional<domain::OperatedBy> operated_by;
    Texts strange;
  };
  using enum domain::Bolt;
  const Case cases[] = {
      {1, 0, 0, locked, domain::Power::ok, domain::OperatedBy::hand, {}},
      {0, 1, 1, unlocked, domain::Power::ok, domain::OperatedBy::key, {}},
      {0, 0, 7, moving, domain::Power::lost, domain::OperatedBy::unknown, {}},
      {1, 0, 9, jammed, {}, domain::OperatedBy::unknown, {"power: no rule holds"}},
      // Not read: nothing is claimed that it could change …
      {1, 0, {}, {}, {}, {}, {}},
      {1, {}, 0, {}, domain::Power::ok, domain::OperatedBy::hand, {}},
      // … but an earlier rule that holds is enough.
      {{}, {}, 8, jammed, {}, domain::OperatedBy::unknown, {"power: no rule holds"}},
  };
  const auto profile = ruled_lock();
  for (const auto& c : cases) {
    RegisterImage image;
    if (c.in) image.put(bus::Table::discrete, 0, {*c.in});
    if (c.out) image.put(bus::Table::discrete, 1, {*c.out});
    if (c.mode) image.put(bus::Table::input, 0, {*c.mode});
    Texts strange;
    const auto state = decode(profile, 1, image, &strange);
    const auto as_number = [](auto word) {
      return word ? std::optional(static_cast<std::int32_t>(*word)) : std::nullopt;
    };
    CHECK(state.get(Field::bolt) == as_number(c.bolt));
    CHECK(state.get(Field::power) == as_number(c.power));
    CHECK(state.get(Field::operated_by) == as_number(c.operated_by));
    CHECK(strange == c.strange);
  }
}

TEST_CASE("decode: parts and channels as bits of words") {
  const auto profile = parsed(
      "[model]\nname = 'x'\ntitle = 'X'\nkind = 'delivery_box'\nchannels = 2\n"
      "[register]\n"
      "in = { table = 'input', address = 4, bit = 0, bits_per_part = 1, parts = 20, "
      "per_channel = 2 }\n"
      "tamper = { table = 'input', address = 9, bit = 3, bits_per_channel = 1 }\n"
      "[state.compartment]\nregister = 'in'\nvalues = { 0 = 'empty', 1 = 'deposited' }\n"
      "[state.tamper]\nregister = 'tamper'\n");
  RegisterImage image;
  image.put(bus::Table::input, 4, {0x8001, 0x0002, 0x0000, 0x0008});
  image.put(bus::Table::input, 9, {1 << 4});
  const auto first = decode(profile, 1, image);
  const auto second = decode(profile, 2, image);
  for (std::uint8_t part = 1; part <= 20; ++part) {
    const bool in_first = part == 1 || part == 16 || part == 18;
    CHECK(first.get({Field::compartment, part}) == (in_first ? 1 : 0));
    CHECK(second.get({Field::compartment, part}) == (part == 20 ? 1 : 0));
  }
  CHECK(first.get(Field::tamper) == 0);
  CHECK(second.get(Field::tamper) == 1);
  CHECK(texts(plan_reads(profile, {1, 2})) == Texts{"state input 4+4 @0", "state input 9+1 @0"});
}

TEST_CASE("image: values past the last address are dropped") {
  RegisterImage image;
  image.put(bus::Table::input, 65'535, {1, 2});
  Register reg;
  reg.table = bus::Table::input;
  reg.address = 65'535;
  CHECK(image.raw(reg, 1, 0) == 1);
  reg.encoding = Encoding::u32;
  CHECK_FALSE(image.raw(reg, 1, 0).has_value());
  reg.address = 0;
  reg.encoding = Encoding::u16;
  CHECK_FALSE(image.raw(reg, 1, 0).has_value());
}
