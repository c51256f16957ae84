// Each route of keys with what it is for.
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/api/support.hpp"

namespace genkan::api::testing {

using namespace std::chrono_literals;
using domain::Bolt;
using domain::Field;

namespace {

std::string text_in(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// The answer of a request that must succeed.
json::object done(TestBuilding& building, std::string_view method, std::string_view target,
                  std::string_view body = "") {
  const auto reply = building.request(method, target, body);
  CAPTURE(std::string(target));
  CHECK_MESSAGE(reply.status == 200, reply.body);
  return reply.object();
}

void pass(TestBuilding& building, std::chrono::seconds time) {
  for (; time.count() > 0; time -= 1s) {
    building.clock.pass(1s);
    building.gateway.tick();
    building.run();
  }
}

constexpr std::string_view anna =
    R"({"name":"Anna","device":"lock-101","start":"2026-11-20 9:00","end":"2026-11-21 3400",)"
    R"("kind":"code","code":"482913"})";

}  // namespace

TEST_CASE("RES-1: a reservation is previewed, made, shown, changed, listed and removed") {
  TestBuilding building;
  const auto preview = done(building, "POST", "/v1/reservations/preview", anna);
  CHECK(!preview.at("reservation").as_object().contains("id"));
  CHECK(preview.at("occurrences").as_array().size() == 1);
  CHECK(done(building, "GET", "/v1/reservations").at("total").to_number<int>() == 0);

  const auto made = done(building, "POST", "/v1/reservations", anna);
  const auto id = text_in(made, "id");
  CHECK(text_in(made, "end_utc") == "2026-11-22T01:00:00.000Z");
  CHECK(!made.contains("code"));
  CHECK(!made.at("told").as_array().empty());
  const auto path = cat("/v1/reservations/", id);
  CHECK(text_in(done(building, "GET", cat(path, "?secrets=1")), "code") == "482913");
  CHECK(!done(building, "GET", path).contains("code"));

  const auto changed = done(building, "PUT", cat(path, "?secrets=1"), R"({"name":"Anna B."})");
  CHECK(text_in(changed, "name") == "Anna B.");
  CHECK(text_in(changed, "code") == "482913");
  CHECK(changed.at("revision").to_number<int>() == 2);
  const auto again = done(building, "POST", cat(path, "/preview"), R"({"end":"2026-11-23 10:00"})");
  CHECK(text_in(again.at("reservation").as_object(), "id") == id);

  const auto list = done(building, "GET", "/v1/reservations?device=lock-101&text=anna&sort=name");
  CHECK(list.at("total").to_number<int>() == 1);
  CHECK(done(building, "GET", "/v1/reservations?room=r102").at("total").to_number<int>() == 0);
  const auto calendar = done(building, "GET", "/v1/calendar?room=r101&from=2026-11-01");
  CHECK(calendar.at("entries").as_array().size() == 1);

  CHECK(done(building, "DELETE", path) == json::object{{"removed", id}});
  CHECK(building.request("GET", path).status == 404);
}

TEST_CASE("RES-8: only the cloud speaks for a booking site") {
  services::GatewayPolicy policy;
  policy.unsigned_commands = true;
  TestBuilding building(policy);
  const auto made =
      building.request("POST", "/v1/reservations",
                       R"({"name":"Guest","device":"lock-101","kind":"link","origin":"booking"})",
                       domain::Role::cloud);
  REQUIRE_MESSAGE(made.status == 200, made.body);
  const auto path = cat("/v1/reservations/", text_in(made.object(), "id"));
  const auto here = building.request("DELETE", path);
  CHECK(here.status == 409);
  CHECK(here.message().contains("change or delete it there"));
  CHECK(building.request("DELETE", cat(path, "?origin=booking")).status == 400);
  const auto there =
      building.request("DELETE", cat(path, "?origin=booking"), "", domain::Role::cloud);
  CHECK_MESSAGE(there.status == 200, there.body);
}

TEST_CASE("RES-21: the holidays of a year, and of this one") {
  TestBuilding building;
  const auto past = done(building, "GET", "/v1/holidays?year=2000");
  CHECK(text_in(past.at("holidays").at(0).as_object(), "day") == "2000-01-01");
  CHECK(past.at("table_until").is_null());
  const auto now = done(building, "GET", "/v1/holidays");
  CHECK(text_in(now.at("holidays").at(0).as_object(), "day") == "2026-01-01");
}

TEST_CASE("RES-50: groups and a holder, made, changed and removed") {
  TestBuilding building;
  const auto group =
      done(building, "POST", "/v1/key-groups", R"({"name":"Staff","devices":["lock-101"]})");
  const auto group_path = cat("/v1/key-groups/", text_in(group, "id"));
  CHECK(text_in(done(building, "PUT", group_path, R"({"name":"All staff"})"), "name") ==
        "All staff");
  CHECK(done(building, "GET", "/v1/key-groups").at("key_groups").as_array().size() == 1);

  const auto days = done(building, "POST", "/v1/validity-groups",
                         R"({"name":"Days","weekly":{"from":"9:00","to":"17:00"}})");
  const auto days_path = cat("/v1/validity-groups/", text_in(days, "id"));
  done(building, "PUT", days_path, R"({"name":"All days"})");
  CHECK(done(building, "GET", "/v1/validity-groups").at("validity_groups").as_array().size() == 1);

  const auto holder =
      done(building, "POST", "/v1/holders?secrets=1",
           cat(R"({"name":"Ben","code":"**12**","key_group":")", text_in(group, "id"),
               R"(","validity_group":")", text_in(days, "id"), R"("})"));
  CHECK(text_in(holder, "code").size() == 6);
  const auto path = cat("/v1/holders/", text_in(holder, "id"));
  CHECK(!done(building, "GET", path).contains("code"));
  CHECK(text_in(done(building, "GET", cat(path, "?secrets=1")), "code") == text_in(holder, "code"));
  CHECK(!done(building, "PUT", path, R"({"enabled":false})").at("enabled").as_bool());
  CHECK(done(building, "GET", "/v1/holders?text=ben").at("total").to_number<int>() == 1);

  const auto needed = building.request("DELETE", group_path);
  CHECK(needed.status == 409);
  CHECK_MESSAGE(needed.message().contains("Ben"), needed.message());
  done(building, "DELETE", path);
  done(building, "DELETE", group_path);
  done(building, "DELETE", days_path);
}

TEST_CASE("RES-52: holders from a file, looked at first, then row by row") {
  TestBuilding building;
  done(building, "POST", "/v1/key-groups", R"({"name":"Staff","devices":["lock-101"]})");
  const std::string file =
      "id,name,key_group,validity_group,code,card,card_name,enabled,mail\r\n"
      "1001,Ben,Staff,,4829,,,yes,\r\n1002,Cleo,Nobody,,,,,yes,\r\n";
  const auto seen = building.send("POST", "/v1/holders/import?preview=1", "text/csv", file);
  REQUIRE_MESSAGE(seen.status == 200, seen.body);
  const auto rows = seen.object().at("rows").as_array();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at("faults").as_array().empty());
  CHECK(!rows[1].at("faults").as_array().empty());
  CHECK(done(building, "GET", "/v1/holders").at("total").to_number<int>() == 0);

  const auto run = building.send("POST", "/v1/holders/import?rows=all", "text/csv", file);
  REQUIRE_MESSAGE(run.status == 200, run.body);
  CHECK(run.object().at("rows").at(0).at("done").as_bool());
  CHECK(!run.object().at("rows").at(1).at("done").as_bool());
  CHECK(done(building, "GET", "/v1/holders").at("total").to_number<int>() == 1);

  const auto sample = building.request("GET", "/v1/holders/sample.csv");
  CHECK(sample.head.contains("Content-Type: text/csv; charset=utf-8"));
  CHECK(sample.body.starts_with("\xEF\xBB\xBFid,name,"));
}

TEST_CASE("KEY-40: a visitor's key, its QR in three forms, and its end") {
  TestBuilding building;
  const auto made = done(building, "POST", "/v1/temporary-keys",
                         R"({"name":"Ken","id_number":"17","room":"r101","once":{"uses":1,)"
                         R"("start":"2026-11-20 9:00","end":"2026-11-20 18:00"}})");
  CHECK(made.at("valid_now").as_bool());
  const auto path = cat("/v1/temporary-keys/", text_in(made, "id"));
  const auto token = building.request("GET", cat(path, "/qr"));
  CHECK(token.head.contains("Content-Type: text/plain"));
  CHECK(token.body.starts_with("GENKAN1."));
  const auto svg = building.request("GET", cat(path, "/qr?form=svg"));
  CHECK(svg.head.contains("Content-Type: image/svg+xml\r\n"));
  CHECK(svg.body.starts_with("<svg "));
  const auto png = building.request("GET", cat(path, "/qr?form=png"));
  CHECK(png.head.contains("Content-Type: image/png\r\n"));
  CHECK(png.body.starts_with("\x89PNG\r\n"));

  building.fleet.report("lobby-door", Field::output, domain::Output::off);
  const auto shown = cat(R"({"token":")", token.body, R"("})");
  const auto opened = done(building, "POST", "/v1/devices/lobby-door/entries", shown);
  CHECK(opened.at("granted").as_bool());
  const auto twice = done(building, "POST", "/v1/devices/lobby-door/entries", shown);
  CHECK(text_in(twice, "reason") == "used_up");
  CHECK(building.fleet.executed().size() == 1);

  const auto list = done(building, "GET", "/v1/temporary-keys?room=r101").at("temporary_keys");
  CHECK(list.at(0).at("used").to_number<int>() == 1);
  CHECK(done(building, "POST", cat(path, "/revoke")).at("revoked").as_bool());
  CHECK(building.request("GET", cat(path, "/qr")).status == 409);
}

TEST_CASE("KEY-22: a dwelling's door code opens the lobby") {
  TestBuilding building;
  CHECK(done(building, "GET", "/v1/rooms/r101/code") ==
        json::object{{"room", "r101"}, {"set", false}});
  done(building, "PUT", "/v1/rooms/r101/code", R"({"code":"482913"})");
  CHECK(text_in(done(building, "GET", "/v1/rooms/r101/code?secrets=1"), "code") == "482913");
  const auto granted =
      done(building, "POST", "/v1/devices/intercom/decision", R"({"code":"482913"})");
  CHECK(granted.at("granted").as_bool());
  CHECK(text_in(granted.at("key").as_object(), "owner") == "room");
  CHECK(!done(building, "DELETE", "/v1/rooms/r101/code").at("set").as_bool());
  const auto refused =
      done(building, "POST", "/v1/devices/intercom/decision", R"({"code":"482913"})");
  CHECK(text_in(refused, "reason") == "unknown_key");
}

TEST_CASE("KEY-60: a decision says what would happen, an entry does it") {
  TestBuilding building;
  building.fleet.report("lock-101", Field::bolt, Bolt::locked);
  done(building, "POST", "/v1/reservations", anna);
  constexpr std::string_view decision = "/v1/devices/lock-101/decision";
  const auto records = building.store.records().size();
  CHECK(done(building, "POST", decision, R"({"code":"482913"})").at("granted").as_bool());
  const auto late =
      done(building, "POST", decision, R"({"code":"482913","at":"2026-11-22T01:00:00Z"})");
  CHECK(text_in(late, "reason") == "too_late");
  CHECK(!late.contains("command"));
  CHECK(building.store.records().size() == records);
  CHECK(building.fleet.executed().empty());

  const auto entry = done(building, "POST", "/v1/devices/lock-101/entries", R"({"code":"482913"})");
  CHECK(entry.at("granted").as_bool());
  CHECK(text_in(entry.at("key").as_object(), "name") == "Anna");
  CHECK(text_in(entry.at("command").as_object(), "verdict") == "done");
  CHECK(building.fleet.executed() == std::vector<std::string>{"lock-101 unlock"});
}

TEST_CASE("DEV-12: wrong codes lock out, a decision does not count") {
  TestBuilding building;
  constexpr std::string_view wrong = R"({"code":"111222"})";
  for (int i = 0; i < 9; ++i) done(building, "POST", "/v1/devices/lock-101/decision", wrong);
  const auto enter = [&building, wrong] {
    return text_in(done(building, "POST", "/v1/devices/lock-101/entries", wrong), "reason");
  };
  for (int i = 0; i < 5; ++i) CHECK(enter() == "unknown_key");
  CHECK(enter() == "locked_out");
}

TEST_CASE("KEY-3: what is in a lock, and a look at it now") {
  TestBuilding building;
  auto& lock = building.memory.lock("lock-101");
  lock.slots.insert_or_assign(domain::SlotAddress{0, 1},
                              domain::SlotContent{*domain::Code::parse("99887766"), {}});
  building.fleet.report("lock-101", Field::bolt, Bolt::locked);
  done(building, "POST", "/v1/reservations", anna);
  pass(building, 2s);
  const auto view = done(building, "GET", "/v1/devices/lock-101/keys");
  const auto& memory = view.at("memory").as_object();
  CHECK(memory.at("areas").at(0).at("places").to_number<int>() == 230);
  CHECK(memory.at("areas").at(0).at("taken").to_number<int>() == 2);
  CHECK(memory.at("areas").at(0).at("enabled").as_bool());
  CHECK(text_in(memory, "fault").empty());
  const auto& key = view.at("keys").at(0).as_object();
  CHECK(text_in(key, "state") == "set");
  CHECK(text_in(key, "name") == "Anna");
  CHECK(key.at("slot").to_number<int>() == 230);
  REQUIRE(view.at("foreign").as_array().size() == 1);
  CHECK(view.at("foreign").at(0).at("slot").to_number<int>() == 1);
  CHECK(!building.request("GET", "/v1/devices/lock-101/keys").body.contains("482913"));

  lock.slots.erase(domain::SlotAddress{0, 1});
  building.clock.pass(5s);
  const auto checked = done(building, "POST", "/v1/devices/lock-101/keys/check");
  CHECK(checked.at("foreign").as_array().empty());
  CHECK(text_in(checked.at("memory").as_object(), "read_at") == "2026-11-20T00:00:07.000Z");
  lock.fault = Error(ErrorCode::unreachable, "the lock does not answer");
  const auto silent = done(building, "POST", "/v1/devices/lock-101/keys/check");
  CHECK(text_in(silent.at("memory").as_object(), "fault") == "the lock does not answer");
  CHECK(done(building, "GET", "/v1/devices/lamp/keys").at("memory").is_null());
}

}  // namespace genkan::api::testing
