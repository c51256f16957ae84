#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/room_codes.hpp"
#include "firmware/services/keys/temporary_office.hpp"
#include "tests/unit/services_keys/office.hpp"

using namespace genkan;
using namespace genkan::services;
using namespace genkan::services::test;

namespace {

struct Visitors : Office {
  TemporaryOffice visitors{desk};
  RoomCodes rooms{desk};
  json::object make(std::string_view request) {
    return answer_of(run(visitors.create(anna, object(request))));
  }
};

constexpr auto once =
    R"({"name":"Courier","id_number":"A-17","room":"r101",
        "once":{"uses":2,"start":"2026-11-20 8:00","end":"2026-11-20 2500"}})";

}  // namespace

TEST_CASE("KEY-40: once, every day, every week") {
  Visitors office;
  const auto single = office.make(once);
  REQUIRE(text(single, "error") == "");
  CHECK(text(single, "id").starts_with("t-"));
  CHECK(json::serialize(single.at("once")) ==
        R"({"start":"2026-11-20 08:00","end":"2026-11-21 01:00","uses":2})");
  CHECK(single.at("used").to_number<int>() == 0);
  CHECK(single.at("revoked") == false);
  const auto daily =
      office.make(R"({"name":"Help","room":"r101","daily":{"from":"13:00","to":"14:00"}})");
  CHECK(json::serialize(daily.at("daily")) == R"({"from":"13:00","to":"14:00"})");
  const auto weekly = office.make(
      R"({"name":"Coach","room":"r102","weekly":{"weekdays":["fri"],"from":"8:00","to":"24:00"}})");
  CHECK(json::serialize(weekly.at("weekly")) ==
        R"({"weekdays":["fri"],"from":"8:00","to":"24:00"})");
  CHECK(office.store.on_disk().keys.temporary_keys.size() == 3);
  CHECK(office.changed == 3);
}

TEST_CASE("KEY-41: the list marks those valid now") {
  Visitors office;  // Friday, 9:00
  office.make(once);
  office.make(R"({"name":"Help","room":"r101","daily":{"from":"13:00","to":"14:00"}})");
  office.make(
      R"({"name":"Coach","room":"r102","weekly":{"weekdays":["fri"],"from":"8:00","to":"24:00"}})");
  const auto valid = [&office](const std::optional<RoomId>& room) {
    std::map<std::string, bool> names;
    for (const auto& key : office.visitors.list(room).at("temporary_keys").as_array()) {
      names[text(key.as_object(), "name")] = key.at("valid_now").as_bool();
    }
    return names;
  };
  CHECK(valid({}) ==
        std::map<std::string, bool>{{"Courier", true}, {"Help", false}, {"Coach", true}});
  CHECK(valid(RoomId("r101")).size() == 2);
  office.clock.pass(std::chrono::hours(4));
  CHECK(valid({}).at("Help"));
  office.clock.pass(std::chrono::hours(12));
  CHECK_FALSE(valid({}).at("Courier"));
}

TEST_CASE("KEY-42: a token can be had until the key is revoked, for good") {
  Visitors office;
  const domain::TemporaryKeyId id(text(office.make(once), "id"));
  const auto token = office.visitors.token(anna, id);
  REQUIRE(token);
  CHECK(domain::serial_of(*token, office.secrets.token) == office.book.find(id)->serial);
  CHECK(refused(office.visitors.token(viewer, id).error()) ==
        "forbidden: the role viewer may not see codes and card numbers");
  office.news();
  const auto revoked = answer_of(office.run(office.visitors.revoke(anna, id)));
  CHECK(revoked.at("revoked") == true);
  CHECK(revoked.at("valid_now") == false);
  CHECK(office.news() == Lines{cat(R"(temporary_key_changed by user:anna {"temporary_key":")",
                                   id.str(), R"(","name":"Courier","what":"revoked"})")});
  CHECK(refused(office.visitors.token(anna, id).error()) ==
        "conflict: the temporary key is revoked; make a new one");
  answer_of(office.run(office.visitors.revoke(anna, id)));
  CHECK(office.untouched());
}

TEST_CASE("KEY-40: bad temporary keys") {
  Visitors office;
  office.news();
  struct Row {
    std::string request;
    std::string told;
  };
  const std::string who = R"({"name":"Courier","room":"r101",)";
  const std::vector<Row> table{
      {R"({"name":"Courier","room":"r101"})",
       "invalid: once: is missing; give once, daily or weekly"},
      {who + R"("once":{"start":"2026-11-20 8:00","end":"2026-11-20 9:00"},"daily":{}})",
       "invalid: once: does not go with daily or weekly; give one of the three"},
      {who + R"("once":{"uses":0,"start":"2026-11-20 8:00","end":"2026-11-20 9:00"}})",
       "invalid: once.uses: must be a whole number from 1 to 999"},
      {who + R"("once":{"start":"2026-11-20 8:00","end":"2026-11-20 8:00"}})",
       "invalid: once.end: 2026-11-20 08:00 is not after the start, 2026-11-20 08:00; give a later "
       "end"},
      {who + R"("once":{"start":"2026-11-20 8:00"}})",
       "invalid: once.end: is missing; give a date and time like 2026-11-20 9:00"},
      {who + R"("daily":{"from":"9:00"}})",
       "invalid: daily.to: is missing; give a time of day like 9:00"},
      {who + R"("daily":{"from":"9:00","to":"10:00","weekdays":["mon"]}})",
       "invalid: daily.weekdays: is not known here; use weekly"},
      {who + R"("weekly":{"from":"9:00","to":"8:00"}})",
       "invalid: weekly: the window from 09:00 to 08:00 runs across midnight; make it two: 09:00 "
       "to "
       "24:00, and 00:00 to 08:00 on the days after"},
      {R"({"name":"Courier","room":"r999","daily":{"from":"9:00","to":"10:00"}})",
       "invalid: room: there is no room 'r999'; give the id of one that there is"},
      {R"({"name":"Courier","room":"lobby","daily":{"from":"9:00","to":"10:00"}})",
       "invalid: room: 'Lobby' is a common area; give the room that issues it"},
      {R"({"room":"r101","daily":{"from":"9:00","to":"10:00"}})",
       "invalid: name: is missing; give the visitor's name"},
  };
  for (const auto& row : table) {
    CAPTURE(row.request);
    CHECK(text(office.make(row.request), "error") == row.told);
  }
  CHECK(office.untouched());
}

TEST_CASE("KEY-22: a room's door code is set, drawn and removed; the journal has no digit of it") {
  Visitors office;
  office.news();
  const RoomId room("r101");
  const auto set = [&office, &room](std::string_view request, Secrets secrets) {
    return answer_of(office.run(office.rooms.set(anna, room, object(request), secrets)));
  };
  CHECK(json::serialize(set(R"({"code":"48151"})", Secrets::hidden)) ==
        R"({"room":"r101","set":true})");
  CHECK(office.news() == Lines{R"(room_code_changed by user:anna {"what":"set"})"});
  CHECK(office.book.room_code(room)->digits() == "48151");
  CHECK(office.store.on_disk().keys.room_codes.contains(room));
  set(R"({"code":"48151"})", Secrets::hidden);
  CHECK(office.untouched());
  CHECK(text(set(R"({"code":"9***"})", Secrets::shown), "code").size() == 4);
  CHECK(text(set(R"({"code":"123"})", Secrets::hidden), "error").starts_with("invalid: code: "));
  CHECK(text(set(R"({})", Secrets::hidden), "error") ==
        "invalid: code: is missing; give 4 to 8 digits");
  const std::string now(office.book.room_code(room)->digits());
  CHECK(
      text(answer_of(office.run(office.rooms.set(
               anna, RoomId("r102"), object(cat(R"({"code":")", now, R"("})")), Secrets::hidden))),
           "error") == "conflict: code: cannot be used in this building; choose another");
  CHECK(text(answer_of(office.run(office.rooms.set(anna, RoomId("lobby"),
                                                   object(R"({"code":"4815"})"), Secrets::hidden))),
             "error") == "invalid: 'Lobby' is a common area; only a dwelling has a door code");
  const auto removed = answer_of(office.run(office.rooms.remove(anna, room)));
  CHECK(json::serialize(removed) == R"({"room":"r101","set":false})");
  CHECK(office.store.on_disk().keys.room_codes.empty());
}
