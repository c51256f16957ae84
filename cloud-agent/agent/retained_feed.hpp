#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cloud-agent/agent/retained_mirror.hpp"
#include "cloud-agent/agent/window.hpp"

namespace genkan::agent {

// Sends what a mirror has waiting. One thread: the loop's.
class RetainedFeed {
 public:
  using TopicOf = std::function<std::string(const DeviceId&)>;

  // `what` names it in the log: "a device's state".
  RetainedFeed(Window& window, RetainedMirror& mirror, TopicOf topic_of, std::string_view what)
      : window_(window), mirror_(mirror), topic_of_(std::move(topic_of)), what_(what) {}

  void online();
  void pump();
  std::uint64_t refused() const { return refused_; }

 private:
  void settle(const RetainedMirror::Update& update, mqtt::Delivery delivery, int reason);

  Window& window_;
  RetainedMirror& mirror_;
  TopicOf topic_of_;
  std::string what_;
  std::uint64_t refused_ = 0;
  bool refusal_told_ = false;
};

}  // namespace genkan::agent
