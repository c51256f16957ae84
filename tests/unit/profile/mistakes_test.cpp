#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/profile/support.hpp"

using namespace genkan;
using namespace genkan::profile::test;

namespace {

// A lock without fault. Cases replace one of its lines, so that line numbers stand.
constexpr std::string_view sound_lines[] = {
    /* 1 */ "[model]",
    /* 2 */ "name = 'x'",
    /* 3 */ "title = 'X'",
    /* 4 */ "kind = 'lock'",
    /* 5 */ "[register]",
    /* 6 */ "bolt = { table = 'input', address = 0, bits = '0..1' }",
    /* 7 */ "coil = { table = 'coil', address = 0 }",
    /* 8 */ "[state.bolt]",
    /* 9 */ "register = 'bolt'",
    /* 10 */ "values = { 0 = 'unlocked', 1 = 'locked', 2 = 'moving', 3 = 'jammed' }",
    /* 11 */ "[command.lock]",
    /* 12 */ "write = { register = 'coil', value = 1 }",
    /* 13 */ "confirm = { field = 'bolt', is = 'locked', within_ms = 3000 }",
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
  std::size_t line;       // which one is replaced; 14: one more at the end
  std::string_view text;  // by this
  std::string_view mistakes;
};

void check_all(std::span<const Case> cases) {
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(mistakes(with_line(c.line, c.text)) == c.mistakes);
  }
}

}  // namespace

TEST_CASE("profile mistakes: the sound file has none") {
  CHECK(mistakes(with_line(0, "")).empty());
}

TEST_CASE("profile mistakes: [model]") {
  const Case cases[] = {
      {2, "name = 'X 1'",
       "2: 'name' is wrong: 'X 1' is no id: character 1 must be a lower case letter or a digit"},
      {3, "titel = 'X'",
       "1: 'title' is missing (text)\n"
       "3: 'titel' is not known here; did you mean 'title'?"},
      {4, "kind = 'look'",
       "4: 'kind' is 'look'; allowed: lock, entrance, light, air_conditioner, zone, delivery_box, "
       "security_panel, intercom, button or elevator (did you mean 'lock'?)"},
      {4, "kind = 'zone'",
       "4: 'kind' is 'zone', and a zone needs [state.zone]\n"
       "8: a zone has no state 'bolt'; allowed: tamper, battery_low, zone, bypass or fault\n"
       "11: a zone has no command 'lock'; allowed: bypass or end_bypass\n"
       "13: 'field' is 'bolt', which this profile does not read"},
      {4, "kind = 'lock'\nchannels = 0", "5: 'channels' must be a whole number from 1 to 256"},
      {4, "kind = 'lock'\nchannels = 4",
       "5: 'channels' is 4, but no register has 'per_channel', so that all channels would be the "
       "same"},
      {4, "kind = 'lock'\nhardware = 'EL'",
       "5: 'hardware' is wrong: 'EL' is no id: character 1 must be a lower case letter or a digit"},
      {1, "[modell]",
       "1: [model] is missing: it gives the model's name, title and kind\n"
       "1: 'modell' is not known here; did you mean 'model'?"},
  };
  check_all(cases);
}

TEST_CASE("profile mistakes: [timing], [entrance]") {
  const Case cases[] = {
      {14, "[timing]\nresponse_timeout_ms = 10\nmost_words = 126\nmost_gaps = 1",
       "15: 'response_timeout_ms' must be a whole number from 20 to 5000\n"
       "16: 'most_words' must be a whole number from 1 to 125\n"
       "17: 'most_gaps' is not known here; did you mean 'most_gap'?"},
      {14, "[timing]\nmost_words = 1\n[register.wide]\ntable = 'input'\naddress = 9\ntype = 'u32'",
       "15: 'most_words' is 1, but register wide (u32) needs 2 words in one read"},
      {14, "[entrance]\nopen_while_held = 'pulse'",
       "14: [entrance] is for entrances, not for a lock\n"
       "15: 'open_while_held' is 'pulse'; allowed: ignore or repulse (did you mean 'repulse'?)"},
  };
  check_all(cases);
}

TEST_CASE("profile mistakes: [register]") {
  const Case cases[] = {
      {5, "[registers]",
       "1: no register is described; at least one [register.NAME] is needed\n"
       "5: 'registers' is not known here; did you mean 'register'?\n"
       "9: 'register' is 'bolt', but no [register.bolt] is in this file\n"
       "12: 'register' is 'coil', but no [register.coil] is in this file"},
      {6, "bolt = { table = 'inputs', address = 0, bits = '0..1' }",
       "6: 'table' is 'inputs'; allowed: coil, discrete, holding or input (did you mean 'input'?)"},
      {6, "bolt = { address = 0, bits = '0..1' }",
       "6: 'table' is missing (coil, discrete, holding or input)"},
      {6, "bolt = { table = 'input', address = 65536, bits = '0..1' }",
       "6: 'address' must be a whole number from 0 to 65535"},
      {6, "bolt = { table = 'input', address = 0, bits = '1..0' }",
       "6: 'bits' is \"1..0\"; right would be the lowest and the highest bit, as in \"8..10\""},
      {6, "bolt = { table = 'input', address = 0, bits = '0-1' }",
       "6: 'bits' is \"0-1\"; right would be the lowest and the highest bit, as in \"8..10\""},
      {6, "bolt = { table = 'input', address = 0, bits = '15..16' }",
       "6: 'bits' reaches bit 16; u16 has bits 0 to 15"},
      {6, "bolt = { table = 'input', address = 0, bit = 20 }",
       "6: 'bit' reaches bit 20; u16 has bits 0 to 15"},
      {6, "bolt = { table = 'input', address = 0, bit = 1, bits = '0..1' }",
       "6: 'bit' stands beside 'bits'; one of them is enough"},
      {6, "bolt = { table = 'input', address = 0, bits = '0..1', type = 'i16' }",
       "6: 'bits' needs an unsigned type, u16 or u32"},
      {6, "bolt = { table = 'input', address = 0, bits = '0..1', type = 'bit' }",
       "6: 'type' must be u16, i16, u32 or i32 in the holding and input tables"},
      {6, "bolt = { table = 'input', address = 0, bits = '0..1', order = 'low_first' }",
       "6: 'order' is for types of two words, u32 and i32"},
      {6, "bolt = { table = 'discrete', address = 0, bits = '0..1' }",
       "6: 'bits' is for the holding and input tables; a coil or discrete is one bit"},
      {6, "bolt = { table = 'discrete', address = 0, type = 'u16' }",
       "6: 'type' must be bit (or be left out) in the coil and discrete tables"},
      {6, "bolt = { table = 'input', address = 0, scale = 0.0 }",
       "6: 'scale' is 0, which would make every value the same"},
      {6, "bolt = { table = 'input', address = 0, scale = 0.1 }",
       "8: [state.bolt] takes raw values of register bolt; 'scale' and 'offset' there are for "
       "numbers only"},
      {6, "bolt = { table = 'input', address = 0, lane = 'fast', poll_ms = -1 }",
       "6: 'lane' is 'fast'; allowed: alarm or state\n"
       "6: 'poll_ms' must be a whole number from 0 to 600000"},
      {6, "bolt = { table = 'input', address = 0, polled = false }",
       "6: 'polled' is false, but [state.bolt] is read from it"},
      {6, "bolt = { table = 'input', address = 0, per_channel = 1 }",
       "6: 'per_channel' needs 'channels' of 2 or more in [model]"},
      {6, "bolt = { table = 'input', address = 0, per_part = 1 }",
       "6: 'per_part' needs 'parts': how many parts there are"},
      {6, "bolt = { table = 'input', address = 0, parts = 12 }",
       "6: 'parts' needs 'per_part': how far it is from one part to the next\n"
       "8: [state.bolt] is one value, but register bolt has 12 parts"},
      {6, "bolt = { table = 'input', address = 0, parts = 12, per_part = 1 }",
       "8: [state.bolt] is one value, but register bolt has 12 parts"},
      {6, "bolt = { table = 'input', address = 65530, parts = 12, per_part = 1 }",
       "6: 'address' is 65530, and with its channels, parts and words the register reaches 65541; "
       "addresses end at 65535\n"
       "8: [state.bolt] is one value, but register bolt has 12 parts"},
      {6, "bolt = { table = 'input', address = 0, bits_per_channel = 1 }",
       "6: 'bits_per_channel' is for a u16 with 'bit' or 'bits'\n"
       "6: 'bits_per_channel' needs 'channels' of 2 or more in [model]"},
      {6, "bolt = { table = 'input', address = 0, bits = '0..2', bits_per_part = 3, parts = 6 }",
       "6: some channel or part of these bits would lie across two words\n"
       "8: [state.bolt] is one value, but register bolt has 6 parts"},
      {6, "Bolt = { table = 'input', address = 0, bits = '0..1' }",
       "6: [register.Bolt]: a register's name has 1 to 32 lower case letters, digits and '_', "
       "beginning with a letter\n"
       "9: 'register' is 'bolt', but no [register.bolt] is in this file (did you mean 'Bolt'?)"},
      {6, "is = { table = 'input', address = 0, bits = '0..1' }",
       "6: [register.is]: 'is' is a word of rules\n"
       "9: 'register' is 'bolt', but no [register.bolt] is in this file"},
      {6, "bolt = { table = 'input', address = 0 }\nbolt = { table = 'input', address = 1 }",
       "7: not TOML: Error while parsing key-value pair: cannot redefine existing table 'bolt'"},
      {7, "coil = { table = 'coil', address = 0, lane = 'alarm' }",
       "7: 'lane' is for registers that a state is read from"},
      {7, "coil = { table = 'coil', address = 0, polled = true }",
       "7: 'polled' is true, but no state is read from this register"},
      {7, "coil = { table = 'coil', address = 0, adress = 1, write_as = 'both' }",
       "7: 'write_as' is 'both'; allowed: one or many\n"
       "7: 'adress' is not known here; did you mean 'address'?"},
      {7, "coil = { table = 'discrete', address = 0 }",
       "12: 'register' is 'coil' in the discrete table, which can only be read; coil and holding "
       "can be written"},
      {7, "coil = { table = 'holding', address = 0, bit = 1 }",
       "12: 'register' is 'coil', some bits of a word; writing them would change the others. "
       "Describe the whole word as a register of its own"},
      {7, "coil = 5",
       "7: 'coil' is not known here; known are bolt\n"
       "12: 'register' is 'coil', but no [register.coil] is in this file"},
  };
  check_all(cases);
}

TEST_CASE("profile mistakes: [state]") {
  const Case cases[] = {
      {8, "[state.blot]",
       "4: 'kind' is 'lock', and a lock needs [state.bolt]\n"
       "8: a lock has no state 'blot'; allowed: bolt, door, forced, tamper, battery, battery_low, "
       "power, lockout, operated_by, operated_slot or fault (did you mean 'bolt'?)\n"
       "13: 'field' is 'bolt', which this profile does not read"},
      {8, "[state.zone]",
       "4: 'kind' is 'lock', and a lock needs [state.bolt]\n"
       "8: a lock has no state 'zone'; allowed: bolt, door, forced, tamper, battery, battery_low, "
       "power, lockout, operated_by, operated_slot or fault\n"
       "13: 'field' is 'bolt', which this profile does not read"},
      {9, "register = 'blot'",
       "9: 'register' is 'blot', but no [register.blot] is in this file (did you mean 'bolt'?)"},
      {9, "registr = 'bolt'",
       "8: this state needs 'register', or 'when' with rules over several registers\n"
       "9: 'registr' is not known here; did you mean 'register'?"},
      {10, "",
       "8: [state.bolt] needs 'values': which raw value means which of unlocked, locked, moving or "
       "jammed, as in values = { 0 = \"unlocked\", 1 = \"locked\" }"},
      {10, "values = { 0 = 'unlocked', 1 = 'lokced' }",
       "10: '1' = 'lokced' is not a value of bolt; allowed: unlocked, locked, moving or jammed "
       "(did you mean 'locked'?)"},
      {10, "values = { 0 = 'unlocked', 1 = 'locked', 4 = 'moving', x = 'jammed' }",
       "10: '4' is no raw value of register bolt (2 bits): whole numbers from 0 to 3\n"
       "10: 'x' is no raw value of register bolt (2 bits): whole numbers from 0 to 3"},
      {10, "values = { 0 = 'unlocked', 1 = 'locked', 01 = 'moving' }",
       "10: '01' names the raw value 1 a second time"},
      {10, "values = {}", "10: 'values' names no value"},
      {10, "values = { 0 = 'unlocked' }",
       "13: 'is' = 'locked', but nothing in [state.bolt] means that, so the command could never be "
       "confirmed"},
      {10, "when = [ { bolt = 1, is = 'locked' } ]",
       "9: 'register' stands beside 'when'; a state is read by one of them"},
      {9, "when = [ { bolt = 9, is = 'locked' }, { is = 'jammed' }, { blot = 1 } ]",
       "9: 'bolt' is no raw value of register bolt (2 bits): whole numbers from 0 to 3\n"
       "9: this rule names no register; for what is left write 'otherwise' beside 'when'\n"
       "9: this rule lacks 'is': the value of the state when the rule holds\n"
       "9: 'blot' is not known here; did you mean 'bolt'?\n"
       "10: 'values' stands beside 'when'; there each rule says 'is'"},
      {9, "when = []\notherwise = 'ajar'",
       "9: 'when' has no rule\n"
       "10: 'otherwise' = 'ajar' is not a value of bolt; allowed: unlocked, locked, moving or "
       "jammed\n"
       "11: 'values' stands beside 'when'; there each rule says 'is'"},
      {14, "[state.battery]\nregister = 'bolt'\notherwise = 3",
       "16: 'otherwise' is for a state with 'values' or 'when'"},
      {14, "[state.tamper]\nregister = 'bolt'\nvalues = { 0 = 'no', 1 = true }",
       "16: '0' = 'no' is not a value of tamper; allowed: true or false"},
      {14, "[state.battery]\nregister = 'bolt'\nvalues = { 0 = 101, 1 = -1 }",
       "16: '0' = '101' is not a value of battery; allowed: whole numbers from 0 to 100\n"
       "16: '1' = '-1' is not a value of battery; allowed: whole numbers from 0 to 100"},
      {14, "[state.bolt]\nregister = 'bolt'",
       "14: not TOML: Error while parsing table header: cannot redefine existing table "
       "'state.bolt'"},
  };
  check_all(cases);
}

TEST_CASE("profile mistakes: [command]") {
  const Case cases[] = {
      {11, "[command.open]", "11: a lock has no command 'open'; allowed: lock or unlock"},
      {11, "[command.unlok]",
       "11: a lock has no command 'unlok'; allowed: lock or unlock (did you mean 'unlock'?)"},
      {12, "",
       "11: 'write' is missing; right would be, say, write = { register = \"output\", value = 1 }"},
      {12, "write = 1", "12: 'write' must be a table, not a whole number"},
      {12, "write = []", "12: 'write' must have 1 to 8 writes"},
      {12, "write = { register = 'coil', value = 2 }",
       "12: 'value' must be a whole number from 0 to 1"},
      {12, "write = { register = 'bolt', value = 1 }",
       "12: 'register' is 'bolt' in the input table, which can only be read; coil and holding can "
       "be written"},
      {12, "write = { register = 'coli', value = 1 }",
       "12: 'register' is 'coli', but no [register.coli] is in this file (did you mean 'bolt'?)"},
      {12, "write = { register = 'coil' }", "12: 'value' is missing (a whole number from 0 to 1)"},
      {12, "write = { register = 'coil', value = 1, pulse_ms = 10 }",
       "12: 'pulse_ms' must be a whole number from 50 to 60000"},
      {12, "write = { register = 'coil', value = 1, pulse_ms = 500, rest = 1 }",
       "12: 'rest' is 1, the same as 'value'; the pulse would change nothing"},
      {12, "write = { register = 'coil', value = 0, pulse_ms = 500 }",
       "12: 'value' is 0, the same as 'rest' (default 0); the pulse would change nothing"},
      {12, "write = { register = 'coil', value = 1, rest = 0 }",
       "12: 'rest' is what a pulse goes back to; 'pulse_ms' is missing"},
      {12, "write = [ { register = 'coil', value = 1 }, { register = 'coil', value = 7 } ]",
       "12: 'value' must be a whole number from 0 to 1"},
      {13, "confirm = { field = 'door', is = 'closed' }",
       "13: 'field' is 'door', which this profile does not read; it reads bolt"},
      {13, "confirm = { field = 'bolt', is = 'close' }",
       "13: 'is' = 'close' is not a value of bolt; allowed: unlocked, locked, moving or jammed"},
      {13, "confirm = { field = 'bolt', within_ms = 50 }",
       "13: 'is' is missing: the value that means done\n"
       "13: 'within_ms' must be a whole number from 100 to 60000"},
      {13, "confirm = { field = 'bolt', is = ['locked', 'shut'], within = 3 }",
       "13: 'is' = 'shut' is not a value of bolt; allowed: unlocked, locked, moving or jammed\n"
       "13: 'within' is not known here; known are field, is or within_ms"},
      {13, "toggles = true",
       "13: 'toggles' needs 'confirm': a write that toggles is only sent when the state is not "
       "there already"},
  };
  check_all(cases);
}

TEST_CASE("profile mistakes: several are told at once, from top to bottom") {
  CHECK(
      mistakes("[model]\nname = 'x'\nkind = 'light'\n"
               "[register]\nrelay = { table = 'coil', address = 70000 }\n"
               "[command.on]\nwrite = { register = 'realy', value = 1 }\n"
               "[command.open]\nwrite = { register = 'relay', value = 1 }\n"
               "[colour]\n") ==
      "1: 'title' is missing (text)\n"
      "3: 'kind' is 'light', and a light needs [state.output]\n"
      "5: 'address' must be a whole number from 0 to 65535\n"
      "6: [command.on] needs [command.off] beside it\n"
      "7: 'register' is 'realy', but no [register.realy] is in this file (did you mean 'relay'?)\n"
      "8: a light has no command 'open'; allowed: on or off\n"
      "10: 'colour' is not known here; known are command, entrance, lock, memory, model, register, "
      "state or timing");
  CHECK(mistakes("") ==
        "1: [model] is missing: it gives the model's name, title and kind\n"
        "1: no register is described; at least one [register.NAME] is needed");
  CHECK(mistakes("name = ") ==
        "1: not TOML: Error while parsing key-value pair: encountered end-of-file");
  CHECK(mistakes("\xFF") == "0: the file is not UTF-8");
}

TEST_CASE("profile mistakes: kinds") {
  CHECK(mistakes("[model]\nname = 'x'\ntitle = 'X'\nkind = 'entrance'\nchannels = 2\n"
                 "[register.relay]\ntable = 'coil'\naddress = 0\n"
                 "[command.hold_open]\nwrite = { register = 'relay', value = 1 }\n") ==
        "4: 'kind' is 'entrance', and an entrance needs [state.output]\n"
        "4: 'kind' is 'entrance', and an entrance needs [command.open]\n"
        "5: 'channels' is 2, but no register has 'per_channel', so that all channels would be the "
        "same\n"
        "9: [command.hold_open] needs [command.end_hold] beside it");
  const std::string opener =
      "[model]\nname = 'x'\ntitle = 'X'\nkind = 'entrance'\n"
      "[register.relay]\ntable = 'coil'\naddress = 0\n"
      "[state.output]\nregister = 'relay'\nvalues = { 0 = 'off', 1 = 'on' }\n"
      "[command.open]\nwrite = { register = 'relay', value = 1 }\n";
  CHECK(mistakes(opener) ==
        "12: 'write' leaves it open: give it a 'pulse_ms', or say closes_itself = true in "
        "[entrance] if the device closes it");
  CHECK(mistakes(opener + "[entrance]\ncloses_itself = true\n").empty());
  CHECK(mistakes(
            "[model]\nname = 'x'\ntitle = 'X'\nkind = 'delivery_box'\n"
            "[register]\n"
            "deposit = { table = 'discrete', address = 0 }\n"
            "door = { table = 'discrete', address = 20, parts = 8, per_part = 1 }\n"
            "room = { table = 'input', address = 20, parts = 9, per_part = 1 }\n"
            "release = { table = 'coil', address = 1 }\n"
            "[state.compartment]\nregister = 'deposit'\nvalues = {0 = 'empty', 1 = 'deposited'}\n"
            "[state.compartment_door]\nregister = 'door'\nvalues = {0 = 'closed', 1 = 'open'}\n"
            "[state.tamper]\nregister = 'door'\n"
            "[command.release_compartment]\nwrite = { register = 'release', value = 1 }\n") ==
        "8: 'parts' is 9, but register door has 8; a model has one number of parts\n"
        "10: [state.compartment] has a value for each part; its register needs 'parts' and "
        "'per_part'\n"
        "16: [state.tamper] is one value, but register door has 8 parts\n"
        "19: 'write' goes to no register with 'parts', but release_compartment is told which part");
  CHECK(mistakes("[model]\nname = 'x'\ntitle = 'X'\nkind = 'button'\n"
                 "[register.press]\ntable = 'input'\naddress = 0\n"
                 "[state.press]\nregister = 'press'\nvalues = { 0 = 'none', 1 = 'single' }\n"
                 "[command.open]\nwrite = { register = 'press', value = 1 }\n"
                 "[lock]\nlocked_by_touch = true\n[entrance]\nopen_while_held = 'ignore'\n") ==
        "11: a button takes no commands\n"
        "12: 'register' is 'press' in the input table, which can only be read; coil and holding "
        "can be written\n"
        "13: [lock] is for locks, not for a button\n"
        "15: [entrance] is for entrances, not for a button");
}
