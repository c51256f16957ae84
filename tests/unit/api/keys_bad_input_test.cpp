// Each route of keys with bad input: a status, a sentence, and nothing changed.
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/api/support.hpp"

namespace genkan::api::testing {

using domain::Role;

namespace {

struct Case {
  std::string_view method;
  std::string_view target;
  std::string_view body;
  int status;
  std::string_view sentence;  // a part of it
};

void check_all(TestBuilding& building, std::span<const Case> cases,
               std::string_view content_type = "application/json") {
  const auto before = building.store.transactions();
  for (const auto& one : cases) {
    const auto reply = building.send(one.method, one.target, content_type, one.body);
    CAPTURE(std::string(one.method));
    CAPTURE(std::string(one.target));
    CAPTURE(std::string(one.body));
    CHECK_MESSAGE(reply.status == one.status, reply.body);
    CHECK_MESSAGE(reply.message().contains(one.sentence), reply.message());
  }
  CHECK(building.store.transactions() == before);
  CHECK(building.fleet.executed().empty());
}

}  // namespace

TEST_CASE("RES-4: bad requests about reservations") {
  TestBuilding building;
  const Case cases[] = {
      {"GET", "/v1/reservations?page=0", "", 400, "'page' must be a whole number from 1"},
      {"GET", "/v1/reservations?page_size=201", "", 400, "'page_size' must be"},
      {"GET", "/v1/reservations?sort=age", "", 400, "'sort' must be start, name or made"},
      {"GET", "/v1/reservations?device=LOCK", "", 400, "the query: 'device'"},
      {"GET", "/v1/reservations?key_group=G", "", 400, "the query: 'key_group'"},
      {"GET", "/v1/reservations?room=R", "", 400, "the query: 'room'"},
      {"GET", "/v1/reservations?building=B", "", 400, "the query: 'building'"},
      {"GET", "/v1/reservations?from=soon", "", 400, "'from' is 'soon'"},
      {"GET", "/v1/reservations?secrets=yes", "", 400, "'secrets' must be"},
      {"GET", "/v1/reservations?colour=red", "", 400, "'colour' is not known"},
      {"POST", "/v1/reservations", R"({"device":"lock-101"})", 400, "name: is missing"},
      {"POST", "/v1/reservations", R"({"name":"Anna","device":"lock-999"})", 400, "device:"},
      {"POST", "/v1/reservations", R"({"name":"Anna","device":"lock-101","start":"x"})", 400,
       "start:"},
      {"POST", "/v1/reservations", R"({"name":"Anna","device":"lock-101","colour":1})", 400,
       "colour: is not known"},
      {"POST", "/v1/reservations", R"(["Anna"])", 400, "must be a JSON object"},
      {"POST", "/v1/reservations?preview=1", R"({})", 400, "'preview' is not known"},
      {"POST", "/v1/reservations/preview", R"({"name":7})", 400, "name: must be text"},
      {"POST", "/v1/reservations/r-1/preview", R"({"name":"Anna"})", 404, "no reservation 'r-1'"},
      {"GET", "/v1/reservations/r-1", "", 404, "no reservation 'r-1'"},
      {"GET", "/v1/reservations/R_1", "", 404, "no reservation 'R_1'"},
      {"PUT", "/v1/reservations/r-1", R"({"name":"Anna"})", 404, "no reservation 'r-1'"},
      {"DELETE", "/v1/reservations/r-1", "", 404, "no reservation 'r-1'"},
      {"DELETE", "/v1/reservations/r-1?origin=mars", "", 400,
       "'origin' must be here, calendar or booking"},
      {"DELETE", "/v1/reservations", "", 405, "takes GET, POST, not DELETE"},
      {"GET", "/v1/calendar?room=r101&device=lock-101", "", 400, "one of 'building', 'room'"},
      {"GET", "/v1/calendar?from=2026-11-20&until=2027-11-20", "", 400, "1 to 62 days"},
      {"GET", "/v1/calendar?from=today", "", 400, "'from' is 'today'"},
      {"GET", "/v1/holidays?year=1969", "", 400, "'year' must be a whole number from 1970 to 2099"},
  };
  check_all(building, cases);
}

TEST_CASE("RES-50: bad requests about groups and holders") {
  TestBuilding building;
  const Case cases[] = {
      {"GET", "/v1/key-groups?page=1", "", 400, "takes no query"},
      {"POST", "/v1/key-groups", R"({"devices":["lock-101"]})", 400, "name"},
      {"POST", "/v1/key-groups", R"({"name":"Staff","devices":["lock-999"]})", 400, "lock-999"},
      {"PUT", "/v1/key-groups/g-1", R"({"name":"Staff"})", 404, "no key group 'g-1'"},
      {"DELETE", "/v1/key-groups/g-1", "", 404, "no key group 'g-1'"},
      {"GET", "/v1/key-groups/g-1", "", 405, "takes PUT, DELETE"},
      {"POST", "/v1/validity-groups", R"({"name":"Days"})", 400, "span"},
      {"PUT", "/v1/validity-groups/v-1", R"({"name":"Days"})", 404, "no validity group 'v-1'"},
      {"DELETE", "/v1/validity-groups/v-1", "", 404, "no validity group 'v-1'"},
      {"GET", "/v1/holders?page_size=0", "", 400, "'page_size' must be"},
      {"GET", "/v1/holders?key_group=G", "", 400, "the query: 'key_group'"},
      {"POST", "/v1/holders", R"({"name":"Ben"})", 400, "key_group"},
      {"POST", "/v1/holders", R"({"name":"Ben","key_group":"g-1","code":"123"})", 400, "g-1"},
      {"GET", "/v1/holders/h-1", "", 404, "no holder 'h-1'"},
      {"PUT", "/v1/holders/h-1", R"({"name":"Ben"})", 404, "no holder 'h-1'"},
      {"DELETE", "/v1/holders/h-1", "", 404, "no holder 'h-1'"},
      {"GET", "/v1/holders/sample.csv?rows=1", "", 400, "takes no query"},
      {"POST", "/v1/holders/import?preview=1", R"({})", 415, "must be text/csv"},
  };
  check_all(building, cases);
}

TEST_CASE("RES-52: bad imports of holders") {
  TestBuilding building;
  constexpr std::string_view file =
      "id,name,key_group,validity_group,code,card,card_name,enabled,mail\r\n";
  const Case cases[] = {
      {"POST", "/v1/holders/import", file, 400, "give preview=1"},
      {"POST", "/v1/holders/import?preview=1&rows=all", file, 400, "give preview=1"},
      {"POST", "/v1/holders/import?rows=two", file, 400, "'rows'"},
      {"POST", "/v1/holders/import?preview=1&charset=latin1", file, 400,
       "'charset' must be auto, utf-8 or shift_jis"},
      {"POST", "/v1/holders/import?preview=1", "id;name\r\n", 400, "column"},
      {"POST", "/v1/holders/import?preview=1&charset=utf-8", "\xff\xfe", 400, ""},
      {"POST", "/v1/holders/import?rows=2", file, 400, "'rows' names no row"},
  };
  check_all(building, cases, "text/csv");
}

TEST_CASE("RES-52: a file of holders may have 1 MiB, a request about one 64 KiB") {
  TestBuilding building;
  const auto head = [](std::string_view target, std::string_view type, std::size_t size) {
    return cat("POST ", target, " HTTP/1.1\r\nContent-Type: ", type, "\r\nContent-Length: ", size,
               "\r\n\r\n");
  };
  const auto large = reply_of(
      building.exchange(head("/v1/holders/import?preview=1", "text/csv", 1024 * 1024 + 1)));
  CHECK(large.status == 413);
  CHECK(large.message() == "the body is larger than 1024 KiB");
  const auto request =
      reply_of(building.exchange(head("/v1/holders", "application/json", 64 * 1024 + 1)));
  CHECK(request.status == 413);
  CHECK(request.message() == "the body is larger than 64 KiB");
  const std::string full(1024 * 1024, 'x');
  CHECK(building.send("POST", "/v1/holders/import?preview=1", "text/csv", full).status == 400);
}

TEST_CASE("KEY-40: bad requests about temporary keys and room codes") {
  TestBuilding building;
  const Case cases[] = {
      {"GET", "/v1/temporary-keys?room=R", "", 400, "the query: 'room'"},
      {"POST", "/v1/temporary-keys", R"({"name":"Ken"})", 400, "room"},
      {"POST", "/v1/temporary-keys", R"({"name":"Ken","room":"r101"})", 400, "once"},
      {"POST", "/v1/temporary-keys/t-1/revoke", "", 404, "no temporary key 't-1'"},
      {"GET", "/v1/temporary-keys/t-1/qr", "", 404, "no temporary key 't-1'"},
      {"GET", "/v1/temporary-keys/t-1/qr?form=gif", "", 400, "'form' must be text, svg or png"},
      {"GET", "/v1/rooms/r999/code", "", 404, "no room 'r999'"},
      {"GET", "/v1/rooms/R/code", "", 404, "no room 'R'"},
      {"PUT", "/v1/rooms/r101/code", R"({})", 400, "code: is missing"},
      {"PUT", "/v1/rooms/r101/code", R"({"code":"12"})", 400, "code:"},
      {"PUT", "/v1/rooms/lobby/code", R"({"code":"482913"})", 400, "is a common area"},
      {"DELETE", "/v1/rooms/r999/code", "", 404, "no room 'r999'"},
      {"POST", "/v1/rooms/r101/code", R"({})", 405, "takes GET, PUT, DELETE"},
  };
  check_all(building, cases);
}

TEST_CASE("KEY-60: bad requests at doors") {
  TestBuilding building;
  const Case cases[] = {
      {"GET", "/v1/devices/lock-999/keys", "", 404, "lock-999"},
      {"GET", "/v1/devices/LOCK/keys", "", 404, "no device 'LOCK'"},
      {"GET", "/v1/devices/lock-101/keys?secrets=1", "", 400, "takes no query"},
      {"POST", "/v1/devices/lock-999/keys/check", "", 404, "lock-999"},
      {"POST", "/v1/devices/lamp/keys/check", "", 409, "no memory"},
      {"POST", "/v1/devices/lock-101/keys/check", R"({})", 400, "takes no body"},
      {"POST", "/v1/devices/lock-999/decision", R"({"code":"482913"})", 404, "lock-999"},
      {"POST", "/v1/devices/lock-101/decision", R"({})", 400, "code: is missing; show a code"},
      {"POST", "/v1/devices/lock-101/decision", R"({"code":"482913","card":"01234567"})", 400,
       "card: does not go with code"},
      {"POST", "/v1/devices/lock-101/decision", R"({"code":"12"})", 400, "code:"},
      {"POST", "/v1/devices/lock-101/decision", R"({"card":"xyz"})", 400, "card:"},
      {"POST", "/v1/devices/lock-101/decision", R"({"code":482913})", 400,
       "code: must be text in quotes"},
      {"POST", "/v1/devices/lock-101/decision", R"({"code":"482913","at":"noon"})", 400,
       "at: is no time"},
      {"POST", "/v1/devices/lock-101/entries", R"({"code":"482913","at":"2026-11-20T09:00:00Z"})",
       400, "at: is not known here"},
      {"POST", "/v1/devices/lock-101/entries", R"({"face":"x"})", 400, "face: is not known here"},
      {"POST", "/v1/devices/lock-999/entries", R"({"code":"482913"})", 404, "lock-999"},
      {"POST", "/v1/devices/lamp/entries", R"({"code":"482913"})", 409, "opens nothing"},
  };
  check_all(building, cases);
}

TEST_CASE("KEY-24: no refusal repeats a code or a card number") {
  TestBuilding building;
  for (const auto body :
       {R"({"code":"4829137756"})", R"({"card":"4829137756Z"})",
        R"({"code":"482913","card":"482913"})", R"({"code":"482913","at":"4829"})",
        R"({"code":482913})", R"({"software_code":"482913a"})"}) {
    for (const auto target : {"/v1/devices/lock-101/decision", "/v1/devices/lock-101/entries"}) {
      const auto reply = building.request("POST", target, body);
      CHECK(reply.status == 400);
      CHECK_MESSAGE(!reply.body.contains("4829"), reply.body);
    }
  }
}

TEST_CASE("API: each route of keys asks for its right") {
  TestBuilding building;
  struct Row {
    Role role;
    std::string_view method;
    std::string_view target;
    std::string_view body;
    int status;
  };
  constexpr std::string_view anna = R"({"name":"Anna","device":"lock-101","kind":"link"})";
  constexpr std::string_view code = R"({"code":"482913"})";
  const Row rows[] = {
      {Role::viewer, "GET", "/v1/reservations", "", 200},
      {Role::viewer, "GET", "/v1/reservations?secrets=1", "", 403},
      {Role::operator_, "GET", "/v1/reservations?secrets=1", "", 200},
      {Role::cloud, "GET", "/v1/reservations?secrets=1", "", 403},
      {Role::viewer, "POST", "/v1/reservations", anna, 403},
      {Role::cloud, "POST", "/v1/reservations", anna, 403},
      {Role::operator_, "POST", "/v1/reservations", anna, 200},
      {Role::viewer, "POST", "/v1/reservations/preview", anna, 403},
      {Role::viewer, "GET", "/v1/holders?secrets=1", "", 403},
      {Role::viewer, "POST", "/v1/holders", "{}", 403},
      {Role::viewer, "DELETE", "/v1/key-groups/g-1", "", 403},
      {Role::viewer, "PUT", "/v1/rooms/r101/code", code, 403},
      {Role::cloud, "PUT", "/v1/rooms/r101/code", code, 403},
      {Role::viewer, "GET", "/v1/rooms/r101/code", "", 200},
      {Role::viewer, "GET", "/v1/rooms/r101/code?secrets=1", "", 403},
      {Role::viewer, "GET", "/v1/temporary-keys/t-1/qr", "", 403},
      {Role::cloud, "GET", "/v1/temporary-keys/t-1/qr", "", 403},
      {Role::viewer, "GET", "/v1/devices/lock-101/keys", "", 200},
      {Role::viewer, "POST", "/v1/devices/lock-101/keys/check", "", 403},
      {Role::cloud, "POST", "/v1/devices/lock-101/keys/check", "", 403},
      {Role::viewer, "POST", "/v1/devices/lock-101/decision", code, 403},
      {Role::cloud, "POST", "/v1/devices/lock-101/decision", code, 403},
      {Role::operator_, "POST", "/v1/devices/lock-101/decision", code, 200},
      {Role::cloud, "POST", "/v1/devices/lock-101/entries", code, 403},
      {Role::operator_, "POST", "/v1/devices/lock-101/entries", code, 200},
  };
  for (const auto& row : rows) {
    const auto reply = building.request(row.method, row.target, row.body, row.role);
    CAPTURE(std::string(row.target));
    CAPTURE(static_cast<int>(row.role));
    CHECK_MESSAGE(reply.status == row.status, reply.body);
    if (row.status == 403) CHECK(!reply.message().empty());
  }
}

}  // namespace genkan::api::testing
