#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "cloud-agent/mqtt/broker.hpp"
#include "firmware/base/ids.hpp"

namespace genkan::agent {

// Retained messages at the broker, one a device, kept in step with what should stand there: what is
// wanted, and what stands there as far as we know. Only the newest of a device waits to be sent.
// Pure; one thread.
class RetainedMirror {
 public:
  // Devices beyond this are not mirrored.
  static constexpr std::size_t most_devices = 4096;

  struct Update {
    DeviceId device;
    std::string payload;  // empty: clear the topic
  };

  // What should stand there. Waits to be sent if `meaning` differs from what was sent last.
  void want(const DeviceId& device, std::string payload, std::string meaning);
  // All devices that there are; what else stands at the broker is to be cleared.
  void inventory(const std::set<DeviceId>& devices);
  // A retained message that was found at the broker.
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
    std::string meaning;  // what of it counts as a change
    std::string sent;     // the meaning that was sent; "?" if not known
    bool waits = false;
  };

  void enqueue(const DeviceId& device, Entry& entry);

  std::map<DeviceId, Entry> entries_;
  std::deque<DeviceId> waiting_;
  std::optional<std::set<DeviceId>> inventory_;
};

}  // namespace genkan::agent
