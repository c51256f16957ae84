#include "firmware/base/random.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <doctest/doctest.h>

using namespace genkan;

namespace {

// Gives these numbers, one a call, as the machine stores them.
RandomBytes numbers(std::vector<std::uint32_t> values, std::size_t& calls) {
  return [values = std::move(values), &calls](std::span<std::uint8_t> out) {
    REQUIRE(calls < values.size());
    REQUIRE(out.size() == sizeof(std::uint32_t));
    std::memcpy(out.data(), &values[calls++], out.size());
  };
}

}  // namespace

TEST_CASE("random: fills all of it, and never the same") {
  std::array<std::uint8_t, 1000> one{};
  std::array<std::uint8_t, 1000> other{};
  fill_random(one);
  fill_random(other);
  CHECK(one != other);
  // 1,000 bytes leave out some 5 of the 256 values; leaving out 60 does not happen.
  std::ranges::sort(one);
  CHECK(std::ranges::unique(one).begin() - one.begin() > 196);
  fill_random({});
}

TEST_CASE("random_below: numbers that would make some results likelier are drawn again") {
  struct Case {
    std::uint32_t bound;
    std::vector<std::uint32_t> drawn;
    std::uint32_t result;
  };
  // 2^32 mod 10 is 6: 0 to 5 are left out.
  const Case cases[] = {{10, {0, 5, 6}, 6},
                        {10, {4'294'967'295}, 5},
                        {1, {0}, 0},
                        {16, {0}, 0},
                        {16, {31}, 15},
                        {3'000'000'000, {1'294'967'295, 1'294'967'296}, 1'294'967'296},
                        {3'000'000'000, {2'999'999'999}, 2'999'999'999}};
  for (const auto& c : cases) {
    CAPTURE(c.bound);
    std::size_t calls = 0;
    CHECK(random_below(c.bound, numbers(c.drawn, calls)) == c.result);
    CHECK(calls == c.drawn.size());
  }
  CHECK(random_below(0) == 0);
}

TEST_CASE("random_below: every number below the bound comes, and no other") {
  std::array<int, 10> seen{};
  for (int i = 0; i < 10'000; ++i) {
    const auto number = random_below(10);
    REQUIRE(number < 10);
    ++seen[number];
  }
  // 1,000 each; ten deviations of 30 to either side.
  for (const int count : seen) CHECK((count > 700 && count < 1300));
}
