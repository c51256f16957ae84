#include "firmware/domain/keys/code_pattern.hpp"

#include <random>
#include <set>
#include <string>

#include <doctest/doctest.h>

using namespace genkan;
using namespace genkan::domain;

namespace {

RandomBelow dice(unsigned seed) {
  return [engine = std::mt19937(seed)](std::uint32_t bound) mutable {
    return std::uniform_int_distribution<std::uint32_t>(0, bound - 1)(engine);
  };
}

bool none_taken(const Code&) { return false; }

}  // namespace

TEST_CASE("KEY-20: a pattern keeps its digits and makes up the rest") {
  struct Case {
    std::string_view pattern;
    std::string_view shape;
  };
  const Case cases[] = {{"", "******"},           {"****", "****"},         {"**12**", "**12**"},
                        {"12******", "12******"}, {"*234567*", "*234567*"}, {"4711", "4711"}};
  for (const auto& c : cases) {
    CAPTURE(c.pattern);
    std::set<std::string> seen;
    for (unsigned seed = 0; seed < 200; ++seed) {
      const auto code = code_from_pattern(c.pattern, dice(seed), none_taken);
      REQUIRE(code);
      const std::string digits(code->digits());
      REQUIRE(digits.size() == c.shape.size());
      for (std::size_t n = 0; n < digits.size(); ++n) {
        if (c.shape[n] != '*') REQUIRE(digits[n] == c.shape[n]);
      }
      seen.insert(digits);
    }
    CHECK((c.pattern == "4711" ? seen.size() == 1 : seen.size() > 50));
  }
}

TEST_CASE("KEY-20: every digit can come, in every random place") {
  std::set<std::pair<std::size_t, char>> seen;
  for (unsigned seed = 0; seed < 500; ++seed) {
    const auto code = code_from_pattern("", dice(seed), none_taken).value();
    for (std::size_t n = 0; n < 6; ++n) seen.emplace(n, code.digits()[n]);
  }
  CHECK(seen.size() == 60);
}

TEST_CASE("KEY-20: what is no pattern is told with what one may be") {
  for (const auto* pattern :
       {"123", "***", "*********", "123456789", "12a4", "12?4", "** 12", "１２**"}) {
    CAPTURE(pattern);
    const auto code = code_from_pattern(pattern, dice(1), none_taken);
    REQUIRE(!code);
    CHECK(code.error().code() == ErrorCode::invalid);
    CHECK(code.error().message() ==
          "a code is 4 to 8 digits, with * for a random one (such as **12**), or empty for six "
          "random digits");
  }
}

TEST_CASE("KEY-21: the obvious") {
  for (const auto* digits : {"0000", "99999999", "1234", "01234567", "9876", "3210", "7890", "0987",
                             "56789", "890123"}) {
    CAPTURE(digits);
    CHECK(is_obvious(Code::parse(digits).value()));
  }
  for (const auto* digits :
       {"1235", "1233", "1122", "1212", "2468", "9875", "13579", "10000", "4711", "00001"}) {
    CAPTURE(digits);
    CHECK(!is_obvious(Code::parse(digits).value()));
  }
}

TEST_CASE("KEY-21: random codes avoid the obvious, unless every digit is asked for") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const auto code = code_from_pattern("123*", dice(seed), none_taken).value();
    CHECK(code.digits() != "1234");
    CHECK(code_from_pattern("111*", dice(seed), none_taken).value().digits() != "1111");
  }
  CHECK(code_from_pattern("1234", dice(1), none_taken).value().digits() == "1234");
  CHECK(code_from_pattern("0000", dice(1), none_taken).value().digits() == "0000");
}

TEST_CASE("KEY-21: random codes avoid those in use on the same doors") {
  // 5 of ten are in use
  for (unsigned seed = 0; seed < 200; ++seed) {
    const auto code = code_from_pattern("471*", dice(seed), [](const Code& candidate) {
                        return candidate.digits().back() < '5';
                      }).value();
    CHECK(code.digits().back() >= '5');
  }
  // what is given in full is what the person wants, in use or not
  CHECK(code_from_pattern("4711", dice(1), [](const Code&) { return true; }).has_value());
}

TEST_CASE("KEY-21: a pattern that leaves no free code ends after a thousand tries") {
  int asked = 0;
  const auto code = code_from_pattern("471*", dice(1), [&asked](const Code&) {
    ++asked;
    return true;
  });
  REQUIRE(!code);
  CHECK(code.error().code() == ErrorCode::conflict);
  CHECK(asked == 1000);
  CHECK(code.error().message().find("471") == std::string::npos);
}
