#include <array>

#include "firmware/base/text.hpp"
#include "firmware/domain/calendar/local_time.hpp"

namespace genkan::domain {
namespace {

std::string padded(int number, std::size_t width) {
  auto text = cat(number);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

// Digits alone: from_chars would take a sign.
std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t size) {
  const auto part = text.substr(at, size);
  if (part.size() != size || part.find_first_not_of("0123456789") != part.npos) return std::nullopt;
  return parse_integer(part, 0, 9999);
}

std::string format_time_of_day(std::chrono::minutes time) {
  const auto count = static_cast<int>(time.count());
  return cat(padded(count / 60, 2), ":", padded(count % 60, 2));
}

}  // namespace

std::string format_day(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return cat(padded(static_cast<int>(date.year()), 4), "-",
             padded(static_cast<int>(static_cast<unsigned>(date.month())), 2), "-",
             padded(static_cast<int>(static_cast<unsigned>(date.day())), 2));
}

std::string format_local(LocalTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return cat(format_day(day), " ", format_time_of_day(time - day));
}

std::optional<LocalDay> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number_at(text, 0, 4);
  const auto month = number_at(text, 5, 2);
  const auto day = number_at(text, 8, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return LocalDay{date};
}

std::optional<LocalTime> parse_local(std::string_view text) {
  if (text.size() != 16 || text[10] != ' ' || text[13] != ':') return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  const auto hour = number_at(text, 11, 2);
  const auto minute = number_at(text, 14, 2);
  if (!day || !hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return *day + std::chrono::hours{*hour} + std::chrono::minutes{*minute};
}

}  // namespace genkan::domain
