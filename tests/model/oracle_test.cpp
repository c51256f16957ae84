// The oracle itself, on what can be worked out by hand.
#include <doctest/doctest.h>

#include "tests/model/oracle_slots.hpp"

namespace genkan::model {

namespace {

Minute utc(int year, unsigned month, unsigned day, int hour, int minute) {
  return day_number(year, month, day) * day_minutes + hour * 60 + minute;
}
WallMinute on_wall(int year, unsigned month, unsigned day, int hour, int minute) {
  return utc(year, month, day, hour, minute);
}

const Wall& new_york() {
  static const Wall wall("America/New_York");
  return wall;
}
const Wall& lord_howe() {
  static const Wall wall("Australia/Lord_Howe");
  return wall;
}

}  // namespace

TEST_CASE("oracle RES-11: the missing and the repeated hour") {
  // 2026: 8 March 02:00 to 03:00 is missing (07:00 UTC), 1 November 01:00 to 02:00 comes twice.
  CHECK(new_york().first_showing(on_wall(2026, 3, 8, 1, 59)) == utc(2026, 3, 8, 6, 59));
  CHECK(new_york().first_showing(on_wall(2026, 3, 8, 2, 30)) == utc(2026, 3, 8, 7, 0));
  CHECK(new_york().first_showing(on_wall(2026, 3, 8, 3, 0)) == utc(2026, 3, 8, 7, 0));
  CHECK(new_york().first_showing(on_wall(2026, 11, 1, 1, 30)) == utc(2026, 11, 1, 5, 30));
  CHECK(new_york().shows(utc(2026, 11, 1, 6, 30)) == on_wall(2026, 11, 1, 1, 30));
  CHECK(new_york().repeats(utc(2026, 11, 1, 6, 30)));
  CHECK(!new_york().repeats(utc(2026, 11, 1, 5, 30)));
  CHECK(new_york().first_showing(on_wall(2026, 11, 1, 2, 0)) == utc(2026, 11, 1, 7, 0));
  // Half an hour on Lord Howe Island: 4 October 02:00 to 02:30 is missing, 5 April comes twice.
  CHECK(lord_howe().first_showing(on_wall(2026, 10, 4, 2, 10)) == utc(2026, 10, 3, 15, 30));
  CHECK(lord_howe().repeats(utc(2026, 4, 4, 15, 10)));
  CHECK(!lord_howe().repeats(utc(2026, 4, 4, 15, 40)));
}

TEST_CASE("oracle RES-21, RES-22: weekdays, holidays, extra and excluded dates") {
  Repeated rule{day_number(2026, 11, 20), day_number(2026, 11, 30), 0, 60, {}, {}, {}, {}};
  rule.weekdays[4] = true;  // Fridays: 20 and 27
  const Holidays holidays = holidays_of_japan();
  const auto valid = [&](unsigned day) {
    return is_valid_on(rule, holidays, day_number(2026, 11, day));
  };
  CHECK(valid(20));
  CHECK(!valid(21));
  CHECK(!valid(23));  // a Monday, and a holiday
  rule.holidays = HolidayRule::valid;
  CHECK(valid(23));
  rule.excluded.insert(day_number(2026, 11, 23));
  CHECK(!valid(23));
  rule.extra.insert(day_number(2026, 11, 24));
  CHECK(valid(24));
  CHECK(!is_valid_on(rule, holidays, day_number(2026, 12, 4)));  // after the last
}

TEST_CASE("oracle KEY-4, KEY-7: leads, whole recurrences, the first of one code") {
  const Wall tokyo("Asia/Tokyo");
  Oracle oracle({&tokyo}, {});
  oracle.put(Door{"pk", Model::pk_9, 0, false, {}, {}});
  oracle.put(Door{"io", Model::io_80, 0, false, {}, {}});
  Booking one;
  one.id = "one";
  one.door = "pk";
  one.when = Once{on_wall(2026, 5, 1, 10, 0), on_wall(2026, 5, 1, 12, 0)};
  one.code = "1234";
  oracle.put(one);
  const Secret code{false, "1234"};
  const auto at = [](int hour, int minute) {
    return (utc(2026, 5, 1, hour - 9, minute)) * minute_ms;
  };
  CHECK(!oracle.may_be_in("pk", code, at(9, 29)));
  CHECK(oracle.may_be_in("pk", code, at(9, 30)));
  CHECK(!oracle.due("pk", at(9, 44)).front().must_be_in);
  CHECK(oracle.due("pk", at(9, 45)).front().must_be_in);
  CHECK(!oracle.should_open("pk", code, at(9, 59)));
  CHECK(oracle.should_open("pk", code, at(10, 0)));
  CHECK(oracle.should_open("pk", code, at(12, 0) - 1));
  CHECK(!oracle.may_be_in("pk", code, at(12, 0)));
  CHECK(oracle.next_change("pk", at(9, 50)) == at(10, 0));
  CHECK(oracle.last_change("pk", at(9, 50)) == at(9, 45));
  // KEY-7: windows of whole ten minutes, one stay; a later one with the code waits for its end.
  one.id = "daily";
  one.door = "io";
  one.when = Repeated{day_number(2026, 5, 1),
                      day_number(2026, 5, 3),
                      605,
                      612,
                      {true, true, true, true, true, true, true},
                      {},
                      {},
                      {}};
  oracle.put(one);
  one.id = "once";
  one.when = Once{on_wall(2026, 5, 1, 12, 0), on_wall(2026, 5, 1, 13, 0)};
  oracle.put(one);
  CHECK(oracle.should_open("io", code, at(10, 0)));
  CHECK(oracle.should_open("io", code, at(10, 19)));
  CHECK(!oracle.should_open("io", code, at(10, 20)));
  CHECK(oracle.may_be_in("io", code, at(11, 0)));
  CHECK(!oracle.should_open("io", code, at(12, 30)));  // the first has it
}

TEST_CASE("oracle KEY-3: who comes first has the slot, what frees goes to the next") {
  SlotOracle slots(Model::pk_9);
  std::vector<Due> due;
  for (int i = 0; i < 11; ++i) {
    Due one;
    one.secret = {false, std::to_string(1000 + i)};
    due.push_back(one);
  }
  const auto without = slots.settle(due, {});
  CHECK(without == std::set<Secret>{due[9].secret, due[10].secret});
  due.erase(due.begin());
  CHECK(slots.settle(due, {}) == std::set<Secret>{due[9].secret});
  CHECK(slots.settle(due, {{{0, 1}}, {}, 0}) == std::set<Secret>{due[9].secret});
}

}  // namespace genkan::model
