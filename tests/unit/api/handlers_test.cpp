#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/api/support.hpp"

namespace genkan::api::testing {

using domain::Bolt;
using domain::Field;
using domain::Role;

namespace {

std::string text_in(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

}  // namespace

TEST_CASE("API: bad input gets a status and a sentence, and nothing moves") {
  TestBuilding building;
  struct Case {
    std::string_view method;
    std::string_view target;
    std::string_view body;
    int status;
    std::string_view sentence;  // a part of it
  };
  const Case cases[] = {
      {"GET", "/v2/status", "", 404, "there is nothing at /v2/status"},
      {"DELETE", "/v1/site", "", 405, "takes GET, PUT, not DELETE"},
      {"GET", "/v1/status?verbose=1", "", 400, "'verbose' is not known"},
      {"GET", "/v1/status", "{}", 400, "takes no body"},
      {"GET", "/v1/devices/lock-999", "", 404, "no device 'lock-999'"},
      {"GET", "/v1/devices/LOCK", "", 404, "no device 'LOCK'"},
      {"GET", "/v1/devices/lock-101?refresh=yes", "", 400, "'refresh' must be"},
      {"GET", "/v1/devices/lock-101?refresh=1&refresh=1", "", 400, "given twice"},
      {"POST", "/v1/devices/lock-999/commands", R"({"command":"lock"})", 404, "lock-999"},
      {"POST", "/v1/devices/lock-101/commands", R"({"command":"lock")", 400, "not JSON at byte"},
      {"POST", "/v1/devices/lock-101/commands", R"(["lock"])", 400, "must be a JSON object"},
      {"POST", "/v1/devices/lock-101/commands", R"({"command":7})", 400, "'command' must be text"},
      {"POST", "/v1/devices/lock-101/commands", R"({})", 400, "'command' is missing"},
      {"POST", "/v1/devices/lock-101/commands", R"({"command":"lok"})", 400, "did you mean 'lock'"},
      {"POST", "/v1/devices/lock-101/commands", R"({"command":"explode"})", 400, "no command"},
      {"POST", "/v1/devices/lock-101/commands", R"({"command":"lock","when":1})", 400,
       "'when' is not known"},
      {"POST", "/v1/devices/lock-101/commands", R"({"command":"lock","timeout_ms":60001})", 400,
       "'timeout_ms' must be a whole number from 1 to 60000"},
      {"POST", "/v1/devices/lock-101/commands", R"({"command":"lock","part":3})", 400,
       "takes no part"},
      {"POST", "/v1/devices/boxes/commands", R"({"command":"release_compartment"})", 400,
       "needs a part"},
      {"GET", "/v1/journal?limit=0", "", 400, "'limit' must be a whole number from 1 to 1000"},
      {"GET", "/v1/journal?after=-1", "", 400, "'after' must be"},
      {"GET", "/v1/journal?lane=red", "", 400, "'lane' must be activity or alarm"},
      {"GET", "/v1/journal?before=5", "", 400, "'before' needs order=newest"},
      {"GET", "/v1/journal?wait=5&order=newest", "", 400, "'wait' does not go with order=newest"},
      {"GET", "/v1/journal?wait=61", "", 400, "'wait' must be"},
      {"GET", "/v1/journal?device=A", "", 400, "'device'"},
      {"GET", "/v1/stream?kinds=device,weather", "", 400, "'weather'"},
      {"POST", "/v1/buses/nowhere/read", R"({"unit":1,"table":"coil","address":0})", 404,
       "nowhere"},
      {"POST", "/v1/buses/line-a/read", R"({"unit":1,"table":"coils","address":0})", 400,
       "'table' must be coil, discrete, holding or input"},
      {"POST", "/v1/buses/line-a/read", R"({"unit":1,"table":"input","address":0,"count":126})",
       400, "at most 125"},
      {"POST", "/v1/buses/line-a/read", R"({"unit":256,"table":"input","address":65536})", 400,
       "'unit' must be a whole number from 0 to 255; 'address'"},
      {"POST", "/v1/buses/line-a/write", R"({"unit":1,"table":"input","address":0,"values":[1]})",
       400, "input cannot be written"},
      {"POST", "/v1/buses/line-a/write", R"({"unit":1,"table":"coil","address":0,"values":[2]})",
       400, "from 0 to 1"},
      {"POST", "/v1/buses/line-a/write", R"({"unit":1,"table":"coil","address":0,"values":[]})",
       400, "must have 1 to 1968"},
      {"POST", "/v1/buses/line-a/write", R"({"unit":1,"table":"coil","address":0})", 400,
       "'values' is missing"},
      {"POST", "/v1/buses/line-a/scan", R"({"first":9,"last":3})", 400, "must not be greater"},
      {"PUT", "/v1/readers/agent", R"({"seq":-1})", 400, "'seq' must be"},
      {"PUT", "/v1/readers/agent", R"({"seq":1.5})", 400, "'seq' must be"},
      {"PUT", "/v1/site", R"({})", 415, "must be application/toml or text/plain"},
  };
  for (const auto& one : cases) {
    const auto reply = building.request(one.method, one.target, one.body);
    CAPTURE(std::string(one.target));
    CAPTURE(std::string(one.body));
    CHECK(reply.status == one.status);
    CHECK_MESSAGE(reply.message().contains(one.sentence), reply.message());
  }
  CHECK(building.fleet.executed().empty());
}

TEST_CASE("API: 405 says in Allow which methods there are") {
  TestBuilding building;
  const auto reply = building.request("POST", "/v1/site");
  CHECK(reply.status == 405);
  CHECK(reply.head.contains("\r\nAllow: GET, PUT\r\n"));
}

TEST_CASE("API: each route asks for its right") {
  TestBuilding building;
  struct Case {
    Role role;
    std::string_view method;
    std::string_view target;
    std::string_view body;
    int status;
  };
  constexpr std::string_view lock = R"({"command":"lock"})";
  constexpr std::string_view disarm = R"({"command":"disarm"})";
  constexpr std::string_view read = R"({"unit":1,"table":"coil","address":0})";
  const Case cases[] = {
      {Role::viewer, "GET", "/v1/devices", "", 200},
      {Role::viewer, "POST", "/v1/devices/lock-101/commands", lock, 403},
      {Role::operator_, "POST", "/v1/devices/lock-101/commands", lock, 200},
      {Role::operator_, "POST", "/v1/devices/panel/commands", disarm, 403},
      {Role::operator_, "POST", "/v1/buses/line-a/read", read, 403},
      {Role::cloud, "POST", "/v1/devices/lock-101/commands", lock, 403},
      {Role::cloud, "POST", "/v1/buses/line-a/scan", "{}", 403},
      {Role::installer, "POST", "/v1/buses/line-a/read", read, 200},
      {Role::viewer, "PUT", "/v1/site", "{}", 403},
  };
  for (const auto& one : cases) {
    const auto reply = building.request(one.method, one.target, one.body, one.role);
    CAPTURE(std::string(one.target));
    CHECK_MESSAGE(reply.status == one.status, reply.body);
    if (one.status == 403) CHECK(!reply.message().empty());
  }
}

TEST_CASE("API: the cloud commands on somebody's behalf where the settings allow it") {
  services::GatewayPolicy policy;
  policy.unsigned_commands = true;
  TestBuilding building(policy);
  const std::string body = R"({"command":"lock"})";
  const auto reply = reply_of(building.exchange(
      cat("POST /v1/devices/lock-101/commands HTTP/1.1\r\nGenkan-Subject: resident-101\r\n"
          "Content-Type: application/json; charset=utf-8\r\nContent-Length: ",
          body.size(), "\r\n\r\n", body),
      Role::cloud));
  CHECK(reply.status == 200);
  const auto page = building.request("GET", "/v1/journal?device=lock-101").object();
  const auto& records = page.at("records").as_array();
  REQUIRE(!records.empty());
  CHECK(text_in(records[0].as_object(), "actor") == "cloud:resident-101");
}

TEST_CASE("API: a command is answered with what became of it, its record's number beside") {
  TestBuilding building;
  building.fleet.report("lock-101", Field::bolt, Bolt::unlocked);
  const auto reply =
      building.request("POST", "/v1/devices/lock-101/commands", R"({"command":"lock"})");
  REQUIRE(reply.status == 200);
  const auto answer = reply.object();
  CHECK(text_in(answer, "verdict") == "done");
  CHECK(text_in(answer, "reason") == "none");
  CHECK(answer.at("state").at("bolt") == json::value("locked"));
  CHECK(answer.at("seq").is_int64());
  CHECK(building.fleet.executed() == std::vector<std::string>{"lock-101 lock"});
}

TEST_CASE("API: a command that failed is an answer, not an error") {
  TestBuilding building;
  building.fleet.on_execute([](const DeviceId&, const domain::DeviceCommand&) {
    return domain::Outcome{domain::Verdict::failed, domain::Reason::door_open, "", {}};
  });
  const auto reply =
      building.request("POST", "/v1/devices/lock-101/commands", R"({"command":"lock"})");
  REQUIRE(reply.status == 200);
  CHECK(text_in(reply.object(), "verdict") == "failed");
  CHECK(text_in(reply.object(), "reason") == "door_open");
  CHECK(text_in(reply.object(), "message").contains("open or ajar"));
}

TEST_CASE("API: a command that the device lacks is refused without moving anything") {
  TestBuilding building;
  const auto reply =
      building.request("POST", "/v1/devices/lock-101/commands", R"({"command":"open"})");
  REQUIRE(reply.status == 200);
  CHECK(text_in(reply.object(), "verdict") == "refused");
  CHECK(text_in(reply.object(), "reason") == "unknown_command");
  CHECK(building.fleet.executed().empty());
}

TEST_CASE("API: views answer, and a refresh of a silent device says so") {
  TestBuilding building;
  for (const auto target : {"/v1/status", "/v1/devices", "/v1/troubles", "/v1/buses", "/v1/models",
                            "/v1/openapi.json", "/v1/journal", "/v1/devices/lock-101"}) {
    CAPTURE(std::string(target));
    const auto reply = building.request("GET", target);
    CHECK(reply.status == 200);
    CHECK(!reply.object().empty());
  }
  building.fleet.set_link("lock-101", domain::Link::disconnected);
  const auto silent = building.request("GET", "/v1/devices/lock-101?refresh=1");
  CHECK(silent.status == 503);
  CHECK(silent.message().contains("does not answer"));
}

TEST_CASE("API: registers are read, written and scanned") {
  TestBuilding building;
  const auto read = building.request("POST", "/v1/buses/line-a/read",
                                     R"({"unit":1,"table":"input","address":0,"count":2})");
  CHECK(read.body == R"({"values":[7,7]})");
  const auto written =
      building.request("POST", "/v1/buses/line-a/write",
                       R"({"unit":1,"table":"holding","address":0,"values":[65535]})");
  CHECK(written.body == R"({"values":[65535]})");
  const auto scanned = building.request("POST", "/v1/buses/line-a/scan", R"({"first":3,"last":4})");
  CHECK(scanned.body == R"({"units":[{"unit":3,"round_trip_us":900,"answered":"answered"}]})");
}

TEST_CASE("API: a reader keeps its place") {
  TestBuilding building;
  CHECK(building.request("PUT", "/v1/readers/agent", R"({"seq":1})").status == 200);
  CHECK(building.request("GET", "/v1/readers/agent").body == R"({"seq":1})");
}

TEST_CASE("API: only the agent and administrators move a reader's place") {
  using domain::Role;
  TestBuilding building;
  struct Row {
    Role role;
    int status;
  };
  for (const auto& row :
       {Row{Role::viewer, 403}, Row{Role::operator_, 403}, Row{Role::installer, 403},
        Row{Role::cloud, 200}, Row{Role::administrator, 200}}) {
    CAPTURE(domain::name_of(row.role));
    const auto put = building.request("PUT", "/v1/readers/agent", R"({"seq":1})", row.role);
    CHECK(put.status == row.status);
    CHECK(building.request("GET", "/v1/readers/agent", "", row.role).status == 200);
  }
}

TEST_CASE("API: the site goes out, and comes back the same") {
  TestBuilding building;
  const auto site = building.request("GET", "/v1/site");
  REQUIRE(site.status == 200);
  CHECK(site.head.contains("Content-Type: application/toml"));
  const auto put = [&building](std::string_view query, std::string_view text) {
    return reply_of(building.exchange(cat("PUT /v1/site", query,
                                          " HTTP/1.1\r\nContent-Type: application/toml\r\n"
                                          "Content-Length: ",
                                          text.size(), "\r\n\r\n", text)));
  };
  const auto back = put("?check=1", site.body);
  CHECK_MESSAGE(back.status == 200, back.body);
  const auto counts = back.object();
  CHECK(counts.at("devices").to_number<std::size_t>() == fakes::small_site().devices.size());

  const auto wrong = put("", "contract = 7\n[[device]]\nid = \"x\"\n");
  CHECK(wrong.status == 400);
  CHECK(wrong.object().at("problems").as_array().size() > 1);
  CHECK(wrong.message().contains("nothing was changed"));
  CHECK(building.request("GET", "/v1/site").body == site.body);
}

}  // namespace genkan::api::testing
