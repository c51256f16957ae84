#pragma once

#include <string>
#include <string_view>

#include "firmware/base/json.hpp"

// What a device of ours is in Home Assistant: entities of its MQTT integration
// (https://www.home-assistant.io/integrations/mqtt/, discovery of devices, since 2024.11).
namespace genkan::agent::home_assistant {

// Where the entities of one device look and speak.
struct Ends {
  std::string unique;    // begins every unique id: "genkan_gw-1_lock-101"
  std::string presence;  // topic
  std::string state;     // topic
  std::string command;   // topic
};

// Available while the gateway says "online" at this topic.
json::object by_presence(std::string_view topic);

// The components of a device as the API tells it: what it reports in `fields` (names of the fields
// that it was ever seen with, parts for those that have parts), and only those commands that
// `cloud_commands` offers. A lock, light, switch or panel that may not be commanded is shown as
// what it reports, without anything to press.
json::object components(const json::object& device, const json::object& fields, const Ends& ends);

// Whether genkand offers this command of the device to the cloud without a signature.
bool offers(const json::object& device, std::string_view command);

}  // namespace genkan::agent::home_assistant
