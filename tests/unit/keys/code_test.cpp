#include "firmware/domain/keys/code.hpp"

#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

using namespace genkan;
using namespace genkan::domain;

static_assert(!std::is_convertible_v<Code, std::string_view>);
static_assert(!std::is_convertible_v<CardNumber, std::string_view>);

TEST_CASE("KEY-20: a code is 4 to 8 digits") {
  for (const auto* text : {"0000", "1234", "04711", "123456", "7654321", "98765432"}) {
    const auto code = Code::parse(text);
    REQUIRE(code);
    CHECK(code->digits() == text);
  }
  for (const auto* text : {"", "123", "123456789", "12a4", "1234 ", " 1234", "12-34", "**12",
                           "+1234", "１２３４", "12.4"}) {
    CAPTURE(text);
    const auto code = Code::parse(text);
    REQUIRE(!code);
    CHECK(code.error().code() == ErrorCode::invalid);
    CHECK(code.error().message() == "a code is 4 to 8 digits, 0 to 9 and nothing else");
  }
  CHECK(Code::parse(std::string("1234\0", 5)).has_value() == false);
}

TEST_CASE("KEY-20: codes are equal digit by digit, and can be copied") {
  const auto code = Code::parse("1234").value();
  auto copy = code;
  CHECK(copy == code);
  CHECK(!(Code::parse("01234").value() == code));
  CHECK(!(Code::parse("1235").value() == code));
  copy = Code::parse("98765432").value();
  CHECK(copy.digits() == "98765432");
  copy = code;
  CHECK(copy.digits() == "1234");
}

TEST_CASE("KEY-30: a card number is the bytes of an IDm or UID in hexadecimal") {
  using Bytes = std::vector<std::uint8_t>;
  struct Case {
    std::string_view text;
    Bytes bytes;
  };
  const Case cases[] = {
      {"012e4cd15590a37f", {0x01, 0x2e, 0x4c, 0xd1, 0x55, 0x90, 0xa3, 0x7f}},
      {"012E4CD15590A37F", {0x01, 0x2e, 0x4c, 0xd1, 0x55, 0x90, 0xa3, 0x7f}},
      {"01:2e:4c:d1:55:90:a3:7f", {0x01, 0x2e, 0x4c, 0xd1, 0x55, 0x90, 0xa3, 0x7f}},
      {"04 A1 b2-c3", {0x04, 0xa1, 0xb2, 0xc3}},
      {"04a1b2c3d4e5f6", {0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6}},
      {"00112233445566778899", {0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const auto card = CardNumber::parse(c.text);
    REQUIRE(card);
    CHECK(Bytes(card->bytes().begin(), card->bytes().end()) == c.bytes);
    CHECK(CardNumber::from_bytes(c.bytes).value() == *card);
  }
}

TEST_CASE("KEY-30: what is no card number, and no error repeats it") {
  for (const auto* text : {"", "04", "04a1b2", "04a1b2c", "04a1b2c3d4", "04a1b2c3d4e5",
                           "04a1b2c3d4e5f60708", "0011223344556677889900", "04a1b2cg", ":04a1b2c3",
                           "04a1b2c3:", "04::a1b2c3", "0 4a1b2c3", "04.a1.b2.c3", "0x04a1b2c3"}) {
    CAPTURE(text);
    const auto card = CardNumber::parse(text);
    REQUIRE(!card);
    CHECK(card.error().code() == ErrorCode::invalid);
    CHECK(card.error().message().find("8 bytes (FeliCa) or 4, 7 or 10 bytes") != std::string::npos);
    if (*text != '\0') CHECK(card.error().message().find(text) == std::string::npos);
  }
  for (const auto size : {0U, 1U, 3U, 5U, 6U, 9U, 11U, 16U}) {
    CHECK(!CardNumber::from_bytes(std::vector<std::uint8_t>(size)));
  }
}
