#pragma once

#include <mutex>
#include <vector>

#include "tests/building/moves.hpp"

namespace building {

// Passes moves on, and keeps which compartments the gateway has released (opened over the bus) for
// whoever lives here. At most 64 are kept; further ones are forgotten.
class Releases final : public MoveSink {
 public:
  explicit Releases(MoveSink& onward) : onward_(onward) {}

  void add(Move move) override;  // any thread
  // Those since the last time.
  std::vector<int> take();

 private:
  MoveSink& onward_;
  std::mutex mutex_;
  std::vector<int> released_;
};

}  // namespace building
