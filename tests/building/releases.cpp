#include "tests/building/releases.hpp"

#include <utility>

namespace building {

namespace {
constexpr std::size_t most_kept = 64;
}

void Releases::add(Move move) {
  if (move.what == "compartment_door" && move.by == By::bus && move.part) {
    const std::lock_guard lock(mutex_);
    if (released_.size() < most_kept) released_.push_back(*move.part);
  }
  onward_.add(std::move(move));
}

std::vector<int> Releases::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(released_, {});
}

}  // namespace building
