#include "tests/unit/calendar/libc_zone.hpp"

#include <cstdlib>
#include <ctime>

using namespace genkan;
using namespace genkan::domain;

LibcZone::LibcZone(const std::string& name) {
  setenv("TZ", name.c_str(), 1);
  tzset();
}

LibcZone::~LibcZone() {
  unsetenv("TZ");
  tzset();
}

LocalTime LibcZone::at(WallTime when) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
  const auto time = static_cast<std::time_t>(seconds);
  std::tm wall{};
  localtime_r(&time, &wall);
  const std::chrono::year_month_day date{std::chrono::year{wall.tm_year + 1900},
                                         std::chrono::month{static_cast<unsigned>(wall.tm_mon + 1)},
                                         std::chrono::day{static_cast<unsigned>(wall.tm_mday)}};
  return LocalDay{date} + std::chrono::hours{wall.tm_hour} + std::chrono::minutes{wall.tm_min};
}
