#include "drivers/bus/wake.hpp"

#include <cstdint>
#include <cstdlib>

#include <sys/eventfd.h>
#include <unistd.h>

namespace genkan::bus {

Wake::Wake() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  // Without a descriptor nothing in this process can go on; say so here rather than spin.
  if (descriptor_ < 0) std::abort();
}

Wake::~Wake() { ::close(descriptor_); }

void Wake::wake() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the sleeper is awake already.
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

void Wake::clear() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = ::read(descriptor_, &count, sizeof count);
}

}  // namespace genkan::bus
