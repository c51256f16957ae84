#include "firmware/api/qr.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

namespace genkan::api::testing {

namespace {

constexpr std::string_view token = "GENKAN1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes.substr(0, 4)) value = value << 8U | static_cast<std::uint8_t>(c);
  return value;
}

}  // namespace

TEST_CASE("KEY-41: the picture has a quiet zone, its three corners, and both forms one size") {
  const auto svg = qr_svg(token);
  REQUIRE(svg);
  // 40 bytes at level M are version 3 of the standard: 29 modules, and 4 on each side.
  CHECK(svg->contains("viewBox=\"0 0 37 37\""));
  for (const auto corner : {"M4 4h7v1h-7z", "M26 4h7v1h-7z", "M4 26h7v1h-7z", "M4 32h7v1h-7z"}) {
    CHECK_MESSAGE(svg->contains(corner), corner);
  }
  const auto png = qr_png(token);
  REQUIRE(png);
  REQUIRE(png->size() > 33);
  CHECK(png->substr(12, 4) == "IHDR");
  CHECK(big_endian(std::string_view(*png).substr(16)) == 37 * 8);
  CHECK(big_endian(std::string_view(*png).substr(20)) == 37 * 8);
  CHECK(png->size() < 4096);
}

TEST_CASE("KEY-41: another text is another picture, and one that is too long none") {
  CHECK(*qr_svg(token) != *qr_svg("GENKAN1.B"));
  CHECK(*qr_png(token) != *qr_png("GENKAN1.B"));
  CHECK(qr_svg(std::string(1000, 'a')));
  CHECK(!qr_svg(std::string(1001, 'a')));
  CHECK(!qr_png(""));
  CHECK(qr_png("").error().code() == ErrorCode::invalid);
}

}  // namespace genkan::api::testing
