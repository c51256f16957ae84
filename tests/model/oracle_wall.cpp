#include "tests/model/oracle_wall.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>

namespace genkan::model {

DayNumber day_number(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::string text_of(WallMinute time) {
  const DayNumber day = time >= 0 ? time / day_minutes : (time - day_minutes + 1) / day_minutes;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  const WallMinute minute = time - day * day_minutes;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(minute / 60), static_cast<int>(minute % 60));
  return text.data();
}

Minute Wall::begin() { return day_number(2026, 1, 1) * day_minutes; }
Minute Wall::end() { return day_number(2029, 1, 1) * day_minutes; }

Wall::Wall(const std::string& zone) : zone_(zone) {
  const char* before = std::getenv("TZ");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
  ahead_.reserve(static_cast<std::size_t>(end() - begin()));
  for (Minute when = begin(); when < end(); ++when) {
    const std::time_t seconds = when * 60;
    std::tm shown{};
    ::localtime_r(&seconds, &shown);
    const auto ahead = static_cast<std::int16_t>(shown.tm_gmtoff / 60);
    if (!ahead_.empty() && ahead_.back() != ahead) changes_.push_back(when);
    ahead_.push_back(ahead);
  }
  if (before == nullptr) {
    ::unsetenv("TZ");
  } else {
    ::setenv("TZ", kept.c_str(), 1);
  }
  ::tzset();
  if (changes_.empty() && zone != "Asia/Tokyo") throw std::runtime_error("no zone " + zone);
  // Minute by minute: what the wall shows now for the first time, or has skipped.
  WallMinute next = shows(begin());
  for (Minute when = begin(); when < end(); ++when) {
    for (; next <= shows(when); ++next) first_.push_back(static_cast<std::int32_t>(when));
  }
}

WallMinute Wall::shows(Minute when) const {
  const auto last = static_cast<Minute>(ahead_.size()) - 1;
  const auto at = std::clamp<Minute>(when - begin(), 0, last);
  return when + ahead_[static_cast<std::size_t>(at)];
}

Minute Wall::first_showing(WallMinute time) const {
  const WallMinute at = time - shows(begin());
  if (at < 0) return time - ahead_.front();
  if (at >= static_cast<WallMinute>(first_.size())) return time - ahead_.back();
  return first_[static_cast<std::size_t>(at)];
}

bool Wall::repeats(Minute when) const { return first_showing(shows(when)) != when; }

}  // namespace genkan::model
