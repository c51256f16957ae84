#pragma once

#include "cloud-agent/agent/retained_mirror.hpp"
#include "firmware/base/json.hpp"

namespace genkan::agent {

// The retained device states at the broker.
class StateMirror : public RetainedMirror {
 public:
  // A device as the API tells it. Waits to be sent if state, link or troubles differ from what was
  // sent last; a new time of reading alone is no change. False if it is no such object.
  bool device(const json::object& device);
};

// The payload of a device's state topic, from a device of the API.
json::object state_payload(const json::object& device);

}  // namespace genkan::agent
