#include "firmware/base/text.hpp"

#include <array>

#include <doctest/doctest.h>

using namespace genkan;

TEST_CASE("text: cat joins text, characters and numbers") {
  CHECK(cat("unit ", 7, ' ', std::string("x"), std::uint8_t{250}) == "unit 7 x250");
}

TEST_CASE("text: integers are parsed whole or not at all") {
  CHECK(parse_integer<int>("42", 0, 100) == 42);
  CHECK(parse_integer<int>("-3", -5, 5) == -3);
  for (const auto* wrong : {"", " 4", "4 ", "4x", "0x4", "+4", "101", "99999999999999999999"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_integer<int>(wrong, 0, 100));
  }
}

TEST_CASE("text: alternatives and the nearest word") {
  constexpr std::array<std::string_view, 3> words{"even", "odd", "none"};
  CHECK(alternatives(words) == "even, odd or none");
  CHECK(nearest("evn", words) == "even");
  CHECK(nearest("parity", words).empty());
}

TEST_CASE("text: printable cuts, and replaces what could harm a terminal") {
  CHECK(printable("a\x1b[31m\n") == "a?[31m?");
  CHECK(printable("\xFF\xC3") == "??");
  CHECK(printable("玄関") == "玄関");
  CHECK(printable("玄関", 4) == "玄…");
  CHECK(printable("abcdef", 3) == "abc…");
}

TEST_CASE("text: UTF-8 is checked strictly") {
  CHECK(is_utf8("鍵 and key"));
  for (const auto* wrong : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE3\x81", "\x80"}) {
    CHECK_FALSE(is_utf8(wrong));
  }
}
