#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cloud-agent/agent/topics.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/json.hpp"

// Home Assistant's discovery messages and what it sends back. Pure.
namespace genkan::agent::home_assistant {

struct Settings {
  bool enabled = true;  // false: what an earlier run announced is taken back
  std::string prefix = "homeassistant";
};

// The topics of one gateway's discovery: PREFIX/device/GATEWAY/genkan-DEVICE/config. The gateway's
// id has a level of its own, so that a broker's access control can hold it against the client's
// name.
class Names {
 public:
  Names(std::string_view prefix, std::string_view gateway);

  // The object that stands for the gateway itself; no device can have this id.
  static DeviceId gateway_object() { return DeviceId("_gateway"); }
  // Of a device, or of the gateway's object: .../genkan_gateway/config.
  std::string config(const DeviceId& device) const;
  std::string configs() const;  // filter
  // The device of a topic made by config(), the gateway's object too; nothing for any other.
  std::optional<DeviceId> device_of(std::string_view topic) const;
  // The gateway among Home Assistant's devices: "genkan-gw-1".
  const std::string& hub() const { return hub_; }

 private:
  std::string hub_;
  std::string begin_;
};

// The discovery message of a device as the API tells it. `fields`: see components().
json::object device_message(const json::object& device, const json::object& fields,
                            std::string_view gateway, const Topics& topics, const Names& names,
                            std::string_view version);
// That of the gateway: whether it is there, and whether its clock can be believed.
json::object gateway_message(std::string_view gateway, const Topics& topics, const Names& names,
                             std::string_view version);

// Adds what `state` (a device's, of the API) reports to the fields seen before: an empty object, or
// one with a member a part. Returns whether that is new.
bool note_fields(json::object& fields, const json::object& state);

// What came at a device's set topic: "unlock", or "release_compartment 3".
struct Wish {
  std::string command;
  std::optional<std::int64_t> part;
};
// 1 to 64 bytes, a command's name (lower case letters and '_'), and, behind one blank, a part from
// 1 to 255. The error is one sentence.
Result<Wish> read_wish(std::string_view payload);

}  // namespace genkan::agent::home_assistant
