#include "tests/unit/calendar/samples.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

using namespace genkan;
using namespace genkan::domain;

std::string file_text(std::string_view path_in_repository) {
  std::ifstream file(cat(GENKAN_SOURCE_DIR, "/", path_in_repository), std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path_in_repository);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::map<LocalDay, std::string> published_table() {
  std::istringstream text(file_text("tests/unit/calendar/jp-holidays.csv"));
  std::map<LocalDay, std::string> table;
  std::string line;
  std::getline(text, line);
  REQUIRE(line == "date,name,basis");
  while (std::getline(text, line)) {
    const auto last = line.rfind(',');
    REQUIRE(line.size() > 11);
    REQUIRE(
        table.emplace(parse_day(line.substr(0, 10)).value(), line.substr(11, last - 11)).second);
  }
  return table;
}

Holidays product_holidays() {
  Problems problems;
  auto holidays =
      Holidays::read(file_text("board/data/holidays-jp.csv"), "holidays-jp.csv", problems);
  for (const auto& problem : problems.list()) FAIL_CHECK(problem.text());
  return std::move(holidays).value();
}
