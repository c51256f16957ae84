#include "firmware/domain/keys/wrong_codes.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace genkan;
using namespace genkan::domain;

namespace {

SteadyTime at(double seconds) {
  return SteadyTime{std::chrono::hours{1}} +
         std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

TEST_CASE("DEV-12: five wrong ones within a minute lock, whichever minute") {
  struct Case {
    std::string_view what;
    std::vector<double> wrong;  // seconds
    int locks;                  // which of them locks, from 1; 0: none
  };
  const Case cases[] = {
      {"at once", {0, 0, 0, 0, 0}, 5},
      {"a minute, to the second", {0, 10, 20, 30, 60}, 5},
      {"a minute and a bit", {0, 10, 20, 30, 60.001}, 0},
      {"four", {0, 1, 2, 3}, 0},
      {"one every 16 seconds", {0, 16, 32, 48, 64, 80, 96, 112}, 0},
      {"one every 15 seconds", {0, 15, 30, 45, 60}, 5},
      {"late in one minute and early in the next", {0, 57, 58, 59, 61, 62, 63}, 6},
  };
  for (const auto& c : cases) {
    CAPTURE(c.what);
    WrongCodes codes;
    int locked = 0;
    for (std::size_t i = 0; i < c.wrong.size() && locked == 0; ++i) {
      CHECK(!codes.locked_out("lobby", at(c.wrong[i])));
      if (codes.wrong("lobby", at(c.wrong[i]))) locked = static_cast<int>(i) + 1;
    }
    CHECK(locked == c.locks);
  }
}

TEST_CASE("DEV-12: locked for three minutes, tries meanwhile do not count, then all begins anew") {
  WrongCodes codes;
  for (int i = 0; i < 5; ++i) CHECK(codes.wrong("lobby", at(i)) == (i == 4));
  CHECK(codes.until("lobby") == at(184));
  CHECK(codes.locked_out("lobby", at(4)));
  for (int i = 5; i < 184; ++i) {
    CHECK(codes.locked_out("lobby", at(i)));
    CHECK(!codes.wrong("lobby", at(i)));
  }
  CHECK(codes.until("lobby") == at(184));
  CHECK(!codes.locked_out("lobby", at(184)));
  for (int i = 0; i < 5; ++i) CHECK(codes.wrong("lobby", at(184 + i)) == (i == 4));
}

TEST_CASE("DEV-12: a right code clears") {
  WrongCodes codes;
  for (int i = 0; i < 4; ++i) codes.wrong("lobby", at(i));
  codes.right("lobby");
  for (int i = 4; i < 8; ++i) CHECK(!codes.wrong("lobby", at(i)));
  CHECK(codes.wrong("lobby", at(8)));
  codes.right("lobby");
  CHECK(!codes.locked_out("lobby", at(9)));
}

TEST_CASE("DEV-12: places and sources are counted apart") {
  WrongCodes codes;
  for (int i = 0; i < 5; ++i) codes.wrong("lobby", at(i));
  CHECK(codes.locked_out("lobby", at(5)));
  CHECK(!codes.locked_out("garage", at(5)));
  CHECK(codes.until("garage") <= at(5));
  CHECK(!codes.wrong("garage", at(5)));
}

TEST_CASE("DEV-12: more places than are kept push out the quietest, not one that is locked out") {
  WrongCodes codes;
  for (int i = 0; i < 5; ++i) codes.wrong("locked", at(i));
  for (int i = 0; i < 4; ++i) codes.wrong("busy", at(20));
  for (int i = 0; i < 4; ++i) codes.wrong("quiet", at(10));
  for (std::size_t i = 0; i < WrongCodes::most_kept - 2; ++i) {
    codes.wrong("place " + std::to_string(i), at(21));
  }
  CHECK(codes.locked_out("locked", at(22)));
  CHECK(codes.wrong("busy", at(22)));    // its four were kept
  CHECK(!codes.wrong("quiet", at(22)));  // forgotten
}
