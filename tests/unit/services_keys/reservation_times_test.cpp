// When a reservation is: forgiving times, defaults, zones, recurrence.
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

TEST_CASE("RES-4: forgiving times, and what came of them is told") {
  struct Row {
    std::string start;
    std::string end;
    std::string resolved;
    Lines told;
  };
  const std::vector<Row> table{
      {R"("2026-12-07 0900")",
       R"("2026-12-07 2500")",
       "2026-12-07 09:00 - 2026-12-08 01:00",
       {"'2500' on 2026-12-07 is 2026-12-08 01:00"}},
      {R"({"date":"2027-3-32","time":"1000"})",
       R"("2027/04/02 9:5")",
       "2027-04-01 10:00 - 2027-04-02 09:05",
       {"'2027-3-32 1000' is 2027-04-01 10:00"}},
      {R"("20261201 9999")",
       R"("2026-12-24 0000")",
       "2026-12-05 04:39 - 2026-12-24 00:00",
       {"'9999' on 2026-12-01 is 2026-12-05 04:39"}},
      {R"("2026-12-07 0900")",
       R"("2300")",
       "2026-12-07 09:00 - 2026-12-07 23:00",
       {"'end' was given in part: it is 2026-12-07 23:00"}},
      {R"("2026-12-01")",
       R"({"date":"2026-12-02"})",
       "2026-12-01 15:00 - 2026-12-02 10:00",
       {"'start' was given in part: it is 2026-12-01 15:00",
        "'end' was given in part: it is 2026-12-02 10:00"}},
  };
  Office office;
  for (const auto& row : table) {
    CAPTURE(row.start);
    const auto made = office.reserve(cat(R"({"name":"Anna","device":"lock-101","kind":"link",)",
                                         R"("start":)", row.start, R"(,"end":)", row.end, "}"));
    CHECK(text(made, "error") == "");
    CHECK(cat(text(made, "start"), " - ", text(made, "end")) == row.resolved);
    CHECK(texts(made.at("told")) == row.told);
  }
}

TEST_CASE("SITE-8: what is left out is the building's default") {
  struct Row {
    int start;
    int end;
    std::string request;
    std::string resolved;
  };
  const std::vector<Row> table{
      {15 * 60, 10 * 60, "", "2026-11-20 15:00 - 2026-11-21 10:00"},
      {9 * 60, 17 * 60, "", "2026-11-20 09:00 - 2026-11-20 17:00"},
      {10 * 60, 10 * 60, "", "2026-11-20 10:00 - 2026-11-21 10:00"},
      {15 * 60, 58 * 60, "", "2026-11-20 15:00 - 2026-11-22 10:00"},
      {9 * 60, 17 * 60, R"(,"start":"2026-11-25 1800")", "2026-11-25 18:00 - 2026-11-26 17:00"},
      {15 * 60, 10 * 60, R"(,"end":"2026-11-25 1200")", "2026-11-20 15:00 - 2026-11-25 12:00"},
  };
  for (const auto& row : table) {
    CAPTURE(row.resolved);
    Office office;
    auto site = office.directory.inventory();
    site.buildings[0].default_start = std::chrono::minutes(row.start);
    site.buildings[0].default_end = std::chrono::minutes(row.end);
    site.buildings[0].default_key = "code_and_link";
    office.directory.take(site);
    const auto made =
        office.reserve(cat(R"({"name":"Anna","device":"lock-101")", row.request, "}"));
    CHECK(text(made, "error") == "");
    CHECK(cat(text(made, "start"), " - ", text(made, "end")) == row.resolved);
    CHECK(text(made, "kind") == "code_and_link");
    CHECK_FALSE(made.at("told").as_array().empty());
  }
}

TEST_CASE("SITE-8: no default for today while the gateway does not know the day") {
  Office office;
  office.clock.trust(ClockTrust::untrusted);
  CHECK(text(office.reserve(R"({"name":"Anna","device":"lock-101"})"), "error") ==
        "invalid: start: is missing, and the gateway's clock is not set yet; give the date and the "
        "time");
  CHECK(text(office.reserve(anna_stays), "error") == "");
}

TEST_CASE("SITE-8: a default kind that the door cannot do becomes one that it can") {
  Office office;
  auto site = office.directory.inventory();
  site.buildings[0].default_key = "code";
  office.directory.take(site);
  const auto made = office.reserve(
      R"({"name":"Anna","device":"lobby-door","start":"2026-11-20 1500","end":"2026-11-20 1600"})");
  CHECK(text(made, "kind") == "software_code");
  CHECK(texts(made.at("told")) ==
        Lines{"'kind' is software_code: 'Lobby door' has no memory for codes"});
  CHECK(office.code_of(made).size() == 6);
}

TEST_CASE("RES-11: a time that the clocks leave out or show twice is told") {
  Office office;
  auto site = office.directory.inventory();
  site.buildings[0].zone = "America/New_York";
  office.directory.take(site);
  const auto made = office.reserve(
      R"({"name":"Anna","device":"lock-101","start":"2027-03-14 0230","end":"2027-11-07 0130"})");
  CHECK(texts(made.at("told")) ==
        Lines{"2027-03-14 02:30 does not exist in America/New_York: the clocks go forward; "
              "2027-03-14 03:00 counts",
              "2027-11-07 01:30 comes twice in America/New_York: the clocks go back; the first "
              "counts"});
  CHECK(text(made, "start_utc") == "2027-03-14T07:00:00.000Z");
  CHECK(text(made, "end_utc") == "2027-11-07T05:30:00.000Z");
}

TEST_CASE("RES-20, RES-21, RES-22: a recurrence with all its parts") {
  Office office;
  const auto made = office.reserve(
      R"({"name":"Cleaning","device":"lock-101","kind":"code","recurrence":{"first":"2026-11-20",
          "last":"2026-12-20","from":"9:00","to":"17:30","weekdays":["mon","fri"],
          "holidays":"not_valid","extra":["2026-11-24"],"excluded":["2026-12-4"]}})");
  CHECK(text(made, "error") == "");
  CHECK(json::serialize(made.at("timing")) ==
        R"({"recurrence":{"first":"2026-11-20","last":"2026-12-20","from":"9:00","to":"17:30",)"
        R"("weekdays":["mon","fri"],"holidays":"not_valid","extra":["2026-11-24"],)"
        R"("excluded":["2026-12-04"]}})");
  const auto preview = office.reservations.preview(anna, object(R"({"name":"X"})"),
                                                   domain::ReservationId(text(made, "id")));
  REQUIRE(preview);
  CHECK(texts(preview->at("occurrences")) ==
        Lines{R"({"start":"2026-11-20 09:00","end":"2026-11-20 17:30"})",
              R"({"start":"2026-11-24 09:00","end":"2026-11-24 17:30"})",
              R"({"start":"2026-11-27 09:00","end":"2026-11-27 17:30"})",
              R"({"start":"2026-11-30 09:00","end":"2026-11-30 17:30"})",
              R"({"start":"2026-12-07 09:00","end":"2026-12-07 17:30"})",
              R"({"start":"2026-12-11 09:00","end":"2026-12-11 17:30"})",
              R"({"start":"2026-12-14 09:00","end":"2026-12-14 17:30"})",
              R"({"start":"2026-12-18 09:00","end":"2026-12-18 17:30"})"});
}
