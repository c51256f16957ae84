// genkan-agent as a process, a real broker, and a genkand that is only an API.
#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <signal.h>

#include "firmware/base/json.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/fake_genkand.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/integration/process.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

// For what happens at once, on a machine that may be busy.
constexpr auto soon = 15s;
const std::string prefix = "genkan/1/gw-1/";

// Not prefix + "#": a client would get its own requests back.
void subscribe_all(MqttClient& cloud) {
  cloud.subscribe(prefix + "presence");
  cloud.subscribe(prefix + "device/+/state");
  cloud.subscribe(prefix + "event/#");
}

// Broker, API and agent of one test.
struct Stage {
  explicit Stage(MosquittoBroker::Options options = {}, std::string more_settings = {})
      : broker(std::move(options)), genkand(socket()) {
    write_file(folder.path() / "agent.toml", "[gateway]\nid = \"gw-1\"\nsocket = \"" + socket() +
                                                 "\"\n[broker]\nuri = \"" + broker.uri() + "\"\n" +
                                                 more_settings);
  }

  std::string socket() const { return (folder.path() / "api.sock").string(); }

  void start_agent() {
    agent.reset();
    agent = std::make_unique<Process>(
        std::vector<std::string>{GENKAN_AGENT, "--config", (folder.path() / "agent.toml").string()},
        folder.path() / "agent.log");
  }
  std::string log() const { return read_file(folder.path() / "agent.log"); }

  TempDir folder;
  MosquittoBroker broker;
  FakeGenkand genkand;
  std::unique_ptr<Process> agent;
};

auto presence_is(const std::string& word) {
  return [word](const MqttMessage& message) {
    return message.topic == prefix + "presence" &&
           message.payload.find("\"presence\":\"" + word + "\"") != std::string::npos;
  };
}

auto state_has(const std::string& device, const std::string& part) {
  return [device, part](const MqttMessage& message) {
    return message.topic == prefix + "device/" + device + "/state" &&
           message.payload.find(part) != std::string::npos;
  };
}

std::int64_t seq_of(const json::value& record) {
  return record.at("seq").to_number<std::int64_t>();
}

// The numbers of one lane in the order in which they came.
std::vector<std::int64_t> numbers(const MqttClient& cloud, const std::string& lane) {
  std::vector<std::int64_t> list;
  for (const MqttMessage& message : cloud.messages()) {
    if (message.topic != prefix + "event/" + lane) continue;
    const json::value value = json::parse(message.payload);
    if (lane == "alarm") {
      list.push_back(seq_of(value));
      continue;
    }
    const auto& records = value.at("records").as_array();
    REQUIRE(records.size() <= 100);
    for (const auto& record : records) list.push_back(seq_of(record));
  }
  return list;
}

// What a receiver keeps that drops every number that is not above the highest it has.
std::vector<std::int64_t> kept(const std::vector<std::int64_t>& came) {
  std::vector<std::int64_t> list;
  for (const auto seq : came) {
    if (list.empty() || seq > list.back()) list.push_back(seq);
  }
  return list;
}

}  // namespace

TEST_CASE("presence: online with what the contract asks for, offline at an orderly stop") {
  Stage stage;
  MqttClient cloud(stage.broker.port(), "cloud");
  subscribe_all(cloud);
  stage.genkand.commit("activity", "started");
  stage.start_agent();

  const auto online = cloud.wait_for(presence_is("online"), soon);
  REQUIRE(online);
  const json::value words = json::parse(online->payload);
  CHECK(words.at("boot").as_string() == "run-1");
  CHECK(words.at("version").as_string() == "0.1.0");
  CHECK(words.at("clock").as_string() == "trusted");
  CHECK(words.at("head").to_number<int>() == 1);

  const auto began = std::chrono::steady_clock::now();
  stage.agent->signal(SIGTERM);
  const auto status = stage.agent->wait(soon);
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(status == 0);
  CHECK(took < 2s);
  CHECK(cloud.wait_for(presence_is("offline"), soon));

  // Retained: who comes later learns it too.
  MqttClient late(stage.broker.port(), "late");
  late.subscribe(prefix + "presence");
  const auto retained = late.wait_for(presence_is("offline"), soon);
  REQUIRE(retained);
  CHECK(retained->retained);
}

TEST_CASE("presence: the will speaks after a kill -9, not before its delay") {
  Stage stage({}, "will_delay_s = 2\n");
  MqttClient cloud(stage.broker.port(), "cloud");
  cloud.subscribe(prefix + "presence");
  stage.start_agent();
  REQUIRE(cloud.wait_for(presence_is("online"), soon));
  stage.agent->signal(SIGKILL);
  CHECK_FALSE(cloud.wait_for(presence_is("offline"), 1s));
  const auto will = cloud.wait_for(presence_is("offline"), soon);
  REQUIRE(will);
  CHECK(will->payload == R"({"presence":"offline","reason":"lost"})");
}

TEST_CASE("presence: offline while genkand is away, and back with its states said again") {
  Stage stage;
  stage.genkand.set_device("lock-101", R"({"bolt":"locked"})");
  MqttClient cloud(stage.broker.port(), "cloud");
  subscribe_all(cloud);
  stage.start_agent();
  REQUIRE(cloud.wait_for(presence_is("online"), soon));
  REQUIRE(cloud.wait_for(state_has("lock-101", "locked"), soon));

  stage.genkand.stop();
  CHECK(cloud.wait_for(presence_is("offline"), soon));
  const auto refused = cloud.ask("gw-1", {"GET", "/v1/status", "", "", {}}, soon);
  REQUIRE(refused);
  CHECK(refused->status == "503");

  cloud.forget();
  stage.genkand.start();
  CHECK(cloud.wait_for(presence_is("online"), soon));
  CHECK(cloud.wait_for(state_has("lock-101", "locked"), soon));
}

TEST_CASE("states: retained, changed, and cleared when the device is gone") {
  Stage stage;
  MqttClient cloud(stage.broker.port(), "cloud");
  // Left behind by an agent of long ago.
  cloud.publish(prefix + "device/old-lock/state", R"({"state":{}})", true);
  cloud.publish(prefix + "device/lock-102/state", R"({"state":{}})", true);
  cloud.subscribe(prefix + "device/+/state");
  stage.genkand.set_device("lock-101", R"({"bolt":"locked"})");
  stage.genkand.set_device("lock-102", R"({"bolt":"unlocked"})");
  stage.start_agent();

  REQUIRE(cloud.wait_for(state_has("lock-101", R"("bolt":"locked")"), soon));
  const auto state = cloud.wait_for(state_has("lock-102", R"("bolt":"unlocked")"), soon);
  REQUIRE(state);
  const json::value words = json::parse(state->payload);
  CHECK(words.at("link").as_string() == "fresh");
  CHECK(words.at("read_at").as_string() == "2026-11-20T09:00:00.000Z");
  CHECK(words.at("troubles").as_array().empty());

  const auto cleared = [](const std::string& device) {
    return [device](const MqttMessage& message) {
      return message.topic == prefix + "device/" + device + "/state" && message.payload.empty();
    };
  };
  CHECK(cloud.wait_for(cleared("old-lock"), soon));
  stage.genkand.set_device("lock-101", R"({"bolt":"unlocked"})");
  CHECK(cloud.wait_for(state_has("lock-101", R"("bolt":"unlocked")"), soon));
  stage.genkand.remove_device("lock-102");
  CHECK(cloud.wait_for(cleared("lock-102"), soon));

  MqttClient late(stage.broker.port(), "late");
  late.subscribe(prefix + "device/+/state");
  REQUIRE(late.wait_for(state_has("lock-101", "unlocked"), soon));
  CHECK_FALSE(late.wait_for(state_has("old-lock", ""), 200ms));
  CHECK_FALSE(late.wait_for(state_has("lock-102", ""), 200ms));
}

TEST_CASE("requests: carried out, answered with status and correlation, with the subject") {
  Stage stage;
  MqttClient cloud(stage.broker.port(), "cloud");
  stage.start_agent();
  cloud.subscribe(prefix + "presence");
  REQUIRE(cloud.wait_for(presence_is("online"), soon));

  const auto done = cloud.ask(
      "gw-1", {"POST", "/v1/devices/lock-101/commands", R"({"command":"lock"})", "anna", 20s},
      soon);
  REQUIRE(done);
  CHECK(done->status == "200");
  CHECK(json::parse(done->payload).at("verdict").as_string() == "done");
  const auto commands = stage.genkand.commands();
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].target == "/v1/devices/lock-101/commands");
  CHECK(commands[0].subject == "anna");
  CHECK(json::parse(commands[0].body).at("command").as_string() == "lock");

  const auto unknown = cloud.ask("gw-1", {"GET", "/v1/devices/no-such", "", "", {}}, soon);
  REQUIRE(unknown);
  CHECK(unknown->status == "404");
  const auto forbidden = cloud.ask("gw-1", {"GET", "/v1/stream", "", "", {}}, soon);
  REQUIRE(forbidden);
  CHECK(forbidden->status == "403");
}

TEST_CASE("requests: one that waited for the agent is carried out once, a retained one never") {
  Stage stage({.more_settings = "", .persistent = true});
  MqttClient cloud(stage.broker.port(), "cloud");
  cloud.subscribe(prefix + "presence");
  stage.start_agent();
  REQUIRE(cloud.wait_for(presence_is("online"), soon));
  stage.agent->stop();

  // The session outlives the agent: what is asked meanwhile is kept by the broker.
  const auto waited = cloud.send(
      "gw-1", {"POST", "/v1/devices/lock-101/commands", R"({"command":"lock"})", "", {}});
  cloud.publish(prefix + "request", R"({"command":"unlock"})", true);
  cloud.forget();
  stage.start_agent();
  REQUIRE(cloud.wait_for(presence_is("online"), soon));
  REQUIRE(cloud.wait_for(
      [&waited](const MqttMessage& message) { return message.correlation == waited; }, soon));
  const auto later = cloud.ask("gw-1", {"GET", "/v1/status", "", "", {}}, soon);
  REQUIRE(later);
  CHECK(stage.genkand.commands().size() == 1);
}

TEST_CASE("requests: 32 at a time, the rest is told to come back") {
  Stage stage;
  stage.genkand.set_command_time(6000);
  MqttClient cloud(stage.broker.port(), "cloud");
  cloud.subscribe(prefix + "presence");
  stage.start_agent();
  REQUIRE(cloud.wait_for(presence_is("online"), soon));
  constexpr std::size_t asked = 80;
  std::set<std::string> sent;
  for (std::size_t i = 0; i < asked; ++i) {
    sent.insert(cloud.send(
        "gw-1", {"POST", "/v1/devices/lock-101/commands", R"({"command":"lock"})", "", {}}));
  }
  std::size_t done = 0;
  std::size_t busy = 0;
  const bool all = wait_until(
      [&] {
        done = busy = 0;
        for (const auto& message : cloud.messages()) {
          if (!sent.contains(message.correlation)) continue;
          (message.status == "200" ? done : busy) += 1;
        }
        return done + busy == asked;
      },
      soon + 6s);
  CHECK(all);
  CHECK(done == 32);
  CHECK(busy == asked - 32);
}

TEST_CASE("SEC-9: an alarm is out within a second, activity in order behind it") {
  Stage stage;
  MqttClient cloud(stage.broker.port(), "cloud");
  subscribe_all(cloud);
  for (int i = 0; i < 500; ++i) stage.genkand.commit(i % 50 == 0 ? "alarm" : "activity", "alarm");
  stage.start_agent();
  REQUIRE(wait_until([&] { return numbers(cloud, "activity").size() == 490; }, soon));
  REQUIRE(wait_until([&] { return numbers(cloud, "alarm").size() == 10; }, soon));
  const auto activity = numbers(cloud, "activity");
  CHECK(std::is_sorted(activity.begin(), activity.end()));

  const auto before = std::chrono::steady_clock::now();
  const auto seq = stage.genkand.commit("alarm", "alarm");
  REQUIRE(wait_until([&] { return numbers(cloud, "alarm").back() == seq; }, soon));
  CHECK(std::chrono::steady_clock::now() - before < 1s);
  CHECK(wait_until([&] { return stage.genkand.cursor("agent-activity") >= 500; }, soon));
  CHECK(wait_until([&] { return stage.genkand.cursor("agent-alarm") == seq; }, soon));
}

TEST_CASE("lanes: nothing is lost over a broker restart and a kill -9 of the agent") {
  Stage stage;
  auto first = std::make_unique<MqttClient>(stage.broker.port(), "first");
  first->subscribe(prefix + "event/#");
  stage.start_agent();
  constexpr int rounds = 200;
  for (int i = 0; i < rounds; ++i) stage.genkand.commit(i % 4 == 0 ? "alarm" : "activity", "alarm");
  REQUIRE(wait_until([&] { return numbers(*first, "activity").size() >= 20; }, soon));

  stage.broker.kill();
  for (int i = 0; i < rounds; ++i) stage.genkand.commit(i % 4 == 0 ? "alarm" : "activity", "alarm");
  // The agent stands still until the cloud listens again: this is about the agent, not about what a
  // broker keeps for nobody.
  stage.agent->signal(SIGSTOP);
  stage.broker.start();
  MqttClient second(stage.broker.port(), "second");
  second.subscribe(prefix + "event/#");
  stage.agent->signal(SIGCONT);
  REQUIRE(wait_until([&] { return numbers(second, "activity").size() >= 50; }, soon));
  stage.agent->signal(SIGKILL);
  stage.agent->wait(soon);
  for (int i = 0; i < rounds; ++i) stage.genkand.commit(i % 4 == 0 ? "alarm" : "activity", "alarm");
  stage.start_agent();

  for (const std::string lane : {"alarm", "activity"}) {
    const auto last = [&] {
      const auto came = numbers(second, lane);
      return came.empty() ? 0 : came.back();
    };
    const std::int64_t expected = lane == "alarm" ? 3 * rounds - 3 : 3 * rounds;
    REQUIRE(wait_until([&] { return last() >= expected; }, soon));
    auto came = numbers(*first, lane);
    const auto later = numbers(second, lane);
    came.insert(came.end(), later.begin(), later.end());
    std::set<std::int64_t> all(came.begin(), came.end());
    CHECK(all.size() == (lane == "alarm" ? 150U : 450U));
    // Dropping what is not above the highest leaves everything, in order: nothing came too late.
    CHECK(kept(came).size() == all.size());
  }
}

TEST_CASE("lanes: a journal that is another one is sent from its beginning") {
  Stage stage;
  MqttClient cloud(stage.broker.port(), "cloud");
  subscribe_all(cloud);
  for (int i = 0; i < 30; ++i) stage.genkand.commit("activity", "opened");
  stage.start_agent();
  REQUIRE(wait_until([&] { return stage.genkand.cursor("agent-activity") == 30; }, soon));
  stage.genkand.stop();
  stage.genkand.lose_journal();
  for (int i = 0; i < 40; ++i) stage.genkand.commit("activity", "opened");
  cloud.forget();
  stage.genkand.start();
  REQUIRE(wait_until([&] { return stage.genkand.cursor("agent-activity") == 40; }, soon));
  CHECK(kept(numbers(cloud, "activity")).front() == 1);
  CHECK(stage.log().find("starting over from the oldest record") != std::string::npos);
}

TEST_CASE("a forbidden topic: told once, its records wait; all else goes on") {
  TempDir folder;
  write_file(folder.path() / "acl",
             "topic readwrite test/#\ntopic readwrite genkan/1/gw-1/presence\n"
             "topic readwrite genkan/1/gw-1/request\ntopic readwrite genkan/1/gw-1/event/alarm\n"
             "topic read #\n");
  Stage stage(
      {.more_settings = "acl_file " + (folder.path() / "acl").string(), .persistent = false});
  stage.genkand.set_device("lock-101", R"({"bolt":"locked"})");
  MqttClient cloud(stage.broker.port(), "cloud");
  subscribe_all(cloud);
  for (int i = 0; i < 20; ++i) stage.genkand.commit("activity", "opened");
  const auto alarm = stage.genkand.commit("alarm", "alarm");
  stage.start_agent();
  REQUIRE(wait_until([&] { return numbers(cloud, "alarm") == std::vector{alarm}; }, soon));
  const auto answer = cloud.ask("gw-1", {"GET", "/v1/status", "", "", {}}, soon);
  REQUIRE(answer);
  CHECK(answer->status == "200");
  REQUIRE(wait_until(
      [&] { return stage.log().find("the broker refuses this topic") != std::string::npos; },
      soon));
  CHECK(stage.genkand.cursor("agent-activity") == 0);
  const auto log = stage.log();
  const auto at = log.find("does not take a device's state");
  CHECK(at != std::string::npos);
  CHECK(log.find("does not take a device's state", at + 1) == std::string::npos);
}

TEST_CASE("a broker that takes small packets only: batches are cut, nothing loops") {
  Stage stage({.more_settings = "max_packet_size 2000", .persistent = false});
  MqttClient cloud(stage.broker.port(), "cloud");
  cloud.subscribe(prefix + "event/#");
  for (int i = 0; i < 60; ++i) stage.genkand.commit("activity", "opened");
  stage.start_agent();
  REQUIRE(wait_until([&] { return numbers(cloud, "activity").size() >= 60; }, soon));
  CHECK(kept(numbers(cloud, "activity")).size() == 60);
}

}  // namespace genkan::test
