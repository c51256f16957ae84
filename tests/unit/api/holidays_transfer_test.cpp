// Routes of holidays, of keys that go to another gateway, and of the key behind them.
#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/api/support.hpp"

namespace genkan::api::testing {

namespace {

constexpr std::string_view table = "date,name\n2027/1/1,\x8c\xb3\x93\xfa\n2027/11/23,B\n";

std::string receiver_of(TestBuilding& building) {
  const auto reply = building.request("GET", "/v1/receiver");
  CHECK(reply.status == 200);
  return std::string(reply.object().at("receiver").as_string());
}

}  // namespace

TEST_CASE("RES-21: the government's table, taken and deleted") {
  TestBuilding building;
  const auto taken = building.send("PUT", "/v1/holidays?charset=shift_jis", "text/csv", table);
  REQUIRE_MESSAGE(taken.status == 200, taken.body);
  CHECK(taken.object() == json::object{{"table_until", 2027}});
  const auto shown = building.request("GET", "/v1/holidays?year=2027").object();
  CHECK(shown.at("table_until") == json::value(2027));
  CHECK(shown.at("holidays").at(0).at("name") == json::value("元日"));
  CHECK(shown.at("holidays").as_array().size() == 2);

  const auto wrong = building.send("PUT", "/v1/holidays", "text/csv", "2027-02-30,A\n");
  CHECK(wrong.status == 400);
  CHECK(wrong.message().starts_with("line 1 of the table of holidays: '2027-02-30' is no date"));
  CHECK(building.send("PUT", "/v1/holidays?charset=utf-8", "text/csv", table).status == 400);
  CHECK(building.send("PUT", "/v1/holidays", "application/json", "{}").status == 415);
  CHECK(building.send("PUT", "/v1/holidays", "text/csv", table, domain::Role::viewer).status ==
        403);

  const auto gone = building.request("DELETE", "/v1/holidays");
  CHECK(gone.object() == json::object{{"table_until", nullptr}});
  const auto law = building.request("GET", "/v1/holidays?year=2027").object();
  CHECK(law.at("holidays").as_array().size() > 10);
}

TEST_CASE("RES-21: decisions and locks follow a table at once") {
  TestBuilding building;
  const auto opens = [&building] {
    building.clock.pass(std::chrono::seconds(1));
    for (int i = 0; i < 3; ++i) {
      building.gateway.tick();
      building.run();
    }
    const auto reply =
        building.request("POST", "/v1/devices/lock-101/decision", R"({"code":"482913"})");
    return reply.object().at("granted").as_bool();
  };
  const auto in_the_lock = [&building] { return building.memory.lock("lock-101").slots.size(); };
  building.fleet.report("lock-101", domain::Field::bolt, domain::Bolt::locked);
  // It is Friday 2026-11-20, 9:00: a working day by the law.
  const auto made = building.request(
      "POST", "/v1/reservations",
      R"({"name":"Anna","device":"lock-101","kind":"code","code":"482913","recurrence":
          {"first":"2026-11-01","last":"2026-12-31","from":"8:00","to":"17:00",
           "holidays":"not_valid"}})");
  REQUIRE_MESSAGE(made.status == 200, made.body);
  CHECK(opens());
  CHECK(in_the_lock() == 1);
  REQUIRE(
      building.send("PUT", "/v1/holidays", "text/csv", "2026-01-01,A\n2026-11-20,B\n2026-11-23,C\n")
          .status == 200);
  CHECK_FALSE(opens());
  CHECK(in_the_lock() == 0);
  REQUIRE(building.request("DELETE", "/v1/holidays").status == 200);
  CHECK(opens());
  CHECK(in_the_lock() == 1);
}

TEST_CASE("KEY-24: all keys for another gateway, and from one") {
  TestBuilding building;
  REQUIRE(building
              .request("POST", "/v1/reservations",
                       R"({"name":"Anna","device":"lock-101","kind":"code","code":"482913"})")
              .status == 200);
  const auto receiver = receiver_of(building);
  const auto document = building.request("GET", cat("/v1/export?to=", receiver));
  REQUIRE_MESSAGE(document.status == 200, document.body);
  CHECK_FALSE(document.body.contains("482913"));
  CHECK(building.request("GET", "/v1/export").status == 400);
  CHECK(building.request("GET", "/v1/export?to=GENKANR1.x").message().contains("is no receiver"));
  CHECK(building.request("GET", cat("/v1/export?to=", receiver), "", domain::Role::viewer).status ==
        403);

  const auto checked = building.request("PUT", "/v1/import?check=1", document.body);
  REQUIRE_MESSAGE(checked.status == 200, checked.body);
  CHECK(checked.object().at("reservations").at("same") == json::value(1));
  CHECK(building.request("PUT", "/v1/import", document.body, domain::Role::operator_).status ==
        403);
  auto changed = document.object();
  changed["site"] = "";
  const auto refused = building.request("PUT", "/v1/import", json::serialize(changed));
  CHECK(refused.status == 400);
  CHECK(refused.message() == "the file has 1 mistake; nothing was changed");
  CHECK(refused.object().at("problems").as_array().size() == 1);
  CHECK(building.request("PUT", "/v1/import", document.body).status == 200);
}

TEST_CASE("KEY-24: a large body is read only from those who may import") {
  TestBuilding building;
  const std::string large(70'000, ' ');
  CHECK(building.request("PUT", "/v1/import", large, domain::Role::viewer).status == 413);
  CHECK(building.request("PUT", "/v1/import", large).status == 400);
}

TEST_CASE("KEY-24: the key is rotated by who may install, and it is recorded") {
  TestBuilding building;
  const auto rotated = building.request("POST", "/v1/secrets/rotate");
  CHECK(rotated.object() == json::object{{"rotated", true}});
  CHECK(building.store.rotations() == 1);
  CHECK(building.store.records().back().draft.kind == domain::RecordKind::secrets_rotated);
  CHECK(building.store.records().back().draft.actor == "user:test");
  for (const auto role : {domain::Role::operator_, domain::Role::cloud}) {
    CHECK(building.request("POST", "/v1/secrets/rotate", "", role).status == 403);
  }
  building.store.set_disk(fakes::FakeStore::Disk::failing);
  CHECK(building.request("POST", "/v1/secrets/rotate").status == 503);
  CHECK(building.store.rotations() == 1);
}

}  // namespace genkan::api::testing
