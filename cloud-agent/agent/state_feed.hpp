#pragma once

#include <cstdint>
#include <set>

#include "cloud-agent/agent/state_mirror.hpp"
#include "cloud-agent/agent/topics.hpp"
#include "cloud-agent/agent/window.hpp"

namespace genkan::agent {

// Sends what the mirror has waiting. One thread: the loop's.
class StateFeed {
 public:
  StateFeed(Window& window, const Topics& topics) : window_(window), topics_(topics) {}

  StateMirror& mirror() { return mirror_; }
  void online();
  void pump();
  std::uint64_t refused() const { return refused_; }

 private:
  void settle(const StateMirror::Update& update, Delivery delivery, int reason);

  Window& window_;
  const Topics& topics_;
  StateMirror mirror_;
  std::uint64_t refused_ = 0;
  bool refusal_told_ = false;
};

}  // namespace genkan::agent
