#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

namespace {

constexpr std::string_view table =
    "国民の祝日・休日月日,国民の祝日・休日名称\n2027/1/1,元日\n2027/5/6,特別な日\n2027/11/"
    "23,勤労感謝の日\n";

json::object import(Office& office, std::string_view text, domain::Caller caller = anna) {
  return answer_of(office.run(
      office.holiday_table.import(std::move(caller), std::string(text), Charset::automatic)));
}

domain::LocalDay day(unsigned month, unsigned day) {
  return domain::LocalDay{std::chrono::year{2027} / std::chrono::month{month} /
                          std::chrono::day{day}};
}

}  // namespace

TEST_CASE("RES-21: the government's table counts for the years that it covers whole, and is kept") {
  Office office;
  office.news();
  CHECK_FALSE(office.holidays.is_holiday(day(5, 6)));
  CHECK(office.holidays.is_holiday(day(5, 3)));
  CHECK(import(office, table) == json::object{{"table_until", 2027}});
  CHECK(office.holidays.is_holiday(day(5, 6)));
  CHECK_FALSE(office.holidays.is_holiday(day(5, 3)));  // the table alone counts for its year
  CHECK(office.holidays.in_year(2028) == domain::Holidays().in_year(2028));
  CHECK(office.holiday_table.year(2027).at("holidays").as_array().size() == 3);
  CHECK(office.holiday_table.year(2028).at("table_until") == json::value(2027));
  CHECK(office.changed == 1);
  CHECK(office.store.on_disk().keys.holiday_table == table);
  CHECK(office.news() ==
        Lines{R"(holidays_changed by user:anna {"what":"imported","table_until":2027})"});

  CHECK(import(office, table) == json::object{{"table_until", 2027}});  // once more
  CHECK(office.untouched());
  CHECK(office.changed == 1);
}

TEST_CASE("RES-21: a table in place of another, and none again") {
  Office office;
  import(office, table);
  const auto next = "2028-01-01,A\n2028-11-23,B\n";
  CHECK(import(office, next) == json::object{{"table_until", 2028}});
  CHECK_FALSE(office.holidays.is_holiday(day(5, 6)));
  CHECK(office.holidays.is_holiday(day(5, 3)));
  office.news();
  CHECK(answer_of(office.run(office.holiday_table.reset(anna))) ==
        json::object{{"table_until", nullptr}});
  CHECK(office.holidays.in_year(2028) == domain::Holidays().in_year(2028));
  CHECK(office.store.on_disk().keys.holiday_table == "");
  CHECK(office.news() == Lines{R"(holidays_changed by user:anna {"what":"reset"})"});
  office.run(office.holiday_table.reset(anna));
  CHECK(office.untouched());
}

TEST_CASE("RES-21: the table in Shift_JIS, as the government gives it") {
  Office office;
  const auto answer = import(office, "2027/1/1,\x8c\xb3\x93\xfa\r\n2027/11/23,\x8b\xce\r\n");
  CHECK(answer == json::object{{"table_until", 2027}});
  CHECK(office.holidays.in_year(2027).front().name == "元日");
}

TEST_CASE("RES-21: bad tables are refused with what is wrong, and nothing changes") {
  Office office;
  import(office, table);
  office.news();
  struct Row {
    std::string text;
    std::string_view error;
  };
  const std::vector<Row> rows{
      {"",
       "invalid: the table of holidays is empty; give the government's file, or delete the "
       "table to go by the law"},
      {"2027/13/1,A\n",
       "invalid: line 1 of the table of holidays: '2027/13/1' is no date; write 2026-01-01 or "
       "2026/1/1"},
      {"2027/1/1,A\n2027/1/1,B\n",
       "invalid: line 2 of the table of holidays: 2027-01-01 is in the table twice; keep one"},
      {"2027/5/3,A\n",
       "invalid: the table of holidays covers no year whole: it needs the days from 1 January to "
       "23 November of a year from 1970 to 2099"},
      {std::string(70'000, 'x'),
       "invalid: the table of holidays is over 64 KiB; this is another file"},
  };
  for (const auto& row : rows) {
    const auto answer = import(office, row.text);
    CHECK(std::string_view(answer.at("error").as_string()) == row.error);
    CHECK(office.untouched());
  }
  CHECK(import(office, table, viewer).at("error").as_string() ==
        "forbidden: the role viewer may not change keys");
  CHECK(office.holidays.is_holiday(day(5, 6)));
}

TEST_CASE("RES-21: a table on disk that cannot be read leaves the law") {
  Office office;
  import(office, table);
  CHECK_FALSE(office.holiday_table.take("nonsense\n"));
  CHECK(office.holidays.in_year(2027) == domain::Holidays().in_year(2027));
}
