#pragma once

#include <chrono>
#include <deque>

#include "tests/building/time.hpp"

namespace building {

// The keypad's guard against guessing: the fifth wrong code within 60 s locks it for 3 minutes.
class Keypad {
 public:
  static constexpr std::size_t most_wrong = 5;
  static constexpr std::chrono::seconds within{60};
  static constexpr std::chrono::minutes locked_for{3};

  bool locked(Time now) const { return held_ || now < locked_until_; }
  // Codes typed while it is not locked.
  void wrong(Time now);
  void right() { wrong_.clear(); }
  // Locked until it is let go, whatever the time; letting go ends the 3 minutes as well.
  void hold(bool on);

 private:
  std::deque<Time> wrong_;  // at most `most_wrong`
  Time locked_until_{};
  bool held_ = false;
};

}  // namespace building
