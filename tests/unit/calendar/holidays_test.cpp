#include "firmware/domain/calendar/holidays.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/calendar/samples.hpp"

using namespace genkan;
using namespace genkan::domain;

namespace {

LocalDay day(std::string_view text) { return parse_day(text).value(); }

std::string name_on(const Holidays& holidays, std::string_view text) {
  const auto& year = holidays.in_year(parse_integer(text.substr(0, 4), 0, 9999).value());
  for (const auto& holiday : year) {
    if (holiday.day == day(text)) return holiday.name;
  }
  return "";
}

std::string listed(const std::vector<Holiday>& holidays) {
  std::string text;
  for (const auto& holiday : holidays)
    text += cat(format_day(holiday.day), " ", holiday.name, "\n");
  return text;
}

// Those of the published table, as listed() writes them.
std::string published(int year) {
  std::string text;
  for (const auto& [date, name] : published_table()) {
    if (format_day(date).starts_with(cat(year))) text += cat(format_day(date), " ", name, "\n");
  }
  return text;
}

}  // namespace

TEST_CASE("RES-21: the law and the data file give exactly the published days, 1970 to 2050") {
  const auto holidays = product_holidays();
  const auto table = published_table();
  REQUIRE(table.size() == 1329);
  std::size_t found = 0;
  for (auto date = day("1970-01-01"); date <= day("2050-12-31"); date += std::chrono::days{1}) {
    CAPTURE(format_day(date));
    CHECK(holidays.is_holiday(date) == table.contains(date));
    if (holidays.is_holiday(date)) ++found;
  }
  CHECK(found == 1329);
}

TEST_CASE("RES-21: and the published names") {
  const auto holidays = product_holidays();
  // The table names a substitute day after the holiday before it (6 May 2009, 2015, 2026 …
  // "こどもの日 振替休日"), and so do we. In 2020 alone it names the same case after the Sunday's
  // holiday.
  const std::string ours_2020 = "2020-05-06 こどもの日 振替休日\n";
  const std::string theirs_2020 = "2020-05-06 憲法記念日 振替休日\n";
  for (int year = 1970; year <= 2050; ++year) {
    auto expected = published(year);
    if (const auto at = expected.find(theirs_2020); at != expected.npos) {
      CHECK(year == 2020);
      expected.replace(at, theirs_2020.size(), ours_2020);
    }
    CHECK(listed(holidays.in_year(year)) == expected);
  }
}

TEST_CASE(
    "RES-21: the law alone differs from the table only where another law made or moved a day") {
  const std::vector<int> others{1989, 1990, 1993, 2019, 2020, 2021};
  std::vector<int> differing;
  for (int year = 1970; year <= 2050; ++year) {
    std::string law;
    std::string table;
    for (const auto& holiday : holidays_by_law(year)) law += format_day(holiday.day);
    for (const auto& [date, name] : published_table()) {
      if (format_day(date).starts_with(cat(year))) table += format_day(date);
    }
    if (law != table) differing.push_back(year);
  }
  CHECK(differing == others);
}

TEST_CASE("RES-21: the law, each amendment at its edge") {
  const Holidays law;
  struct Case {
    std::string_view day;
    std::string_view name;  // empty: none
  };
  const Case cases[] = {
      {"1973-02-12", ""},  // a Sunday's holiday before 12 April 1973
      {"1973-04-30", "天皇誕生日 振替休日"},
      {"1985-05-04", ""},  // a Saturday between two holidays before 27 December 1985
      {"1986-05-04", ""},  // a Sunday between two
      {"1987-05-04", "憲法記念日 振替休日"},
      {"1988-05-04", "休日"},
      {"1988-04-29", "天皇誕生日"},
      {"1989-04-29", "みどりの日"},
      {"1988-12-23", ""},
      {"1989-12-23", "天皇誕生日"},
      {"1995-07-20", ""},
      {"1996-07-20", "海の日"},
      {"1999-01-15", "成人の日"},
      {"2000-01-15", ""},
      {"2000-01-10", "成人の日"},
      {"2000-10-09", "体育の日"},
      {"2002-07-20", "海の日"},
      {"2003-07-21", "海の日"},
      {"2003-09-15", "敬老の日"},
      {"2004-09-20", "敬老の日"},
      {"2003-05-04", ""},  // a Sunday between two, by the old rule
      {"2006-05-04", "休日"},
      {"2007-05-04", "みどりの日"},
      {"2007-04-29", "昭和の日"},
      {"2008-05-06", "こどもの日 振替休日"},  // Greenery Day's Sunday, past Children's Day
      {"2009-09-22", "休日"},
      {"2015-08-11", ""},
      {"2016-08-11", "山の日"},
      {"2018-12-24", "天皇誕生日 振替休日"},
      {"2019-02-23", ""},
      {"2019-12-23", ""},
      {"2020-02-23", "天皇誕生日"},
      {"2019-10-14", "体育の日"},
      {"2022-10-10", "スポーツの日"},
      {"2099-03-20", "春分の日"},
      {"2099-09-23", "秋分の日"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.day);
    CHECK(name_on(law, c.day) == c.name);
    CHECK(law.is_holiday(day(c.day)) == !c.name.empty());
  }
}

TEST_CASE("RES-21: outside 1970 to 2099 there are none") {
  const Holidays law;
  CHECK(law.in_year(1969).empty());
  CHECK(law.in_year(2100).empty());
  CHECK(law.in_year(-1).empty());
  CHECK(holidays_by_law(1969).empty());
  CHECK(holidays_by_law(2100).empty());
  CHECK(!law.is_holiday(day("1969-12-31")));
  CHECK(law.is_holiday(day("1970-01-01")));
  CHECK(!law.is_holiday(day("2099-12-31")));
  CHECK(!law.is_holiday(day("2100-01-01")));
  CHECK(law.in_year(1970).size() == 12);
}

TEST_CASE("RES-21: days between and substitute days follow from the exceptions") {
  Problems problems;
  const auto holidays = Holidays::read(
      "2030-08-10,祭,holiday # the 11th is a Sunday\n"
      "2031-05-04,みどりの日,workday\n"
      "2098-12-30,祭,holiday\n",
      "h.csv", problems);
  REQUIRE(problems.empty());
  REQUIRE(holidays);
  CHECK(name_on(*holidays, "2030-08-10") == "祭");
  CHECK(name_on(*holidays, "2030-08-12") == "山の日 振替休日");
  CHECK(name_on(*holidays, "2031-05-04") == "休日");  // taken away, then between two
  CHECK(name_on(*holidays, "2031-05-06").empty());    // nothing on that Sunday to be replaced
  CHECK(name_on(*holidays, "2098-12-31") == "休日");  // across the turn of the year
}

TEST_CASE("RES-21: mistakes in the data file are all told, and nothing is taken") {
  Problems problems;
  const auto holidays = Holidays::read(
      "# a comment\n"
      "2030-02-30,x,holiday\n"
      "1969-05-01,x,holiday\n"
      "\n"
      "2030-05-01,,holiday\n"
      "2030-05-01,x\n"
      "2030-05-01,x,holiday,y\n"
      "2030-05-01,x,feast\n"
      "2030-05-08,x,workday\r\n"
      "2030-05-09,x,holiday\n"
      "2030-05-09,y,holiday\n"
      "2030-05-10,\xFF,holiday",
      "h.csv", problems);
  CHECK(!holidays);
  std::string text;
  for (const auto& problem : problems.list()) text += cat(problem.text(), "\n");
  CHECK(text ==
        "h.csv:2: '2030-02-30' is no date from 1970 to 2099; write 2019-05-01\n"
        "h.csv:3: '1969-05-01' is no date from 1970 to 2099; write 2019-05-01\n"
        "h.csv:5: the name is missing, is no UTF-8 or is over 100 bytes long\n"
        "h.csv:6: a line is: date,name,holiday or workday\n"
        "h.csv:7: a line is: date,name,holiday or workday\n"
        "h.csv:8: 'feast' is neither holiday nor workday\n"
        "h.csv:9: 2030-05-08 is no holiday by law, so no workday can be made of it\n"
        "h.csv:11: 2030-05-09 is in the file twice; keep one\n"
        "h.csv:12: the name is missing, is no UTF-8 or is over 100 bytes long\n");

  Problems large;
  CHECK(!Holidays::read(std::string(65'537, '#'), "h.csv", large));
  CHECK(large.list().size() == 1);
}

TEST_CASE("RES-21: the government's table counts for the years that it covers whole") {
  auto holidays = product_holidays();
  // 2031 is whole and has a day that no law knows; 2032 ends in May; 1955 is none of ours
  const auto taken = holidays.take_table(
      "\xEF\xBB\xBF国民の祝日・休日月日,国民の祝日・休日名称\r\n"
      "1955/1/1,元日\r\n"
      "2031/1/1,元日\r\n2031/6/5,新しい日\r\n2031/11/23,勤労感謝の日\r\n"
      "2032-01-01,元日\r\n2032-05-06,新しい日\r\n");
  REQUIRE(taken);
  CHECK(listed(holidays.in_year(2031)) ==
        "2031-01-01 元日\n2031-06-05 新しい日\n2031-11-23 勤労感謝の日\n");
  CHECK(holidays.is_holiday(day("2031-06-05")));
  CHECK(!holidays.is_holiday(day("2031-05-03")));
  CHECK(!holidays.is_holiday(day("2032-05-06")));
  CHECK(holidays.is_holiday(day("2032-05-03")));
  CHECK(listed(holidays.in_year(2030)) == published(2030));
}

TEST_CASE("RES-21: the whole table, taken, is what it says") {
  Holidays holidays;
  std::string csv;
  for (const auto& [date, name] : published_table()) csv += cat(format_day(date), ",", name, "\n");
  REQUIRE(csv.size() < 65'536);
  REQUIRE(holidays.take_table(csv));
  for (int year = 1970; year <= 2050; ++year)
    CHECK(listed(holidays.in_year(year)) == published(year));
  CHECK(listed(holidays.in_year(2051)) == listed(holidays_by_law(2051)));
}

TEST_CASE("RES-21: a table with a mistake changes nothing") {
  struct Case {
    std::string csv;
    std::string_view message;
  };
  const std::string good = "2031/1/1,元日\n2031/11/23,勤労感謝の日\n";
  const Case cases[] = {
      {"", "covers no year whole"},
      {"2031/1/1,元日\n", "covers no year whole"},
      {"1955/1/1,元日\n1955/11/23,勤労感謝の日\n", "covers no year whole"},
      {good + "2031/2/30,x\n", "line 3 of the table of holidays: '2031/2/30' is no date"},
      {good + "2031/2-3,x\n", "is no date"},
      {good + "tomorrow,x\n", "is no date"},
      {good + "2031/2/3\n", "line 3 of the table of holidays: a line is: date,name"},
      {good + "2031/2/3,x,y\n", "a line is: date,name"},
      {good + "2031/2/3,\x8C\xB3\x93\xFA\n", "Shift_JIS"},
      {good + "2031/1/1,x\n", "2031-01-01 is in the table twice"},
      {std::string(65'537, '\n'), "over 64 KiB"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.csv.substr(0, 80));
    Holidays holidays;
    const auto taken = holidays.take_table(c.csv);
    REQUIRE(!taken);
    CHECK(taken.error().code() == ErrorCode::invalid);
    CAPTURE(taken.error().message());
    CHECK(taken.error().message().find(c.message) != std::string::npos);
    CHECK(listed(holidays.in_year(2031)) == listed(holidays_by_law(2031)));
  }
}
