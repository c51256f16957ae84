#include "firmware/cli/key_requests.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/cli/option_names.hpp"

namespace genkan::cli {

namespace {

json::object object(std::string_view text) {
  const auto value = parse_json(text, text.size());
  REQUIRE(value);
  return value->as_object();
}

}  // namespace

TEST_CASE("CLI: a complaint about a field names the option that it was typed as") {
  CHECK(in_options("recurrence.first: is missing") == "--first: is missing");
  CHECK(in_options("recurrence.excluded[3]: is no date") == "--except[3]: is no date");
  CHECK(in_options("start: is after the end: 9:00") == "--from: is after the end: 9:00");
  CHECK(in_options("there is no device 'x'") == "there is no device 'x'");
  CHECK(in_options("line 3: wrong") == "line 3: wrong");
}

TEST_CASE("RES-2: what is not typed is not sent") {
  ReserveChoice choice;
  CHECK(reservation_request(choice, {}) == json::object());
  choice.name = "Anna";
  choice.from = "2026-11-20 15:00";
  choice.to = "10:00";
  choice.kind = "code";
  choice.secret.code = "";
  choice.secret.card = "0123456789ABCDEF";
  choice.mail = {"a@example.org", "b@example.org"};
  CHECK(*reservation_request(choice, {}) ==
        object(R"({"name":"Anna","start":"2026-11-20 15:00","end":"10:00",
                   "kind":"code","code":"","card":{"number":"0123456789ABCDEF"},
                   "mail":["a@example.org","b@example.org"]})"));
  ReserveChoice removal;
  removal.no_mail = true;
  removal.secret.no_card = true;
  removal.secret.no_code = true;
  CHECK(*reservation_request(removal, {}) == object(R"({"mail":[],"card":null,"code":null})"));
  ReserveChoice named;
  named.secret.card_name = "blue";
  CHECK(*reservation_request(named, {}) == object(R"({"card":{"name":"blue"}})"));
}

TEST_CASE("RES-20: a recurrence is what was typed over what was there") {
  ReserveChoice choice;
  CHECK(!is_recurring(choice));
  choice.days = {{"mon", "tue"}, "9:00-17:30"};
  choice.first = "2026-11-20";
  choice.last = "2026-12-20";
  choice.holidays = "not_valid";
  choice.extra = {"2026-11-23"};
  choice.except = {"2026-12-07"};
  CHECK(is_recurring(choice));
  const auto made = object(R"({"recurrence":{"weekdays":["mon","tue"],"from":"9:00","to":"17:30",
      "first":"2026-11-20","last":"2026-12-20","holidays":"not_valid","extra":["2026-11-23"],
      "excluded":["2026-12-07"]}})");
  CHECK(*reservation_request(choice, {}) == made);
  ReserveChoice later;
  later.last = "2027-01-31";
  auto expected = made;
  expected["recurrence"].as_object()["last"] = "2027-01-31";
  CHECK(*reservation_request(later, made.at("recurrence").as_object()) == expected);
  ReserveChoice wrong;
  wrong.days.window = "9:00";
  const auto refused = reservation_request(wrong, {});
  REQUIRE(!refused);
  CHECK(refused.error().code() == ErrorCode::invalid);
  CHECK(refused.error().message() == "--window is '9:00'; give a time window like 9:00-17:30");
  ReserveChoice daily;
  daily.days.every = {"day"};
  CHECK(reservation_request(daily, {})
            ->at("recurrence")
            .as_object()
            .at("weekdays")
            .as_array()
            .size() == 7);
}

TEST_CASE("RES-50: holders and groups as they are typed") {
  HolderChoice holder;
  CHECK(holder_request(holder).empty());
  holder.name = "Ben";
  holder.always = true;
  holder.disabled = true;
  holder.mail = "";
  CHECK(holder_request(holder) ==
        object(R"({"name":"Ben","validity_group":null,"enabled":false,"mail":""})"));

  GroupChoice group;
  CHECK(!is_validity(group));
  const json::array before{"lock-101", "lock-102"};
  CHECK(key_group_request(group, before).empty());
  group.add = {"lock-103", "lock-101"};
  group.remove = {"lock-102"};
  CHECK(key_group_request(group, before) == object(R"({"devices":["lock-101","lock-103"]})"));
  group.doors = {"lock-104"};
  CHECK(key_group_request(group, before) ==
        object(R"({"devices":["lock-104","lock-103","lock-101"]})"));

  GroupChoice span;
  span.name = "Contract";
  span.from = "2026-11-20 9:00";
  span.to = "2027-11-20 9:00";
  CHECK(is_validity(span));
  CHECK(*validity_request(span) == object(R"({"name":"Contract",
      "span":{"start":"2026-11-20 9:00","end":"2027-11-20 9:00"}})"));
  GroupChoice weekly;
  weekly.days = {{"sat"}, "8:00-12:00"};
  CHECK(*validity_request(weekly) ==
        object(R"({"weekly":{"weekdays":["sat"],"from":"8:00","to":"12:00"}})"));
}

TEST_CASE("KEY-40: a visitor's key is for once, every day, or every week") {
  struct Case {
    VisitorChoice choice;
    const char* rule;
  };
  VisitorChoice once{"Cleo", "r101", {}, "2026-11-20 9:00", "12:00", 3, {}};
  VisitorChoice daily{"Cleo", "r101", "A-1", {}, {}, {}, {{}, "9:00-17:00"}};
  VisitorChoice weekly{"Cleo", "r101", {}, {}, {}, {}, {{"mon"}, "9:00-17:00"}};
  const Case cases[] = {
      {once,
       R"({"name":"Cleo","room":"r101","once":{"uses":3,"start":"2026-11-20 9:00","end":"12:00"}})"},
      {daily,
       R"({"name":"Cleo","room":"r101","id_number":"A-1","daily":{"from":"9:00","to":"17:00"}})"},
      {weekly,
       R"({"name":"Cleo","room":"r101","weekly":{"weekdays":["mon"],"from":"9:00","to":"17:00"}})"},
  };
  for (const auto& one : cases) CHECK(*visitor_request(one.choice) == object(one.rule));
}

}  // namespace genkan::cli
