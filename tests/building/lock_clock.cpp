#include "tests/building/lock_clock.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace building {

using namespace std::chrono_literals;

void LockClock::power_up(Time at) {
  drift_ = 0;
  become(Reading(0), at);
}

void LockClock::set(std::uint32_t minutes, std::uint16_t seconds, Time at) {
  become(std::chrono::minutes(minutes) + std::chrono::seconds(seconds), at);
}

void LockClock::move(std::chrono::seconds by, Time at) { become(reading(at) + by, at); }

void LockClock::drift(int parts_per_million, Time at) {
  become(reading(at), at);
  drift_ = parts_per_million;
}

std::uint32_t LockClock::minute(Time at) const {
  return static_cast<std::uint32_t>(reading(at) / 1min);
}

std::uint16_t LockClock::second(Time at) const {
  return static_cast<std::uint16_t>(reading(at) % 1min / 1s);
}

LockClock::Reading LockClock::reading(Time at) const {
  const auto passed = std::chrono::duration_cast<Reading>(at - since_);
  const double gained = static_cast<double>(passed.count()) * drift_ / 1e6;
  const Reading end = std::chrono::minutes(std::numeric_limits<std::uint32_t>::max()) + 59s;
  return std::clamp(base_ + passed + Reading(std::llround(gained)), Reading(0), end);
}

void LockClock::become(Reading reading, Time at) {
  base_ = std::max(reading, Reading(0));
  since_ = at;
}

}  // namespace building
