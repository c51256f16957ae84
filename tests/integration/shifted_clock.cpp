#include "tests/integration/shifted_clock.hpp"

#include <cstdlib>

namespace genkan::test {

// NOLINTBEGIN(concurrency-mt-unsafe): by contract before there are other threads
ShiftedClock::ShiftedClock() {
  set(std::chrono::seconds(0));
  ::setenv("GENKAN_CLOCK_SHIFT", (folder_.path() / "shift").c_str(), 1);
  ::setenv("LD_PRELOAD", GENKAN_CLOCK_SHIM, 1);
}

ShiftedClock::~ShiftedClock() {
  ::unsetenv("LD_PRELOAD");
  ::unsetenv("GENKAN_CLOCK_SHIFT");
}
// NOLINTEND(concurrency-mt-unsafe)

void ShiftedClock::set(std::chrono::seconds ahead) {
  write_file(folder_.path() / "shift", std::to_string(ahead.count()));
}

}  // namespace genkan::test
