#pragma once

#include <chrono>
#include <cstdint>

#include "tests/building/time.hpp"

namespace building {

// A lock's own clock, on the wall: counted from 2000-01-01 00:00, where it begins when the lock is
// powered up. It never reads less than that, nor more than 32 bits of minutes.
class LockClock {
 public:
  void power_up(Time at);
  void set(std::uint32_t minutes, std::uint16_t seconds, Time at);
  void move(std::chrono::seconds by, Time at);
  // From now on it gains so many parts in a million; negative: it loses.
  void drift(int parts_per_million, Time at);

  std::uint32_t minute(Time at) const;
  std::uint16_t second(Time at) const;

 private:
  using Reading = std::chrono::microseconds;
  Reading reading(Time at) const;
  void become(Reading reading, Time at);

  Reading base_{0};
  Time since_{};
  int drift_ = 0;  // parts in a million
};

}  // namespace building
