#include "firmware/base/base64url.hpp"

#include <algorithm>
#include <string_view>

#include <doctest/doctest.h>

using namespace genkan;

namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_CASE("base64url: RFC 4648, section 10, and the two characters of its own") {
  struct Case {
    std::vector<std::uint8_t> bytes;
    std::string_view text;
  };
  const Case cases[] = {{{}, ""},
                        {bytes_of("f"), "Zg"},
                        {bytes_of("fo"), "Zm8"},
                        {bytes_of("foo"), "Zm9v"},
                        {bytes_of("foob"), "Zm9vYg"},
                        {bytes_of("fooba"), "Zm9vYmE"},
                        {bytes_of("foobar"), "Zm9vYmFy"},
                        {{0xFB, 0xFF}, "-_8"},
                        {{0xFF, 0xFF, 0xFF}, "____"},
                        {{0x00, 0x00, 0x00, 0x00}, "AAAAAA"}};
  for (const auto& c : cases) {
    CHECK(base64url(c.bytes) == c.text);
    CHECK(base64url_decoded(c.text) == c.bytes);
  }
}

TEST_CASE("base64url: there and back, whatever the length") {
  std::vector<std::uint8_t> bytes;
  for (int length = 0; length < 300; ++length) {
    CHECK(base64url_decoded(base64url(bytes)) == bytes);
    bytes.push_back(static_cast<std::uint8_t>(length * 37 + 11));
  }
}

TEST_CASE("base64url: only the one text of some bytes is read") {
  for (const std::string_view text :
       {"Z", "Zm9vY", "Zg==", "Zm8=", "Zm 9v", "Zm9v\n", "Zm9+", "Zm9/", "Zh", "Zm9", "Zm\x80v"}) {
    CAPTURE(text);
    CHECK(!base64url_decoded(text));
  }
}
