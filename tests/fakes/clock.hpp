#pragma once

#include "firmware/base/clock.hpp"

namespace genkan::fakes {

// Stands still until it is moved. Begins at 2026-11-20T00:00:00Z, trusted.
class FakeClock final : public Clock {
 public:
  SteadyTime steady() const override { return steady_; }
  WallTime wall() const override { return wall_; }
  ClockTrust trust() const override { return trust_; }

  void pass(std::chrono::milliseconds time) {
    steady_ += time;
    wall_ += time;
  }
  // The wall clock alone jumps.
  void jump(std::chrono::milliseconds by) { wall_ += by; }
  void trust(ClockTrust trust) { trust_ = trust; }

 private:
  SteadyTime steady_{std::chrono::hours(1000)};
  WallTime wall_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)};
  ClockTrust trust_ = ClockTrust::trusted;
};

}  // namespace genkan::fakes
