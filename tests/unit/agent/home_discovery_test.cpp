#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cloud-agent/agent/home_assistant/discovery.hpp"
#include "cloud-agent/agent/home_assistant/entities.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent::home_assistant {

namespace {

const Topics topics("gw-1");
const Names names("homeassistant", "gw-1");

json::object device(std::string_view kind, std::string_view state, std::string_view offered = "[]",
                    std::string_view more = "") {
  return json::parse(cat(R"({"id":"d-1","name":"Device","model":"m-1","kind":")", kind,
                         R"(","state":)", state, R"(,"cloud_commands":)", offered, more, "}"))
      .as_object();
}

json::object message(const json::object& device) {
  json::object fields;
  note_fields(fields, device.at("state").as_object());
  return device_message(device, fields, "gw-1", topics, names, "0.1.0");
}

json::object components_of(const json::object& device) {
  return message(device).at("components").as_object();
}

std::string platform(const json::object& components, std::string_view key) {
  const json::value* entity = components.if_contains(key);
  if (entity == nullptr) return "";
  return std::string(entity->as_object().at("platform").as_string());
}

// Every command topic of the message's components, and what could be sent there.
std::vector<std::string> commands_of(const json::object& components) {
  std::vector<std::string> found;
  for (const auto& component : components) {
    const json::object& entity = component.value().as_object();
    if (!entity.contains("command_topic")) continue;
    CHECK(entity.at("command_topic") == "genkan/1/gw-1/ha/d-1/set");
    for (const auto& member : entity) {
      const std::string_view key = member.key();
      if (key.starts_with("payload_")) found.emplace_back(member.value().as_string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

constexpr std::string_view lock_state = R"({"bolt":"locked","door":"closed","battery":87})";

}  // namespace

TEST_CASE("discovery: a message has what Home Assistant asks of a device's") {
  const json::object made = message(device("lock", lock_state));
  CHECK(made.at("device").at("identifiers") == json::array{"genkan-gw-1-d-1"});
  CHECK(made.at("device").at("via_device") == "genkan-gw-1");
  CHECK(made.at("origin").at("name") == "genkan-agent");
  CHECK(made.at("availability_mode") == "all");
  CHECK(made.at("availability").as_array()[0].at("topic") == "genkan/1/gw-1/presence");
  CHECK(made.at("availability").as_array()[1].at("topic") == "genkan/1/gw-1/device/d-1/state");
  std::set<std::string> unique;
  for (const auto& component : made.at("components").as_object()) {
    const json::object& entity = component.value().as_object();
    CHECK(entity.contains("platform"));
    unique.insert(std::string(entity.at("unique_id").as_string()));
    CHECK(entity.at("unique_id").as_string().starts_with("genkan_gw-1_d-1_"));
    CHECK((entity.at("name").is_null() || entity.at("name").is_string()));
  }
  CHECK(unique.size() == made.at("components").as_object().size());
}

TEST_CASE("discovery: nothing can be commanded that is not offered") {
  struct Case {
    const char* kind;
    std::string_view state;
  };
  const Case cases[] = {
      {"lock", lock_state},
      {"entrance", R"({"output":"off","door":"closed"})"},
      {"light", R"({"output":"off"})"},
      {"air_conditioner", R"({"output":"off","mode":"cool"})"},
      {"zone", R"({"zone":"normal","bypass":false})"},
      {"security_panel", R"({"guard":"disarmed"})"},
      {"delivery_box", R"({"compartment":{"1":"empty"},"compartment_door":{"1":"closed"}})"},
      {"intercom", R"({"call":"idle","output":"off"})"},
      {"button", R"({"press":"none","press_count":0})"},
      {"elevator", R"({"floor":1,"direction":"idle","car_door":"closed","trapped":false})"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.kind);
    const auto components = components_of(device(each.kind, each.state));
    CHECK(commands_of(components).empty());
    CHECK(platform(components, "trouble") == "binary_sensor");
    CHECK(components.size() > 1);
  }
}

TEST_CASE("discovery: what is offered can be pressed, each once") {
  struct Case {
    const char* kind;
    std::string_view state;
    std::string_view offered;
    const char* key;
    const char* platform;
    std::vector<std::string> commands;
  };
  const Case cases[] = {
      {"lock", lock_state, R"(["lock","unlock"])", "bolt", "lock", {"lock", "unlock"}},
      {"lock", lock_state, R"(["lock"])", "bolt", "binary_sensor", {"lock"}},
      {"lock", lock_state, R"(["lock"])", "press_lock", "button", {"lock"}},
      {"light", R"({"output":"off"})", R"(["on","off"])", "output", "light", {"off", "on"}},
      {"air_conditioner",
       R"({"output":"off"})",
       R"(["on","off"])",
       "output",
       "switch",
       {"off", "on"}},
      {"light", R"({"output":"off"})", R"(["off"])", "press_off", "button", {"off"}},
      {"entrance",
       R"({"door":"open"})",
       R"(["open","hold_open"])",
       "press_open",
       "button",
       {"hold_open", "open"}},
      {"zone",
       R"({"zone":"normal","bypass":true})",
       R"(["bypass","end_bypass"])",
       "bypass",
       "switch",
       {"bypass", "end_bypass"}},
      {"security_panel",
       R"({"guard":"home"})",
       R"(["arm_away","disarm"])",
       "guard",
       "alarm_control_panel",
       {"arm_away", "disarm"}},
      {"security_panel", R"({"guard":"home"})", R"(["arm_away"])", "guard", "sensor", {"arm_away"}},
      {"delivery_box",
       R"({"compartment":{"1":"empty","2":"deposited"}})",
       R"(["release_compartment"])",
       "release_2",
       "button",
       {"release_compartment 1", "release_compartment 2"}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.kind);
    CAPTURE(each.offered);
    const auto components = components_of(device(each.kind, each.state, each.offered));
    CHECK(platform(components, each.key) == each.platform);
    CHECK(commands_of(components) == each.commands);
  }
  const auto panel =
      components_of(device("security_panel", R"({"guard":"home"})", R"(["arm_away","disarm"])"));
  CHECK(panel.at("guard").at("supported_features") == json::array{"arm_away"});
}

TEST_CASE("discovery: each payload that it announces is a wish that we read") {
  const auto box = components_of(
      device("delivery_box", R"({"compartment":{"12":"empty"}})", R"(["release_compartment"])"));
  const auto wish = read_wish(box.at("release_12").at("payload_press").as_string());
  REQUIRE(wish);
  CHECK(wish->command == "release_compartment");
  CHECK(wish->part == 12);
}

TEST_CASE("discovery: a zone is of the class of its purpose") {
  const auto zone = [](std::string_view purpose) {
    return components_of(
        device("zone", R"({"zone":"normal"})", "[]", cat(R"(,"purpose":")", purpose, "\"")));
  };
  CHECK(zone("fire").at("zone").at("device_class") == "smoke");
  CHECK(zone("bath_call").at("zone").at("device_class") == "safety");
  CHECK_FALSE(zone("other").at("zone").as_object().contains("device_class"));
}

TEST_CASE("discovery: fields that were seen once stay") {
  json::object fields;
  CHECK(note_fields(fields,
                    json::parse(R"({"door":"open","compartment":{"1":"empty"}})").as_object()));
  CHECK_FALSE(note_fields(fields, json::parse(R"({"door":"closed"})").as_object()));
  CHECK(note_fields(fields, json::parse(R"({"compartment":{"2":"empty"}})").as_object()));
  CHECK(fields == json::parse(R"({"door":{},"compartment":{"1":true,"2":true}})"));
}

TEST_CASE("discovery: topics are made and read back; others are nobody's") {
  const DeviceId id("d-1");
  CHECK(names.config(id) == "homeassistant/device/gw-1/genkan-d-1/config");
  CHECK(names.device_of(names.config(id)) == id);
  CHECK(names.device_of(names.config(Names::gateway_object())) == Names::gateway_object());
  for (const char* topic :
       {"homeassistant/device/gw-2/genkan-d-1/config", "homeassistant/device/gw-1/config",
        "homeassistant/device/gw-1//config", "homeassistant/device/gw-1/genkan-D/config",
        "homeassistant/device/gw-1/d-1/config", "homeassistant/device/gw-1/genkan-/config",
        "homeassistant/device/gw-1/genkan-a/b/config",
        "homeassistant/lock/gw-1/genkan-d-1/config"}) {
    CAPTURE(topic);
    CHECK_FALSE(names.device_of(topic));
  }
  CHECK(topics.wished_of("genkan/1/gw-1/ha/d-1/set") == id);
  CHECK_FALSE(topics.wished_of("genkan/1/gw-1/ha//set"));
  CHECK_FALSE(topics.wished_of("genkan/1/gw-2/ha/d-1/set"));
  CHECK_FALSE(topics.wished_of("genkan/1/gw-1/device/d-1/state"));
}

TEST_CASE("wishes: a command's name, and a part behind one blank; nothing else") {
  CHECK(read_wish("unlock")->command == "unlock");
  CHECK_FALSE(read_wish("unlock")->part);
  CHECK(read_wish("release_compartment 3")->part == 3);
  for (const char* text :
       {"", "UNLOCK", "unlock ", " unlock", "unlock  3", "unlock 0", "unlock 256", "unlock x",
        "unlock 3 4", "un/lock", "{\"command\":\"unlock\"}", "3"}) {
    CAPTURE(text);
    CHECK_FALSE(read_wish(text));
  }
  CHECK_FALSE(read_wish(std::string(65, 'a')));
}

}  // namespace genkan::agent::home_assistant
