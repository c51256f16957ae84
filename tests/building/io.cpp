#include "tests/building/io.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace building {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = other.release();
  }
  return *this;
}

void Descriptor::close() {
  if (fd_ >= 0) ::close(release());
}

int Descriptor::release() { return std::exchange(fd_, -1); }

Waker::Waker() : event_(check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {}

void Waker::wake() const {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the other thread is awake.
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
}

void Waker::clear() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = ::read(event_.get(), &count, sizeof count);
}

int check(int result, const std::string& what) {
  if (result < 0) throw std::system_error(errno, std::system_category(), what);
  return result;
}

void poll_until(std::span<pollfd> descriptors, std::optional<Time> until) {
  timespec wait{};
  if (until) {
    const auto left = std::max(Duration::zero(), *until - std::chrono::steady_clock::now());
    wait.tv_sec = left.count() / 1'000'000'000;
    wait.tv_nsec = left.count() % 1'000'000'000;
  }
  const int ready = ppoll(descriptors.data(), descriptors.size(), until ? &wait : nullptr, nullptr);
  if (ready > 0) return;
  for (pollfd& one : descriptors) one.revents = 0;
  if (ready < 0 && errno != EINTR) check(ready, "poll");
}

void be_punctual() {
  prctl(PR_SET_TIMERSLACK, 1UL);
  sched_param parameters{};
  parameters.sched_priority = 10;
  // Not allowed for everybody; then we do without.
  pthread_setschedparam(pthread_self(), SCHED_RR, &parameters);
}

}  // namespace building
