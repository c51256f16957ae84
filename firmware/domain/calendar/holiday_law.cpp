#include "firmware/domain/calendar/holiday_law.hpp"

#include <array>
#include <optional>
#include <string_view>

#include "firmware/base/text.hpp"

namespace genkan::domain {
namespace {

using namespace std::chrono;

// How the law says on which day of the year a holiday is.
enum class On : std::uint8_t { date, monday, spring_equinox, autumn_equinox };

constexpr int ever = 0;  // since before 1970; or still so

struct Article {
  std::string_view name;
  int first;  // year, both inclusive
  int last;
  On on;
  unsigned month;  // of date and monday
  unsigned which;  // day of the month; which Monday of it
};

// Article 2 and its history. Laws by their year and number:
//   1966/86  National Foundation, Respect for the Aged and Health-Sports Day
//   1989/5   29 April becomes Greenery Day, the Emperor's birthday is 23 December (from 17
//   February) 1995/22  Marine Day, from 1996 1998/141 Coming of Age and Health-Sports Day on
//   Mondays, from 2000 2001/59  Marine and Respect for the Aged Day on Mondays, from 2003 2005/43
//   29 April becomes Showa Day, Greenery Day moves to 4 May, from 2007 2014/43  Mountain Day, from
//   2016 2017/63  the Emperor's birthday is 23 February, from his accession on 1 May 2019: 2019 has
//   none 2018/57  Health-Sports Day becomes Sports Day, from 2020
constexpr std::array<Article, 24> articles{{
    {"元日", ever, ever, On::date, 1, 1},
    {"成人の日", ever, 1999, On::date, 1, 15},
    {"成人の日", 2000, ever, On::monday, 1, 2},
    {"建国記念の日", ever, ever, On::date, 2, 11},
    {"春分の日", ever, ever, On::spring_equinox, 0, 0},
    {"天皇誕生日", ever, 1988, On::date, 4, 29},
    {"天皇誕生日", 1989, 2018, On::date, 12, 23},
    {"天皇誕生日", 2020, ever, On::date, 2, 23},
    {"みどりの日", 1989, 2006, On::date, 4, 29},
    {"昭和の日", 2007, ever, On::date, 4, 29},
    {"憲法記念日", ever, ever, On::date, 5, 3},
    {"みどりの日", 2007, ever, On::date, 5, 4},
    {"こどもの日", ever, ever, On::date, 5, 5},
    {"海の日", 1996, 2002, On::date, 7, 20},
    {"海の日", 2003, ever, On::monday, 7, 3},
    {"山の日", 2016, ever, On::date, 8, 11},
    {"敬老の日", ever, 2002, On::date, 9, 15},
    {"敬老の日", 2003, ever, On::monday, 9, 3},
    {"秋分の日", ever, ever, On::autumn_equinox, 0, 0},
    {"体育の日", ever, 1999, On::date, 10, 10},
    {"体育の日", 2000, 2019, On::monday, 10, 2},
    {"スポーツの日", 2020, ever, On::monday, 10, 2},
    {"文化の日", ever, ever, On::date, 11, 3},
    {"勤労感謝の日", ever, ever, On::date, 11, 23},
}};

// Article 3, paragraphs 2 and 3: the days from which the rules hold.
//   1973/10  a holiday on a Sunday: the next day is free; from 12 April 1973
//   1985/103 a day between two holidays is free, unless a Sunday; from 27 December 1985
//   2005/43  a holiday on a Sunday: the next day that is no holiday is free, and a day between two
//            is free on a Sunday too; from 2007
constexpr LocalDay substitutes_from{1973y / April / 12};
constexpr LocalDay between_from{1985y / December / 27};
constexpr LocalDay new_rules_from{2007y / January / 1};

// Day of March or September on which the sun crosses the equator, Japanese time: the formula in
// common use (from the almanac "Shin koyomi benricho"), good to 2099, in millionths of a day. What
// counts is the government's announcement, each February for the next year; a test holds the
// formula against those from 1970 on.
constexpr unsigned equinox(int year, std::int64_t before_1980, std::int64_t from_1980) {
  const int since = year - 1980;
  const std::int64_t leaps = year < 1980 ? (year - 1983) / 4 : since / 4;
  const std::int64_t base = year < 1980 ? before_1980 : from_1980;
  return static_cast<unsigned>((base + 242'194 * since) / 1'000'000 - leaps);
}

LocalDay day_in(const Article& article, int in_year) {
  const year y{in_year};
  switch (article.on) {
    case On::date: break;
    case On::monday: return LocalDay{y / month{article.month} / Monday[article.which]};
    case On::spring_equinox:
      return LocalDay{y / March / day{equinox(in_year, 20'835'700, 20'843'100)}};
    case On::autumn_equinox:
      return LocalDay{y / September / day{equinox(in_year, 23'258'800, 23'248'800)}};
  }
  return LocalDay{y / month{article.month} / day{article.which}};
}

bool is_sunday(LocalDay day) { return weekday{day} == Sunday; }

// The day that is free for a holiday on Sunday `day`; nothing if the law gave none.
std::optional<LocalDay> substitute_for(LocalDay day, const NamedDays& named) {
  if (day < substitutes_from) return std::nullopt;
  auto free = day + days{1};
  if (day < new_rules_from) {
    return named.contains(free) ? std::nullopt : std::optional(free);
  }
  while (named.contains(free)) free += days{1};
  return free;
}

}  // namespace

NamedDays named_days(int year) {
  NamedDays named;
  for (const auto& article : articles) {
    const bool begun = article.first == ever || article.first <= year;
    const bool over = article.last != ever && article.last < year;
    if (begun && !over) named.emplace(day_in(article, year), article.name);
  }
  return named;
}

std::vector<Holiday> with_days_that_follow(const NamedDays& named) {
  NamedDays all = named;
  for (const auto& [day, name] : named) {
    if (!is_sunday(day)) continue;
    if (const auto free = substitute_for(day, named)) {
      all.emplace(*free, cat(named.at(*free - days{1}), " 振替休日"));
    }
  }
  for (const auto& [day, name] : named) {
    const auto between = day + days{1};
    if (between < between_from || !named.contains(between + days{1})) continue;
    if (between < new_rules_from && is_sunday(between)) continue;
    all.emplace(between, "休日");  // not if it is a holiday already
  }
  std::vector<Holiday> holidays;
  holidays.reserve(all.size());
  for (auto& [day, name] : all) holidays.push_back({day, std::move(name)});
  return holidays;
}

std::vector<Holiday> holidays_by_law(int year) {
  if (year < first_holiday_year || year > last_holiday_year) return {};
  return with_days_that_follow(named_days(year));
}

}  // namespace genkan::domain
