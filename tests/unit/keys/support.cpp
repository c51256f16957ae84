#include "tests/unit/keys/support.hpp"

#include <array>

#include <doctest/doctest.h>

namespace genkan::keys_testing {

using namespace domain;

std::shared_ptr<const TimeZone> zone(std::string_view name) {
  auto found = TimeZone::named(name);
  REQUIRE(found);
  return std::make_shared<const TimeZone>(*found);
}

std::shared_ptr<const TimeZone> tokyo() { return zone("Asia/Tokyo"); }

LocalDay day(int year, unsigned month, unsigned day_of_month) {
  return LocalDay{std::chrono::year{year} / static_cast<int>(month) /
                  static_cast<int>(day_of_month)};
}

LocalTime local(int year, unsigned month, unsigned day_of_month, int hour, int minute) {
  return day(year, month, day_of_month) + std::chrono::hours{hour} + std::chrono::minutes{minute};
}

WallTime wall(int year, unsigned month, unsigned day_of_month, int hour, int minute) {
  const auto shown = local(year, month, day_of_month, hour, minute);
  return WallTime{shown.time_since_epoch() - std::chrono::hours{9}};
}

KeyHash hash_of(std::string_view secret) {
  std::array<std::uint8_t, 32> key{};
  return KeyHasher(key).of(Credential::code, secret);
}

}  // namespace genkan::keys_testing
