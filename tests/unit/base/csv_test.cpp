#include "firmware/base/csv.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

using namespace genkan;

namespace {

// Rows as "[a|b][c]"; the error's message otherwise.
std::string parsed(std::string_view text, const CsvBounds& bounds = {}) {
  const auto rows = parse_csv(text, bounds);
  if (!rows) return rows.error().message();
  std::string out;
  for (const auto& row : *rows) {
    out += '[';
    for (std::size_t i = 0; i < row.size(); ++i) out += cat(i > 0 ? "|" : "", row[i]);
    out += ']';
  }
  return out;
}

}  // namespace

TEST_CASE("RES-52: CSV is read strictly") {
  struct Row {
    std::string_view text;
    std::string_view result;
  };
  constexpr Row table[] = {
      {"", ""},
      {"a,b\r\nc,d\r\n", "[a|b][c|d]"},
      {"a,b\nc,d", "[a|b][c|d]"},
      {"a,\n,b\n", "[a|][|b]"},
      {"\n", "[]"},
      {"\"a,b\",\"c\"\"d\"", "[a,b|c\"d]"},
      {"\"two\r\nlines\",x\n", "[two\r\nlines|x]"},
      {"\"\",\"\"\n", "[|]"},
      {"a\"b\n",
       "row 1, column 1: a quote stands inside a field without quotes; put the field in quotes and "
       "write the quote twice"},
      {"a,\"b\"c\n",
       "row 1, column 2: text stands behind the closing quote; a comma must follow it"},
      {"a\n\"b", "row 2, column 1: the closing quote is missing"},
      {"a\rb\n",
       "row 1, column 1: a carriage return stands without a line feed; rows end with CRLF or LF"},
      {std::string_view("a\0b\n", 4),
       "row 1, column 1: there is a zero byte; this is no text file"},
  };
  for (const auto& row : table) {
    CAPTURE(std::string(row.text));
    CHECK(parsed(row.text) == row.result);
  }
}

TEST_CASE("RES-52: CSV has bounds") {
  CHECK(parsed("a,b,c", {100, 10, 2}) == "row 1, column 2: there are more than 2 columns");
  CHECK(parsed("a\nb\nc", {100, 2, 2}) == "there are more than 2 rows; split the file");
  CHECK(parsed("abc", {2, 2, 2}) == "the file has 3 bytes; at most 2 are taken");
}

TEST_CASE("RES-52: what is written is read back") {
  const CsvRow row{"a", "b,c", "d\"e", "", "f\r\ng"};
  CHECK(csv_line(row) == "a,\"b,c\",\"d\"\"e\",,\"f\r\ng\"");
  const auto back = parse_csv(csv_line(row), {});
  REQUIRE(back);
  CHECK(back->front() == row);
}
