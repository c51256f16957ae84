#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include <boost/asio/awaitable.hpp>

namespace genkan::services {

// Lets coroutines of one loop wait for something to happen. Loop thread.
class Signal {
 public:
  Signal();
  ~Signal();  // those who wait are not woken; their own limit ends them
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  // Suspends until ring(), at most `most`. True if it was rung. The caller looks at its condition
  // again: several may wait for different things. May outlive the signal.
  boost::asio::awaitable<bool> wait(std::chrono::milliseconds most);
  // Wakes all who wait now; they go on from the loop, never inside this call.
  void ring();
  std::size_t waiting() const;

 private:
  struct Waiters;
  std::shared_ptr<Waiters> waiters_;
};

}  // namespace genkan::services
