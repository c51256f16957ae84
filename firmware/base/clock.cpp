#include "firmware/base/clock.hpp"

#include <cstdio>

#include <sys/timex.h>

#include "firmware/base/text.hpp"

namespace genkan {

SteadyTime SystemClock::steady() const { return Steady::now(); }

WallTime SystemClock::wall() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

ClockTrust SystemClock::trust() const {
  if (assume_trusted_) return ClockTrust::trusted;
  timex query{};
  const int state = adjtimex(&query);
  const bool synchronised = state != -1 && state != TIME_ERROR && (query.status & STA_UNSYNC) == 0;
  return synchronised ? ClockTrust::trusted : ClockTrust::untrusted;
}

std::string format_time(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  char text[40];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

std::optional<WallTime> parse_time(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t count, int low, int high) {
    return parse_integer<int>(text.substr(at, count), low, high);
  };
  if (text.size() < 20 || text.size() > 30 || text.back() != 'Z') return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto year = number(0, 4, 1970, 9999);
  const auto month = number(5, 2, 1, 12);
  const auto day = number(8, 2, 1, 31);
  const auto hour = number(11, 2, 0, 23);
  const auto minute = number(14, 2, 0, 59);
  const auto second = number(17, 2, 0, 59);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  int milliseconds = 0;
  const std::string_view fraction = text.substr(19, text.size() - 20);
  if (!fraction.empty()) {
    if (fraction.size() < 2 || fraction[0] != '.') return std::nullopt;
    std::string digits(fraction.substr(1));
    if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    digits.resize(3, '0');
    milliseconds = *parse_integer<int>(digits, 0, 999);
  }
  return WallTime{std::chrono::sys_days{date} + std::chrono::hours{*hour} +
                  std::chrono::minutes{*minute} + std::chrono::seconds{*second} +
                  std::chrono::milliseconds{milliseconds}};
}

}  // namespace genkan
