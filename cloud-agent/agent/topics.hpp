#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/ids.hpp"

namespace genkan::agent {

// The topics of one gateway: everything under genkan/1/{gateway}.
class Topics {
 public:
  explicit Topics(std::string_view gateway);

  std::string presence() const { return prefix_ + "presence"; }
  std::string request() const { return prefix_ + "request"; }
  std::string alarm() const { return prefix_ + "event/alarm"; }
  std::string activity() const { return prefix_ + "event/activity"; }
  std::string state(const DeviceId& device) const;
  std::string states() const { return prefix_ + "device/+/state"; }
  // The device of a topic made by state(); nothing for any other topic.
  std::optional<DeviceId> device_of(std::string_view topic) const;
  // Where Home Assistant says what it wants of a device.
  std::string wish(const DeviceId& device) const;
  std::string wishes() const { return prefix_ + "ha/+/set"; }
  std::optional<DeviceId> wished_of(std::string_view topic) const;

 private:
  std::optional<DeviceId> between(std::string_view topic, std::string_view part,
                                  std::string_view end) const;

  std::string prefix_;
};

// Says what is wrong with a topic to which an answer is wanted; empty if nothing is. Allowed: 1 to
// 256 bytes of UTF-8 without control characters and wildcards, not beginning with '$' (the
// broker's own topics).
std::string response_topic_fault(std::string_view topic);

}  // namespace genkan::agent
