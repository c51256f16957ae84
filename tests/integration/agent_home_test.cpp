// genkan-agent, a real broker, and what Home Assistant does there.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "firmware/base/json.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/fake_genkand.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/integration/process.hpp"

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
               "[gateway]\nid = \"gw-1\"\nsocket = \"" + socket() + "\"\n[broker]\nuri = \"" +
                   broker.uri() +
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
  home.publish(wish, "open");
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

}  // namespace genkan::test
