#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/profile/support.hpp"

// DEV-31: what is wrong with a memory's description, where, and what would be right.
using namespace genkan;
using namespace genkan::profile::test;

namespace {

// A lock with a memory and no fault. Cases replace one of its lines, so that line numbers stand.
constexpr std::string_view sound_lines[] = {
    /* 1 */ "[model]",
    /* 2 */ "name = 'x'",
    /* 3 */ "title = 'X'",
    /* 4 */ "kind = 'lock'",
    /* 5 */ "[register]",
    /* 6 */ "bolt = { table = 'input', address = 0, bits = '0..1' }",
    /* 7 */ "by = { table = 'input', address = 1 }",
    /* 8 */ "taken = { table = 'input', address = 10, words = 6 }",
    /* 9 */ "result = { table = 'input', address = 20 }",
    /* 10 */ "area = { table = 'holding', address = 99 }",
    /* 11 */ "slot = { table = 'holding', address = 100 }",
    /* 12 */ "sort = { table = 'holding', address = 101 }",
    /* 13 */ "content = { table = 'holding', address = 102, words = 5 }",
    /* 14 */ "length = { table = 'holding', address = 107 }",
    /* 15 */ "order = { table = 'holding', address = 108 }",
    /* 16 */ "first = { table = 'holding', address = 120, type = 'u32' }",
    /* 17 */ "last = { table = 'holding', address = 122, type = 'u32' }",
    /* 18 */ "days = { table = 'holding', address = 124 }",
    /* 19 */ "from = { table = 'holding', address = 125, bits = '8..15' }",
    /* 20 */ "to = { table = 'holding', address = 125, bits = '0..7' }",
    /* 21 */ "mode = { table = 'holding', address = 126 }",
    /* 22 */ "[state.bolt]",
    /* 23 */ "register = 'bolt'",
    /* 24 */ "values = { 0 = 'unlocked', 1 = 'locked' }",
    /* 25 */ "[state.operated_by]",
    /* 26 */ "register = 'by'",
    /* 27 */ "values = { 0 = 'unknown', 1 = 'hand', 6 = 'touch' }",
    /* 28 */ "[lock]",
    /* 29 */ "unlocks_again_after = ['touch', 'hand']",
    /* 30 */ "[memory]",
    /* 31 */ "epoch = '2000-01-01'",
    /* 32 */ "taken = 'taken'",
    /* 33 */ "[[memory.area]]",
    /* 34 */ "name = 'keys'",
    /* 35 */ "places = 90",
    /* 36 */ "codes = true",
    /* 37 */ "cards = true",
    /* 38 */ "[memory.mailbox]",
    /* 39 */ "area = 'area'",
    /* 40 */ "slot = 'slot'",
    /* 41 */ "kind = { register = 'sort', values = { 0 = 'empty', 1 = 'code', 2 = 'card' } }",
    /* 42 */ "content = 'content'",
    /* 43 */ "length = 'length'",
    /* 44 */ "command = { register = 'order', write = 1, remove = 2, read = 3 }",
    /* 45 */ "result = { register = 'result', values = { 0 = 'done', 1 = 'busy' } }",
    /* 46 */ "write_ms = 100",
    /* 47 */ "[memory.schedule]",
    /* 48 */ "mode = { register = 'mode', values = { 0 = 'always', 1 = 'span', 2 = 'weekly' } }",
    /* 49 */ "first = 'first'",
    /* 50 */ "last = 'last'",
    /* 51 */ "weekdays = 'days'",
    /* 52 */ "from = 'from'",
    /* 53 */ "to = 'to'",
};

std::string with_line(std::size_t number, std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < std::size(sound_lines); ++i) {
    text += cat(i + 1 == number ? line : sound_lines[i], "\n");
  }
  if (number > std::size(sound_lines)) text += cat(line, "\n");
  return text;
}

struct Case {
  std::size_t line;  // which one is replaced; 54: one more at the end
  std::string_view text;
  std::string_view mistakes;
};

void check_all(std::span<const Case> cases) {
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(mistakes(with_line(c.line, c.text)) == c.mistakes);
  }
}

}  // namespace

TEST_CASE("memory mistakes: the sound file has none") { CHECK(mistakes(with_line(0, "")).empty()); }

TEST_CASE("memory mistakes: [lock]") {
  const Case cases[] = {
      {29, "unlocks_again_after = ['tuch']",
       "29: 'unlocks_again_after' has 'tuch'; allowed: touch, hand, key or card (did you mean "
       "'touch'?)"},
      {29, "unlocks_again_after = ['card']",
       "29: 'unlocks_again_after' has 'card', but nothing in [state.operated_by] means that"},
      {29, "unlocks_again_after = ['hand', 'hand']", "29: 'unlocks_again_after' has 'hand' twice"},
      {29, "unlocks_again_after = []\nlocked_by_tuch = false",
       "30: 'locked_by_tuch' is not known here; did you mean 'locked_by_touch'?"},
      {29, "locked_by_touch = 1",
       "29: 'locked_by_touch' must be true or false, not a whole number"},
  };
  check_all(cases);
}

TEST_CASE("memory mistakes: [memory] and its areas") {
  const Case cases[] = {
      {30, "[memory]\nlead_most_min = 10\nlead_least_min = 20",
       "32: 'lead_least_min' is 20, more than lead_most_min, 10"},
      {31, "epoch = '2000-13-01'",
       "31: 'epoch' is \"2000-13-01\"; right would be the day from which the lock counts minutes, "
       "as in \"2000-01-01\""},
      {31, "",
       "47: [memory] needs 'epoch' for it: the day from which the lock counts minutes, as in epoch "
       "= \"2000-01-01\""},
      {32, "taken = 'takn'",
       "32: 'taken' is 'takn', but no [register.takn] is in this file (did you mean 'taken'?)"},
      {32, "taken = 'result'",
       "32: 'taken' is 'result', 16 bits for 90 slots; give the register 'words' = 6"},
      {8, "taken = { table = 'input', address = 10, words = 5 }",
       "32: 'taken' is 'taken', 80 bits for 90 slots; give the register 'words' = 6"},
      {8, "taken = { table = 'input', address = 10, words = 65 }",
       "8: 'words' must be a whole number from 1 to 64"},
      {8, "taken = { table = 'input', address = 10, words = 6, type = 'u32' }",
       "8: 'type' does not go with 'words': a block is nothing but words"},
      {8, "taken = { table = 'coil', address = 10, words = 6 }",
       "8: 'words' is for the holding and input tables"},
      {33, "[[memory.areas]]",
       "30: [memory] needs at least one [[memory.area]]; leave it out for a lock without memory\n"
       "33: 'areas' is not known here; did you mean 'area'?"},
      {34, "name = 'Keys'",
       "34: 'name' is wrong: 'Keys' is no id: character 1 must be a lower case letter or a digit"},
      {35, "places = 0", "35: 'places' must be a whole number from 1 to 10000"},
      {37, "cards = true\nneeds_enabling = true",
       "30: 'enabled' is missing: an area needs enabling, so a register must tell how many are"},
      {37, "cards = true\n[[memory.area]]\nname = 'keys'\nplaces = 9\ncodes = true",
       "39: 'name' makes a second area 'keys'"},
      {37, "cards = true\n[[memory.area]]\nname = 'more'\nplaces = 9\ncodes = true\nnumber = 0",
       "38: area 'more' has the number of area 'keys'; give it another 'number'"},
  };
  check_all(cases);
  auto nothing = with_line(36, "codes = false");
  nothing.replace(nothing.find("cards = true"), 12, "cards = false");
  CHECK(mistakes(nothing) == "33: an area needs codes = true, cards = true or both");
  // Without a register for the area, slots must be told apart by their numbers.
  auto text = with_line(39, "#");
  text.insert(text.find("[memory.mailbox]"),
              "[[memory.area]]\nname = 'more'\nplaces = 9\ncodes = true\n");
  CHECK(mistakes(text) ==
        "38: area 'more' has slots of area 'keys'; give it another 'first', or name the register "
        "'area' in [memory.mailbox]");
}

TEST_CASE("memory mistakes: [memory.mailbox]") {
  const Case cases[] = {
      {40, "", "38: 'slot' is missing: the name of a register"},
      {40, "slot = 'result'",
       "40: 'slot' is 'result', in the input table, which can only be read; it is written, so it "
       "must be in the holding table"},
      {40, "slot = 'content'",
       "40: 'slot' is 'content', a block of 5 words; right would be one value"},
      {11, "slot = { table = 'holding', address = 100, type = 'i16' }",
       "40: 'slot' is 'slot', which has a sign; right would be u16 or u32"},
      {11, "slot = { table = 'holding', address = 100, scale = 2.0 }",
       "40: 'slot' is 'slot', which has 'scale' or 'offset'; a memory takes raw values"},
      {11, "slot = { table = 'coil', address = 100 }",
       "40: 'slot' is 'slot', one bit; right would be a register of words"},
      {11, "slot = { table = 'holding', address = 100, bits = '0..5' }",
       "35: 'places' reaches slot 90; register slot ends at 63"},
      {41, "",
       "38: 'kind' is missing: an area takes codes and cards, so something must tell which a slot "
       "has"},
      {41, "kind = { register = 'sort', values = { 0 = 'empty', 1 = 'cod', 2 = 'card' } }",
       "41: '1' = 'cod'; allowed: empty, code or card (did you mean 'code'?)"},
      {41, "kind = { register = 'sort', values = { 0 = 'empty', 2 = 'card' } }",
       "41: 'kind' has no value that means 'code'"},
      {41, "kind = { register = 'sort', values = { 0 = 'empty', 1 = 'code', 70000 = 'card' } }",
       "41: '70000' is no raw value of register sort (u16): whole numbers from 0 to 65535"},
      {41, "kind = { register = 'sort' }",
       "41: 'values' is missing: which raw value means which of empty, code or card"},
      {43, "",
       "38: 'length' is missing: a card may end in the byte that fills, so something must tell how "
       "long it is"},
      {13, "content = { table = 'holding', address = 102 }",
       "42: 'content' is 'content', 1 word, too short for any key; give the register 'words'"},
      {44, "",
       "38: 'command' is missing; right would be command = { register = \"…\", write = 1, remove = "
       "2, read = 3 }"},
      {44, "command = { register = 'order', write = 1, remove = 1 }",
       "44: 'write', 'remove' and 'read' must be different values"},
      {44, "command = { register = 'order', write = 1, remove = 2, recall = 3 }",
       "44: 'recall' is not known here; known are read, register, remove or write"},
      {45, "",
       "38: 'result' is missing; right would be result = { register = \"…\", values = { 0 = "
       "\"done\", 1 = \"busy\" } }"},
      {45, "result = { register = 'result', values = { 1 = 'busy' } }",
       "45: 'result' has no value that means 'done'"},
      {46, "write_ms = 100\nlongest_ms = 100",
       "47: 'longest_ms' must leave a command more than its usual time: the longest is 100 ms, the "
       "usual up to 100 ms"},
      {46, "code_as = 'bcd'\ncode_fill = 9",
       "47: 'code_fill' must be a whole number from 10 to 15"},
      {46, "zero = ['spare']", "46: 'zero' has 'spare', but no [register.spare] is in this file"},
      {46, "zero = ['slot']", "38: register slot is used for two things"},
      {46, "there_area = 'result'", "46: 'there_area' needs 'there_slot' beside it"},
      {12, "sort = { table = 'holding', address = 104 }",
       "38: registers content and sort lie in one place"},
      {38, "[memory.mailbx]",
       "30: [memory.mailbox] is missing: the registers that take a slot and a command\n"
       "38: 'mailbx' is not known here; did you mean 'mailbox'?"},
  };
  check_all(cases);
  // Neither bits nor a way to read: nothing could ever be proven.
  auto blind = with_line(44, "command = { register = 'order', write = 1, remove = 2 }");
  blind.replace(blind.find("taken = 'taken'"), 15, "#");
  CHECK(mistakes(blind) ==
        "30: nothing tells which slots are taken: name the register 'taken', or give the 'command' "
        "of [memory.mailbox] a value for 'read'");
}

TEST_CASE("memory mistakes: [memory.schedule] and [memory.clock]") {
  const Case cases[] = {
      {48, "mode = { register = 'mode', values = { 0 = 'always', 1 = 'span' } }",
       "48: 'mode' has no value that means 'weekly'"},
      {49, "first = 'days'",
       "38: register days is used for two things\n"
       "49: 'first' is 'days', which ends at 65535; it must reach 5256000"},
      {53, "to = 'to'\nstep_min = 5",
       "52: 'from' is 'from', which ends at 255; it must reach 288\n"
       "53: 'to' is 'to', which ends at 255; it must reach 288"},
      {53, "to = 'to'\nstep_min = 7",
       "54: 'step_min' is 7; a day of 1440 minutes must be whole steps"},
      {53, "to = 'to'\nweek_begins = 'tuesday'",
       "54: 'week_begins' is 'tuesday'; allowed: monday or sunday"},
      {54, "[memory.clock]\nseconds = 'length'",
       "54: 'minutes' is missing: the name of a register"},
  };
  check_all(cases);
}

TEST_CASE("memory mistakes: what has no memory") {
  CHECK(mistakes("[model]\nname = 'x'\ntitle = 'X'\nkind = 'light'\n"
                 "[register]\nrelay = { table = 'coil', address = 0 }\n"
                 "block = { table = 'holding', address = 0, words = 3 }\n"
                 "[state.output]\nregister = 'relay'\nvalues = { 0 = 'off', 1 = 'on' }\n"
                 "[state.fault]\nregister = 'block'\n"
                 "[command.on]\nwrite = { register = 'block', value = 1 }\n"
                 "[command.off]\nwrite = { register = 'relay', value = 0 }\n"
                 "[lock]\nlocked_by_touch = true\n"
                 "[memory]\n[[memory.area]]\nname = 'a'\nplaces = 1\ncodes = true\n") ==
        "11: [state.fault] is one value, but register block is a block of 3 words\n"
        "14: 'register' is 'block', a block of 3 words; a command writes one value\n"
        "17: [lock] is for locks, not for a light\n"
        "19: [memory.mailbox] is missing: the registers that take a slot and a command\n"
        "19: [memory] is for locks, not for a light");
}

TEST_CASE("memory mistakes: channels do not share a memory") {
  auto text = with_line(4, "kind = 'lock'\nchannels = 2");
  for (const std::string_view name : {"bolt", "by"}) {
    const auto at = text.find(cat("\n", name, " = {"));
    text.insert(text.find(" }", at), ", per_channel = 200");
  }
  const auto all = mistakes(text);
  CHECK(all.find("40: 'area' is 'area', which all channels share; each lock needs a memory of its "
                 "own ('per_channel')") != std::string::npos);
}
