// docs/PROFILES.md against the program: an installer has nothing else to go by.
#include <fstream>
#include <iterator>
#include <set>

#include <doctest/doctest.h>

#include "drivers/profile/mailbox.hpp"
#include "firmware/base/text.hpp"
#include "tests/unit/profile/support.hpp"

using namespace genkan;
using namespace genkan::profile;
using namespace genkan::profile::test;

namespace {

using Names = std::set<std::string>;

const std::vector<std::string>& lines() {
  static const std::vector<std::string> all = [] {
    std::ifstream in(cat(GENKAN_SOURCE_DIR, "/docs/PROFILES.md"));
    std::vector<std::string> list;
    for (std::string line; std::getline(in, line);) list.push_back(line);
    return list;
  }();
  return all;
}

// The lines from a heading to the next one of any level.
std::vector<std::string> section(std::string_view heading) {
  std::vector<std::string> list;
  bool inside = false;
  for (const auto& line : lines()) {
    if (inside && line.starts_with('#')) break;
    if (inside) list.push_back(line);
    inside = inside || line == heading;
  }
  INFO(std::string(heading));
  REQUIRE(!list.empty());
  return list;
}

struct Row {
  std::string name;  // of the first cell, without its backticks
  std::string last;  // the last cell
};

// The rows of all tables whose first cell is one name in backticks.
std::vector<Row> rows(const std::vector<std::string>& text) {
  std::vector<Row> list;
  for (const auto& line : text) {
    const auto end = line.find("` |", 3);
    if (!line.starts_with("| `") || end == std::string::npos) continue;
    const std::string name = line.substr(3, end - 3);
    if (name.find('`') != std::string::npos) continue;
    const auto last = line.rfind(" | ");
    list.push_back({name, line.substr(last + 3, line.size() - last - 5)});
  }
  return list;
}

Names names(const std::vector<Row>& list) {
  Names set;
  for (const auto& row : list) CHECK(set.insert(row.name).second);
  return set;
}

// The fenced blocks that are marked so, each as one text.
std::vector<std::string> blocks(std::string_view mark) {
  std::vector<std::string> list;
  bool inside = false;
  for (const auto& line : lines()) {
    if (line == cat("```", mark)) {
      inside = true;
      list.emplace_back();
    } else if (line.starts_with("```")) {
      inside = false;
    } else if (inside) {
      list.back() += cat(line, "\n");
    }
  }
  return list;
}

std::string values_of(const domain::FieldSpec& field) {
  std::string text;
  if (field.type == domain::FieldType::word) {
    for (const auto word : field.words) text += cat(text.empty() ? "`" : ", `", word, "`");
  } else if (field.type == domain::FieldType::flag) {
    text = "`true`, `false`";
  } else {
    text = cat(field.low, " to ", field.high, field.unit.empty() ? "" : " ", field.unit);
  }
  return field.indexed ? cat(text, "; one for each part") : text;
}

// The keys that the parser knows where `text` puts an unknown one: from its own complaint.
Names known_keys(std::string_view text) {
  const std::string all = mistakes(text);
  const std::string_view mark = "'qqqqqqqqqqqq' is not known here; known are ";
  const auto at = all.find(mark);
  INFO(all);
  REQUIRE(at != std::string::npos);
  std::string list = all.substr(at + mark.size());
  list = list.substr(0, list.find('\n'));
  Names set;
  while (!list.empty()) {
    const auto comma = list.find(", ");
    const auto either = list.find(" or ");
    const auto end = std::min(comma, either);
    set.insert(list.substr(0, end));
    if (end == std::string::npos) break;
    list.erase(0, end + (end == comma ? 2 : 4));
  }
  return set;
}

}  // namespace

TEST_CASE("docs/PROFILES.md: each kind's states, words, ranges and commands") {
  for (const auto& kind : domain::all_kinds()) {
    CAPTURE(std::string(kind.name));
    Names expected;
    for (const auto field : kind.fields) expected.insert(std::string(spec(field).name));
    for (const auto command : kind.commands) expected.insert(std::string(spec(command).name));
    // A state and a command may share a name (bypass): then it stands in both tables.
    const auto found = rows(section(cat("### `", kind.name, "`")));
    CHECK(found.size() == kind.fields.size() + kind.commands.size());
    Names present;
    for (const auto& row : found) present.insert(row.name);
    CHECK(present == expected);
    for (std::size_t i = 0; i < std::min(found.size(), kind.fields.size()); ++i) {
      CAPTURE(found[i].name);
      const auto field = domain::field_named(found[i].name);
      REQUIRE(field.has_value());
      CHECK(found[i].last == values_of(spec(*field)));
    }
  }
}

TEST_CASE("docs/PROFILES.md: the first state of each kind is the required one") {
  for (const auto& kind : domain::all_kinds()) {
    const auto complaint = mistakes(cat("[model]\nname = 'x'\ntitle = 'X'\nkind = '", kind.name,
                                        "'\n[register.r]\ntable = 'coil'\naddress = 0\n"));
    const auto first = rows(section(cat("### `", kind.name, "`"))).at(0).name;
    CHECK(complaint.find(cat("needs [state.", first, "]")) != std::string::npos);
  }
}

TEST_CASE("docs/PROFILES.md: the tables list the keys that the parser knows, no more, no fewer") {
  struct Case {
    const char* heading;
    const char* text;
  };
  const Case cases[] = {
      {"### `[model]`", "[model]\nqqqqqqqqqqqq = 1\n"},
      {"### `[timing]`", "[timing]\nqqqqqqqqqqqq = 1\n"},
      {"### `[register.NAME]`", "[register.r]\nqqqqqqqqqqqq = 1\n"},
      {"### `[state.FIELD]`", "[state.bolt]\nqqqqqqqqqqqq = 1\n"},
      {"#### rules", "[state.bolt]\nwhen = [ { qqqqqqqqqqqq = 1 } ]\n"},
      {"### `[command.NAME]`", "[command.lock]\nqqqqqqqqqqqq = 1\n"},
      {"#### `write`", "[command.lock]\nwrite = { qqqqqqqqqqqq = 1 }\n"},
      {"#### `confirm`", "[command.lock]\nconfirm = { qqqqqqqqqqqq = 1 }\n"},
      {"### `[entrance]`", "[entrance]\nqqqqqqqqqqqq = 1\n"},
      {"### `[lock]`", "[lock]\nqqqqqqqqqqqq = 1\n"},
      {"### `[memory]`", "[memory]\nqqqqqqqqqqqq = 1\n"},
      {"### `[[memory.area]]`", "[[memory.area]]\nqqqqqqqqqqqq = 1\n"},
      {"### `[memory.mailbox]`", "[memory.mailbox]\nqqqqqqqqqqqq = 1\n"},
      {"#### `command`", "[memory.mailbox]\ncommand = { qqqqqqqqqqqq = 1 }\n"},
      {"#### meanings", "[memory.mailbox]\nresult = { qqqqqqqqqqqq = 1 }\n"},
      {"### `[memory.schedule]`", "[memory.schedule]\nqqqqqqqqqqqq = 1\n"},
      {"### `[memory.clock]`", "[memory.clock]\nqqqqqqqqqqqq = 1\n"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.heading);
    CHECK(names(rows(section(c.heading))) == known_keys(c.text));
  }
}

TEST_CASE("docs/PROFILES.md: the worked example is sound and does what the text says") {
  std::string all;
  for (const auto& block : blocks("toml part")) all += block;
  const Profile lock = parsed(all);
  CHECK(lock.info.model == "hl-2");
  CHECK(lock.info.channels == 2);
  CHECK(texts(plan_reads(lock, {1, 2})) ==
        std::vector<std::string>{"alarm input 0+3 @0", "alarm input 10+3 @0"});
  RegisterImage image;
  image.put(bus::Table::input, 10, {0b1000'0010, 873, 4});
  const auto state = decode(lock, 2, image);
  CHECK(state.is(domain::Field::bolt, domain::Bolt::unlocked));
  CHECK(state.is(domain::Field::door, domain::Door::open));
  CHECK(state.get(domain::Field::forced) == 1);
  CHECK(state.get(domain::Field::battery) == 87);
  CHECK(state.get(domain::Field::fault) == 4);
  const auto& write = lock.plan(domain::Command::unlock)->writes.at(0);
  const auto exchange = write_exchange(lock.registers[write.reg], 7, 2, 0, write.value);
  CHECK(exchange.function == bus::Function::write_register);
  CHECK(exchange.address == 1);
  CHECK(exchange.values == std::vector<std::uint16_t>{2});
}

TEST_CASE("docs/PROFILES.md: the example of a memory is sound and does what the text says") {
  std::string all =
      "[model]\nname = 'ml-40'\ntitle = 'ML-40'\nkind = 'lock'\n"
      "[state.bolt]\nregister = 'bolt'\nvalues = { 0 = 'unlocked', 1 = 'locked' }\n";
  for (const auto& block : blocks("toml memory")) {
    all += block;
    if (block.starts_with("[register]")) all += "bolt = { table = 'discrete', address = 0 }\n";
  }
  const Profile model = parsed(all);
  REQUIRE(model.lock.has_value());
  REQUIRE(model.lock->areas.size() == 2);
  CHECK(model.lock->areas[1].places == 20);
  const domain::SlotContent content{.key = *domain::CardNumber::parse("01020304"), .schedule = {}};
  const auto exchanges = order_exchanges(model, {7, 1}, SlotOrder::write, {1, 20}, &content);
  REQUIRE(exchanges.size() == 1);
  CHECK(exchanges[0].address == 200);
  CHECK(exchanges[0].values == std::vector<std::uint16_t>{120, 2, 4, 0x0102, 0x0304, 0, 0, 0, 1});
}

TEST_CASE("docs/PROFILES.md: the example of rules is sound") {
  const auto found = blocks("toml state");
  REQUIRE(found.size() == 1);
  parsed(
      cat("[model]\nname = 'x'\ntitle = 'X'\nkind = 'lock'\n[register]\n"
          "jam_contact = { table = 'discrete', address = 0 }\n"
          "bolt_in = { table = 'discrete', address = 1 }\n"
          "bolt_out = { table = 'discrete', address = 2 }\n",
          found[0]));
}

TEST_CASE("docs/PROFILES.md: the mistakes are answered as it says") {
  const auto broken = blocks("toml broken");
  const auto answer = blocks("text broken");
  REQUIRE(broken.size() == 1);
  REQUIRE(answer.size() == 1);
  Problems problems;
  CHECK_FALSE(parse(broken[0], "hl-2.toml", problems).has_value());
  CHECK(cat(problems.as_error().message(), "\n") == answer[0]);
}
