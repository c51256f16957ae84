#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "cloud-agent/relay/mirror.hpp"

namespace genkan::relay {

// What the receiving thread committed, on its way to the loop: one entry a gateway, however many
// messages came, so that it is bounded by the fleet and not by how fast the loop is.
class Handover {
 public:
  // `ring` wakes the loop; it is called on the receiving thread, once until take() is called.
  explicit Handover(std::function<void()> ring) : ring_(std::move(ring)) {}

  void put(Taken taken);
  std::vector<Taken> take();

 private:
  std::function<void()> ring_;
  std::mutex mutex_;
  std::unordered_map<std::string, Taken> waiting_;
};

}  // namespace genkan::relay
