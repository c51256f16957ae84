#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "cloud-agent/agent/broker.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/base/json.hpp"

namespace genkan::agent {

// The retained device states at the broker, kept in step with genkand: what should stand there,
// and what stands there as far as we know. Only the newest state of a device waits to be sent, so
// there is at most one message for each device. Pure; one thread.
class StateMirror {
 public:
  // Devices beyond this are not mirrored.
  static constexpr std::size_t most_devices = 4096;

  struct Update {
    DeviceId device;
    std::string payload;  // empty: clear the topic
  };

  // A device as the API tells it. Waits to be sent if state, link or troubles differ from what was
  // sent last; a new time of reading alone is no change. False if it is no such object.
  bool device(const json::object& device);
  // All devices that there are; what else stands at the broker is to be cleared.
  void inventory(const std::set<DeviceId>& devices);
  // A retained state that was found at the broker.
  void found(const DeviceId& device);
  // What stands at the broker is not known any more: everything waits to be sent again.
  void resend_all();

  // The next update to send; it counts as sent. The oldest change first.
  std::optional<Update> next();
  // The update did not get there: it waits again, unless there is a newer one.
  void failed(const Update& update);
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Entry {
    std::string payload;  // what should stand there; empty: nothing
    std::string meaning;  // the payload without the time of reading
    std::string sent;     // the meaning that was sent; "?" if not known
    bool waits = false;
  };

  void want(const DeviceId& device, std::string payload, std::string meaning);
  void enqueue(const DeviceId& device, Entry& entry);

  std::map<DeviceId, Entry> entries_;
  std::deque<DeviceId> waiting_;
  std::optional<std::set<DeviceId>> inventory_;
};

// The payload of a device's state topic, from a device of the API.
json::object state_payload(const json::object& device);

}  // namespace genkan::agent
