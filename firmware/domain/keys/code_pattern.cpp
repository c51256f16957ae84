#include "firmware/domain/keys/code_pattern.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "firmware/base/cipher.hpp"

namespace genkan::domain {
namespace {

constexpr int most_tries = 1000;
constexpr char wild = '*';
constexpr std::string_view when_empty = "******";

bool is_pattern(std::string_view pattern) {
  return pattern.size() >= Code::fewest && pattern.size() <= Code::most &&
         pattern.find_first_not_of("0123456789*") == pattern.npos;
}

// Whether each digit is `step` after the one before it; past 9 comes 0, as on a keypad.
bool has_step(std::string_view digits, int step) {
  const auto breaks = [step](char one, char next) {
    return (one - '0' + step + 10) % 10 != next - '0';
  };
  return std::ranges::adjacent_find(digits, breaks) == digits.end();
}

Result<Code> fill(std::string_view pattern, const RandomBelow& random) {
  std::array<char, Code::most> digits{};
  const auto digit = [&random](char c) {
    return c == wild ? static_cast<char>('0' + random(10)) : c;
  };
  std::ranges::transform(pattern, digits.begin(), digit);
  auto code = Code::parse({digits.data(), pattern.size()});
  wipe({reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()});
  return code;
}

}  // namespace

bool is_obvious(const Code& code) {
  return std::ranges::any_of(std::array{0, 1, -1},
                             [&code](int step) { return has_step(code.digits(), step); });
}

Result<Code> code_from_pattern(std::string_view pattern, const RandomBelow& random,
                               const std::function<bool(const Code&)>& taken) {
  if (pattern.empty()) pattern = when_empty;
  if (!is_pattern(pattern)) {
    return fail(
        ErrorCode::invalid,
        "a code is 4 to 8 digits, with * for a random one (such as **12**), or empty for six "
        "random digits");
  }
  if (pattern.find(wild) == pattern.npos) return Code::parse(pattern);
  for (int tried = 0; tried < most_tries; ++tried) {
    auto code = fill(pattern, random);
    if (!code || (!is_obvious(*code) && !taken(*code))) return code;
  }
  return fail(ErrorCode::conflict,
              "the pattern leaves no free code at these doors; leave more digits to chance with *");
}

}  // namespace genkan::domain
