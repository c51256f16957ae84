#include "firmware/domain/calendar/forgiving_time.hpp"

#include "firmware/base/text.hpp"

namespace genkan::domain {
namespace {

using std::chrono::days;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Digits alone, one to `most_digits` of them: from_chars would take a sign.
std::optional<unsigned> number(std::string_view text, std::size_t most_digits, unsigned low,
                               unsigned high) {
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  if (text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  return parse_integer(text, low, high);
}

std::unexpected<Error> refuse_date(std::string_view text) {
  return fail(
      ErrorCode::invalid,
      cat("'", printable(text, 20),
          "' is no date; write year, month and day such as 2026-03-07 or 20260307, years 1970 "
          "to 2099, months 1 to 12, days 1 to 99 (day 32 of March is 1 April)"));
}

std::unexpected<Error> refuse_time(std::string_view text) {
  return fail(ErrorCode::invalid,
              cat("'", printable(text, 20),
                  "' is no time; write hours and minutes such as 0900, 9:00 or 25:30, up to 9999 "
                  "(2500 is 01:00 on the next day)"));
}

struct Date {
  std::string_view year;
  std::string_view month;
  std::string_view day;
};

std::optional<Date> split_date(std::string_view text) {
  const auto mark = text.find_first_of("-/");
  if (mark == text.npos) {
    if (text.size() != 8) return std::nullopt;
    return Date{text.substr(0, 4), text.substr(4, 2), text.substr(6)};
  }
  const auto second = text.find(text[mark], mark + 1);
  if (mark != 4 || second == text.npos) return std::nullopt;
  return Date{text.substr(0, 4), text.substr(5, second - 5), text.substr(second + 1)};
}

Result<LocalDay> forgiving_day(std::string_view text) {
  const auto date = split_date(trimmed(text));
  if (!date) return refuse_date(text);
  const auto year = number(date->year, 4, 1970, 2099);
  const auto month = number(date->month, 2, 1, 12);
  const auto day = number(date->day, 2, 1, 99);
  if (!year || !month || !day) return refuse_date(text);
  const LocalDay first_of_month{std::chrono::year{static_cast<int>(*year)} /
                                std::chrono::month{*month} / 1};
  return first_of_month + days{*day - 1};
}

}  // namespace

Result<std::chrono::minutes> forgiving_minutes(std::string_view time) {
  const auto text = trimmed(time);
  const auto colon = text.find(':');
  const bool plain = colon == text.npos;
  if (plain && (text.size() < 3 || text.size() > 4)) return refuse_time(time);
  const auto hours = number(text.substr(0, plain ? text.size() - 2 : colon), 2, 0, 99);
  const auto minutes = number(text.substr(plain ? text.size() - 2 : colon + 1), 2, 0, 99);
  if (!hours || !minutes) return refuse_time(time);
  return std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
}

Result<LocalTime> forgiving_time(std::string_view date, std::string_view time) {
  const auto day = forgiving_day(date);
  if (!day) return fail(day.error());
  const auto of_day = forgiving_minutes(time);
  if (!of_day) return fail(of_day.error());
  return *day + *of_day;
}

}  // namespace genkan::domain
