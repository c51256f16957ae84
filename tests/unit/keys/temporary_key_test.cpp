#include "firmware/domain/keys/temporary_key.hpp"

#include <array>
#include <limits>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "tests/unit/keys/support.hpp"

using namespace genkan;
using namespace genkan::domain;
using keys_testing::local;
using keys_testing::tokyo;
using keys_testing::wall;

namespace {

std::array<std::uint8_t, 32> key(std::uint8_t fill) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(fill);
  return bytes;
}

}  // namespace

TEST_CASE("KEY-42: a token gives its serial back, under its key alone") {
  for (const std::uint64_t serial :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x0123'4567'89AB'CDEF},
        std::numeric_limits<std::uint64_t>::max()}) {
    const std::string token = token_of(serial, key(1));
    CHECK(token.size() == 40);
    CHECK(token.starts_with("GENKAN1."));
    CHECK(serial_of(token, key(1)) == serial);
    CHECK(!serial_of(token, key(2)));
  }
  CHECK(token_of(1, key(1)) != token_of(2, key(1)));
}

TEST_CASE("KEY-42: no other text is a token") {
  const std::string token = token_of(77, key(1));
  SUBCASE("one character changed to any other") {
    for (std::size_t at = 0; at < token.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string changed = token;
        changed[at] = static_cast<char>(byte);
        CHECK(serial_of(changed, key(1)).has_value() == (changed == token));
      }
    }
  }
  SUBCASE("cut short, made longer, the serial of another one") {
    for (std::size_t size = 0; size < token.size(); ++size) {
      CHECK(!serial_of(token.substr(0, size), key(1)));
    }
    for (const char* more : {"A", "=", " ", "\n", "AAAA"}) CHECK(!serial_of(token + more, key(1)));
    const std::string other = token_of(78, key(1));
    CHECK(!serial_of(other.substr(0, 8 + 11) + token.substr(8 + 11), key(1)));
  }
}

TEST_CASE("KEY-40: what a temporary key may be") {
  const Span span{local(2026, 4, 1, 10, 0), local(2026, 4, 2, 10, 0)};
  struct Case {
    TemporaryRule rule;
    bool good;
  };
  const Case cases[] = {
      {OnceKey{1, span}, true},
      {OnceKey{999, span}, true},
      {OnceKey{0, span}, false},
      {OnceKey{1000, span}, false},
      {OnceKey{1, {span.end, span.start}}, false},
      {OnceKey{1, {span.start, span.start}}, false},
      {Weekly{every_day, std::chrono::hours{8}, std::chrono::hours{17}}, true},
      {Weekly{0b0010001, std::chrono::hours{8}, std::chrono::hours{24}}, true},
      {Weekly{every_day, std::chrono::hours{17}, std::chrono::hours{8}}, false},
  };
  for (const auto& c : cases) CHECK(temporary_rule_fault(c.rule).empty() == c.good);
  CHECK(temporary_rule_fault(OnceKey{0, span}) == "a temporary key opens 1 to 999 times, not 0");
}

TEST_CASE("KEY-41: valid now, or not") {
  const Holidays holidays;
  TemporaryKey key;
  key.rule = OnceKey{2, {local(2026, 4, 1, 10, 0), local(2026, 4, 1, 12, 0)}};
  const auto valid = [&](WallTime when) { return valid_at(key, *tokyo(), holidays, when); };
  const WallTime inside = wall(2026, 4, 1, 11, 0);
  CHECK(valid(inside));
  CHECK(!valid(wall(2026, 4, 1, 9, 59)));
  CHECK(!valid(wall(2026, 4, 1, 12, 0)));
  key.used = 1;
  CHECK(valid(inside));
  CHECK(uses_left(key) == 1);
  key.used = 2;
  CHECK(!valid(inside));
  key.used = 3;  // never seen; still nothing left
  CHECK(uses_left(key) == 0);
  key.rule = Weekly{0b0000100, std::chrono::hours{10}, std::chrono::hours{12}};  // Wednesdays
  CHECK(valid(inside));
  CHECK(!valid(wall(2026, 4, 2, 11, 0)));
  key.revoked = true;
  CHECK(!valid(inside));
}
