#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace genkan::model {

// Chance that is the same on every machine for the same seed (the standard's distributions are
// not).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  // From low to high, both included.
  std::int64_t number(std::int64_t low, std::int64_t high) {
    const auto range = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int64_t>(engine_() % range);
  }
  bool chance(int percent) { return number(0, 99) < percent; }
  template <class List>
  auto& one_of(List& list) {
    return list[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(list.size()) - 1))];
  }
  template <class List>
  std::size_t index(const List& list) {
    return static_cast<std::size_t>(number(0, static_cast<std::int64_t>(list.size()) - 1));
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace genkan::model
