#include "firmware/base/toml.hpp"

#include <array>

#include <doctest/doctest.h>

using namespace genkan;

namespace {

constexpr std::array<std::string_view, 3> parities{"none", "even", "odd"};

std::vector<std::string> texts(const Problems& problems) {
  std::vector<std::string> list;
  for (const auto& problem : problems.list()) list.push_back(problem.text());
  return list;
}

}  // namespace

TEST_CASE("TOML: values are read by type") {
  Problems problems;
  auto table = TomlTable::parse(
      "name = 'x'\nbaud = 19200\nparity = 'odd'\non = true\nscale = 0.5\nfolders = ['a', 'b']\n"
      "[[bus]]\nid = 'one'\n[[bus]]\nid = 'two'\n[reg.b]\nat = 2\n[reg.a]\nat = 1\n",
      "f.toml", problems);
  REQUIRE(table);
  CHECK(table->text("name") == "x");
  CHECK(table->integer("baud", 1, 200'000) == 19'200);
  CHECK(table->word("parity", parities) == 2);
  CHECK(table->optional_flag("on") == true);
  CHECK(table->optional_number("scale", 0, 1) == 0.5);
  CHECK(table->optional_texts("folders") == std::vector<std::string>{"a", "b"});
  auto buses = table->tables("bus");
  REQUIRE(buses.size() == 2);
  CHECK(buses[1].text("id") == "two");
  CHECK(buses[0].text("id") == "one");
  auto registers = table->optional_table("reg");
  REQUIRE(registers);
  auto named = registers->named_tables();
  REQUIRE(named.size() == 2);
  CHECK(named[0].first == "b");  // in the order of the file
  CHECK(named[0].second.integer("at", 0, 9) == 2);
  CHECK(named[1].second.integer("at", 0, 9) == 1);
  table->finish();
  CHECK(texts(problems).empty());
}

TEST_CASE("TOML: every mistake is told, with file, line and mend") {
  Problems problems;
  auto table = TomlTable::parse(
      "baud = '19200'\n"
      "parity = 'evn'\n"
      "stop_bit = 1\n"
      "units = [1, 'a']\n"
      "[line]\n"
      "wrong = 1\n",
      "site.toml", problems);
  REQUIRE(table);
  table->integer("baud", 1200, 115'200);
  table->word("parity", parities);
  table->text("name");
  table->optional_integer("stop_bits", 1, 2);
  table->optional_integers("units", 1, 247);
  auto line = table->optional_table("line");
  line->optional_text("path");
  table->finish();
  CHECK(texts(problems) ==
        std::vector<std::string>{
            "site.toml:1: 'baud' must be a whole number from 1200 to 115200",
            "site.toml:2: 'parity' is 'evn'; allowed: none, even or odd (did you mean 'even'?)",
            "site.toml:1: 'name' is missing (text)",
            "site.toml:4: 'units' must be a list of at most 256 whole numbers from 1 to 247",
            "site.toml:3: 'stop_bit' is not known here; did you mean 'stop_bits'?",
            "site.toml:6: 'wrong' is not known here; known are path"});
}

TEST_CASE("TOML: what is no TOML is one problem with its line") {
  Problems problems;
  CHECK_FALSE(TomlTable::parse("a = 1\nb = = 2\n", "x.toml", problems));
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].line == 2);
  CHECK_FALSE(TomlTable::parse("a = \"\xFF\"", "x.toml", problems));
}
