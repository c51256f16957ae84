#pragma once

#include <optional>
#include <span>
#include <string>

#include <poll.h>

#include "tests/building/time.hpp"

namespace building {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int release();
  int fd_ = -1;
};

// Ends another thread's wait.
class Waker {
 public:
  Waker();
  void wake() const;
  void clear() const;
  int fd() const { return event_.get(); }

 private:
  Descriptor event_;
};

// Throws std::system_error of errno with `what` if `result` is negative.
int check(int result, const std::string& what);

// poll() until something is ready or the time has come (nothing: for ever).
void poll_until(std::span<pollfd> descriptors, std::optional<Time> until);

// For the calling thread: timers without slack, and ahead of others if the system allows.
void be_punctual();

}  // namespace building
