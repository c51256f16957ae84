#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

namespace {

// Yesterday's, today's, one of next week, and a recurrence of December on both rooms' doors.
void fill(Office& office) {
  const auto reserve = [&office](const std::string& name, const std::string& door,
                                 const std::string& start, const std::string& end) {
    office.clock.pass(std::chrono::milliseconds(1));
    const auto made =
        office.reserve(cat(R"({"name":")", name, R"(","device":")", door, R"(","start":")", start,
                           R"(","end":")", end, R"(","mail":[")", name, R"(@example.org"]})"));
    REQUIRE_FALSE(made.contains("error"));
  };
  reserve("Dora", "lock-101", "2026-11-27 1500", "2026-11-28 1000");
  reserve("Anna", "lock-101", "2026-11-18 1500", "2026-11-19 1000");
  reserve("Ben", "lock-102", "2026-11-19 1500", "2026-11-20 0800");
  const std::string both = office.group("Both", R"(["lock-101","lock-102"])");
  office.reserve(cat(R"({"name":"Cleaning","key_group":")", both,
                     R"(","recurrence":{"first":"2026-12-01","last":"2026-12-31","from":"9:00",
                        "to":"10:00","weekdays":["tue"]}})"));
}

Lines names(Office& office, const ReservationQuery& query) {
  const auto page = office.views.list(viewer, query);
  if (!page) return {refused(page.error())};
  Lines lines;
  for (const auto& reservation : page->at("reservations").as_array()) {
    lines.emplace_back(reservation.at("name").as_string());
  }
  lines.push_back(cat("of ", page->at("total").to_number<int>()));
  return lines;
}

Lines entries(Office& office, const CalendarQuery& query) {
  const auto calendar = office.views.calendar(query);
  if (!calendar) return {refused(calendar.error())};
  Lines lines;
  for (const auto& entry : calendar->at("entries").as_array()) {
    lines.push_back(cat(std::string_view(entry.at("start").as_string()), " ",
                        std::string_view(entry.at("device").as_string()), " ",
                        std::string_view(entry.at("name").as_string())));
  }
  return lines;
}

}  // namespace

TEST_CASE("RES-10: lists show today's and later ones, searched, sorted and paged") {
  Office office;
  fill(office);
  using Sort = ReservationQuery::Sort;
  const auto query = [](auto&& set) {
    ReservationQuery query;
    set(query);
    return query;
  };
  struct Row {
    ReservationQuery query;
    Lines names;
  };
  const std::vector<Row> table{
      {{}, {"Ben", "Dora", "Cleaning", "of 3"}},
      {query([](auto& q) { q.past = true; }), {"Anna", "Ben", "Dora", "Cleaning", "of 4"}},
      {query([](auto& q) { q.sort = Sort::name; }), {"Ben", "Cleaning", "Dora", "of 3"}},
      {query([](auto& q) { q.sort = Sort::made; }), {"Dora", "Ben", "Cleaning", "of 3"}},
      {query([](auto& q) { q.device = DeviceId("lock-101"); }), {"Dora", "Cleaning", "of 2"}},
      {query([](auto& q) { q.room = RoomId("r102"); }), {"Ben", "Cleaning", "of 2"}},
      {query([](auto& q) { q.building = BuildingId("sakura"); }),
       {"Ben", "Dora", "Cleaning", "of 3"}},
      {query([](auto& q) { q.building = BuildingId("maple"); }), {"of 0"}},
      {query([](auto& q) { q.key_group = domain::KeyGroupId("g-1"); }), {"of 0"}},
      {query([](auto& q) { q.text = "DORA@"; }), {"Dora", "of 1"}},
      {query([](auto& q) { q.text = "door 102"; }), {"Ben", "Cleaning", "of 2"}},
      {query([](auto& q) {
         q.from = "2026-11-19";
         q.until = "2026-11-28";
       }),
       {"Anna", "Ben", "Dora", "of 3"}},
      {query([](auto& q) { q.from = "2026-11-28 10:00"; }), {"Cleaning", "of 1"}},
      {query([](auto& q) {
         q.page_size = 2;
         q.page = 2;
       }),
       {"Cleaning", "of 3"}},
      {query([](auto& q) { q.page = 9; }), {"of 3"}},
      {query([](auto& q) { q.page_size = 201; }),
       {"invalid: 'page_size' is 201; it goes from 1 to 200"}},
      {query([](auto& q) { q.from = "today"; }),
       {"invalid: 'from' is 'today'; give a date like 2026-11-20, or a date and time like "
        "2026-11-20 15:00"}},
      {query([](auto& q) { q.secrets = Secrets::shown; }),
       {"forbidden: the role viewer may not see codes and card numbers"}},
  };
  for (std::size_t i = 0; i < table.size(); ++i) {
    CAPTURE(i);
    CHECK(names(office, table[i].query) == table[i].names);
  }
}

TEST_CASE("RES-10: the calendar shows each time at each door, a month back too") {
  Office office;
  fill(office);
  CHECK(entries(office, {}) ==
        Lines{"2026-11-18 15:00 lock-101 Anna", "2026-11-19 15:00 lock-102 Ben",
              "2026-11-27 15:00 lock-101 Dora", "2026-12-01 09:00 lock-101 Cleaning",
              "2026-12-01 09:00 lock-102 Cleaning", "2026-12-08 09:00 lock-101 Cleaning",
              "2026-12-08 09:00 lock-102 Cleaning", "2026-12-15 09:00 lock-101 Cleaning",
              "2026-12-15 09:00 lock-102 Cleaning"});
  CalendarQuery query;
  query.room = RoomId("r102");
  query.from = "2026-12-08";
  query.until = "2026-12-16";
  CHECK(entries(office, query) ==
        Lines{"2026-12-08 09:00 lock-102 Cleaning", "2026-12-15 09:00 lock-102 Cleaning"});
  query.until = "2027-02-09";
  CHECK(entries(office, query) ==
        Lines{"invalid: 'until' must be 1 to 62 days after 'from', 2026-12-08"});
  query.until = "soon";
  CHECK(entries(office, query) == Lines{"invalid: 'until' is 'soon'; give a date like 2026-11-20"});
}
