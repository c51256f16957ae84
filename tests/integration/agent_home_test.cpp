// genkan-agent, a real broker, and what Home Assistant does there.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <pwd.h>
#include <unistd.h>

#include "firmware/base/json.hpp"
#include "firmware/base/text.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/fake_genkand.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/integration/process.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20s;
const std::string config = "homeassistant/device/gw-1/genkan-lock-101/config";
const std::string wish = "genkan/1/gw-1/ha/lock-101/set";
const std::string devices =
    R"({"devices":[{"id":"lock-101","name":"Door 101","kind":"lock","model":"el-100",)"
    R"("state":{"bolt":"locked"},"link":"fresh","read_at":null,"troubles":[],)"
    R"("cloud_commands":["lock","unlock"]}]})";

struct Stage {
  Stage() : broker({.more_settings = "", .persistent = true}), genkand(socket()) {
    genkand.set_answer("/v1/devices", 200, devices);
    enable(true);
  }
  std::string socket() const { return (folder.path() / "api.sock").string(); }
  void enable(bool enabled) {
    write_file(folder.path() / "agent.toml",
               "[gateway]\nid = \"gw-1\"\nsocket = \"" + socket() + "\"\n[identity]\nfolder = \"" +
                   folder.path().string() + "\"\n[broker]\nuri = \"" + broker.uri() +
                   "\"\n[home_assistant]\nenabled = " + (enabled ? "true" : "false"));
  }
  void start_agent() {
    agent.reset();
    agent = std::make_unique<Process>(
        std::vector<std::string>{GENKAN_AGENT, "--config", (folder.path() / "agent.toml").string()},
        folder.path() / "agent.log");
  }
  std::string log() const { return read_file(folder.path() / "agent.log"); }
  bool logs(const std::string& part) const {
    return wait_until([&] { return log().find(part) != std::string::npos; }, soon);
  }

  TempDir folder;
  MosquittoBroker broker;
  FakeGenkand genkand;
  std::unique_ptr<Process> agent;
};

auto at(const std::string& topic, bool empty) {
  return [topic, empty](const MqttMessage& message) {
    return message.topic == topic && message.payload.empty() == empty;
  };
}

// A wish as words of Home Assistant: what of "payload_…" of a component is a command of ours.
using Offered = std::map<std::string, std::set<std::string>>;  // by device

// What the announcements offer to press, of all devices.
Offered offered(const MqttClient& home) {
  Offered all;
  for (const auto& message : home.messages()) {
    if (!message.topic.starts_with("homeassistant/") || message.payload.empty()) continue;
    const auto value = json::parse(message.payload);
    for (const auto& component : value.at("components").as_object()) {
      const auto& entity = component.value().as_object();
      if (!entity.contains("command_topic")) continue;
      const std::string topic(entity.at("command_topic").as_string());
      for (const auto& member : entity) {
        if (!std::string_view(member.key()).starts_with("payload_")) continue;
        all[topic].emplace(member.value().as_string());
      }
    }
  }
  return all;
}

// The sample building and a real genkand to which this process is the cloud, with what it allows.
struct Home {
  explicit Home(const std::string& allow)
      : broker({.more_settings = "", .persistent = true}),
        agent(house.folder.path() / "agent", house.gateway, broker.port(),
              "[home_assistant]\nenabled = true\n") {
    const passwd* self = ::getpwuid(::geteuid());
    REQUIRE(self != nullptr);
    const auto settings = replaced(read_file(house.settings_file()),
                                   "unsigned_commands = \"allow\"", "allow = [" + allow + "]");
    house.restart_with(settings + "\n[[api.role]]\nuser = \"" + self->pw_name +
                       "\"\nrole = \"cloud\"\n");
    house.gateway.wait_fresh(soon);
  }
  std::string topic(const std::string& device) const {
    return cat("genkan/1/", house.gateway.id(), "/ha/", device, "/set");
  }
  // Waits for the record of what a wish became.
  json::object record(std::int64_t after, const std::string& device) {
    json::object found;
    wait_until(
        [&] {
          for (auto& record : house.gateway.journal(after)) {
            if (text_at(record, "device") == device) found = std::move(record);
          }
          return !found.empty();
        },
        soon);
    return found;
  }

  House house;
  MosquittoBroker broker;
  Agent agent;
};

}  // namespace

TEST_CASE("home: announced retained, an old one cleared, all taken back when switched off") {
  Stage stage;
  const std::string old = "homeassistant/device/gw-1/genkan-gone-1/config";
  const std::string another = "homeassistant/device/gw-2/genkan-lock-101/config";
  MqttClient home(stage.broker.port(), "home");
  home.publish(old, "{}", true);
  home.publish(another, "{}", true);
  home.subscribe("homeassistant/#");
  stage.start_agent();
  const auto announced = home.wait_for(at(config, false), soon);
  REQUIRE(announced);
  CHECK(json::parse(announced->payload).at("components").at("bolt").at("platform") == "lock");
  CHECK(home.wait_for(at(old, true), soon));

  stage.agent->stop();
  stage.enable(false);
  stage.start_agent();
  CHECK(home.wait_for(at(config, true), soon));
  CHECK(home.wait_for(at("homeassistant/device/gw-1/genkan_gateway/config", true), soon));
  for (const auto& message : home.messages()) {
    if (message.topic == another) CHECK_FALSE(message.payload.empty());
  }
}

TEST_CASE("home: a wish is a command; one that is retained or was waiting is none") {
  Stage stage;
  MqttClient home(stage.broker.port(), "home");
  home.subscribe("homeassistant/#");
  home.publish(wish, "unlock", true);  // retained before the gateway ever came
  stage.start_agent();
  REQUIRE(home.wait_for(at(config, false), soon));
  // A session's first seconds are for what may have been waiting.
  home.publish(wish, "lock");
  CHECK(stage.logs("waiting at the broker"));
  std::this_thread::sleep_for(2500ms);  // the time itself is the subject
  home.publish(wish, "unlock", true);
  home.publish(wish, "Open!");
  home.publish(wish, "lock");
  REQUIRE(wait_until([&] { return !stage.genkand.commands().empty(); }, soon));
  const auto commands = stage.genkand.commands();
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].target == "/v1/devices/lock-101/commands");
  CHECK(commands[0].body == R"({"command":"lock"})");
  CHECK(commands[0].subject == "home-assistant");

  // What is wished while the gateway is away is forgotten.
  home.publish(wish, "", true);
  stage.agent->stop();
  home.publish(wish, "unlock");
  const auto before = home.messages().size();
  stage.start_agent();
  REQUIRE(home.wait_for(at(config, false), soon, before));
  std::this_thread::sleep_for(3s);
  CHECK(stage.genkand.commands().size() == 1);
}

TEST_CASE("REM-4: with a real genkand, what [cloud] allow names is offered and done, and no more") {
  Home stage("\"corridor-light on\", \"corridor-light off\", \"lock-101 lock\"");
  MqttClient home(stage.broker.port(), "home");
  home.subscribe("homeassistant/#");
  stage.agent.start();
  const auto announced = [&](const std::string& device) {
    return home.wait_for(
        [&](const MqttMessage& message) {
          return message.topic.ends_with("/genkan-" + device + "/config");
        },
        soon);
  };
  const json::object all = stage.house.gateway.api("GET", "/v1/devices").json();
  for (const auto& device : all.at("devices").as_array()) {
    REQUIRE(announced(std::string(device.at("id").as_string())));
  }
  CHECK(offered(home) == Offered{{stage.topic("corridor-light"), {"on", "off"}},
                                 {stage.topic("lock-101"), {"lock"}}});
  std::this_thread::sleep_for(2500ms);  // a session's first seconds are refused

  auto head = quiet_head(stage.house.gateway);
  home.publish(stage.topic("corridor-light"), "on");
  const auto done = stage.record(head, "corridor-light");
  CHECK(text_at(done, "kind") == "switched_on");
  CHECK(text_at(done, "actor") == "cloud:home-assistant");
  CHECK(stage.house.gateway.device("corridor-light").at("state").at("output") == "on");

  head = quiet_head(stage.house.gateway);
  const auto before = present(stage.house.gateway, stage.house.building);
  home.publish(stage.topic("lock-101"), "unlock");
  const auto refused = stage.record(head, "lock-101");
  CHECK(text_at(refused, "kind") == "command_refused");
  CHECK(text_at(refused, "actor") == "cloud:home-assistant");
  CHECK(text_at(refused.at("body").as_object(), "reason") == "not_allowed");
  CHECK(changes(before, stage.house.gateway, stage.house.building) == "");
}

}  // namespace genkan::test
