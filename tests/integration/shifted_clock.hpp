#pragma once

#include <chrono>

#include "tests/integration/process.hpp"

namespace genkan::test {

// A wall clock that is wrong, for programs that this process starts: as long as the object lives,
// they get a library preloaded that shifts CLOCK_REALTIME (clock_shim). To be made before anything
// is started, as it changes this process's environment. This process's own clock is right.
class ShiftedClock {
 public:
  ShiftedClock();
  ~ShiftedClock();
  ShiftedClock(const ShiftedClock&) = delete;
  ShiftedClock& operator=(const ShiftedClock&) = delete;

  // For programs that start from now on; at first 0. Negative: their clock is behind.
  void set(std::chrono::seconds ahead);

 private:
  TempDir folder_;
};

}  // namespace genkan::test
