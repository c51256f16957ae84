// The cloud contract's schemas against its examples and against what the agent really says.
#include <filesystem>

#include <doctest/doctest.h>

#include "cloud-agent/agent/lane.hpp"
#include "cloud-agent/agent/presence.hpp"
#include "cloud-agent/agent/request.hpp"
#include "cloud-agent/agent/state_mirror.hpp"
#include "tests/unit/agent/schema.hpp"

namespace genkan::agent {

namespace {

const std::filesystem::path contract =
    std::filesystem::path(GENKAN_SOURCE_DIR) / "cloud-agent/contract";
const test::Schemas schemas(contract / "schemas");

json::value example(const std::string& name) {
  return test::read_json(contract / "examples" / (name + ".json"));
}

json::object properties_of(const Message& message) {
  json::object object;
  for (const auto& [name, value] : message.user_properties) object[name] = value;
  return object;
}

}  // namespace

TEST_CASE("contract: every example keeps its schema") {
  struct Case {
    const char* example;
    const char* schema;
  };
  const Case cases[] = {
      {"presence-online", "presence"},
      {"presence-offline", "presence"},
      {"state-lock", "state"},
      {"state-stale", "state"},
      {"alarm", "alarm"},
      {"activity", "activity"},
      {"request-command", "request"},
      {"request-journal", "request"},
      {"answer", "answer"},
      {"command", "command"},
      {"command-result", "command-result"},
      {"error", "error"},
  };
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& file :
       std::filesystem::directory_iterator(contract / "examples")) {
    ++files;
  }
  CHECK(files == std::size(cases));
  for (const Case& each : cases) {
    CAPTURE(each.example);
    CHECK(schemas.fault(each.schema, example(each.example)) == "");
  }
}

TEST_CASE("contract: what is no message is told apart") {
  struct Case {
    const char* schema;
    const char* text;
  };
  const Case cases[] = {
      {"presence", R"({"presence":"away"})"},
      {"presence", R"({"presence":"online","boot":"b"})"},
      {"presence", R"({"presence":"offline","reason":"tired"})"},
      {"state", R"({"state":{},"link":"fresh","read_at":null})"},
      {"state", R"({"state":[],"link":"fresh","read_at":null,"troubles":[]})"},
      {"state", R"({"state":{},"link":"wet","read_at":null,"troubles":[]})"},
      {"state", R"({"state":{},"link":"fresh","read_at":null,"troubles":[{}]})"},
      {"alarm",
       R"({"seq":0,"boot":"b","time":"t","clock":"trusted","kind":"k","lane":"alarm","body":{}})"},
      {"activity", R"({"records":[]})"},
      {"activity", R"({"records":[7]})"},
      {"request", R"({"method":"DELETE","path":"/v1/status"})"},
      {"request", R"({"method":"GET"})"},
      {"answer", R"({"status":200})"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CHECK(schemas.fault(each.schema, json::parse(each.text)) != "");
  }
}

TEST_CASE("contract: presence as the agent says it") {
  Presence presence;
  presence.online(
      json::parse(R"({"boot":"b","version":"1","clock":"trusted","journal":{"head":7}})")
          .as_object());
  CHECK(schemas.fault("presence", json::parse(presence.next(SteadyTime{1h}).value())) == "");
  presence.daemon_away();
  CHECK(schemas.fault("presence", json::parse(presence.next(SteadyTime{1h}).value())) == "");
  for (const char* reason : {"lost", "stopped"}) {
    CHECK(schemas.fault("presence", json::parse(Presence::offline(reason))) == "");
  }
}

TEST_CASE("contract: states, alarms and activity as the agent says them") {
  json::object device = example("state-stale").as_object();
  device["id"] = "lock-604";
  device["name"] = "604";
  CHECK(schemas.fault("state", state_payload(device)) == "");

  const std::string record = json::serialize(example("alarm"));
  Lane alarms({"alarm", "agent-alarm", 1, 4, 20});
  alarms.start(4710);
  REQUIRE(alarms.committed(4711, record));
  CHECK(schemas.fault("alarm", json::parse(alarms.payload(*alarms.next(most_payload)))) == "");
  Lane activity({"activity", "agent-activity", 100, 4, 300});
  activity.start(4710);
  REQUIRE(activity.committed(4711, record));
  REQUIRE(activity.committed(4712, record));
  const json::value batch = json::parse(activity.payload(*activity.next(most_payload)));
  CHECK(schemas.fault("activity", batch) == "");
  CHECK(batch.at("records").as_array().size() == 2);
}

TEST_CASE("contract: its example of a request is carried out, its answers are as it says") {
  Inbound message;
  message.response_topic = "cloud/answers";
  message.payload = json::serialize(example("command"));
  for (const auto& [name, value] : example("request-command").as_object()) {
    message.user_properties.emplace_back(name, std::string(value.as_string()));
  }
  CHECK(check_request(message, SteadyTime{1h}));

  const Message answer = answer_message({"t", ""}, {200, "{}"}, most_payload);
  CHECK(schemas.fault("answer", properties_of(answer)) == "");
  message.user_properties.clear();
  const auto refused = check_request(message, SteadyTime{1h});
  REQUIRE_FALSE(refused);
  CHECK(schemas.fault("error", json::parse(refused.error().answer.body)) == "");
}

}  // namespace genkan::agent
