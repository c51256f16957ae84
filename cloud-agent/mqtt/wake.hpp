#pragma once

#include <chrono>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace genkan::mqtt {

// A coroutine's bell: it waits until somebody rings or the time is up. A ring while nobody waits is
// kept (one). One waiter; one thread.
class Wake {
 public:
  explicit Wake(const boost::asio::any_io_executor& loop) : timer_(loop) {}

  void ring();
  // Whether it was rung.
  boost::asio::awaitable<bool> wait(std::chrono::milliseconds at_most);

 private:
  boost::asio::steady_timer timer_;
  bool rung_ = false;
};

// Pauses between attempts: 0.5 s, doubled up to 5 s.
class Pause {
 public:
  std::chrono::milliseconds next();
  void reset() { next_ = first; }

 private:
  static constexpr std::chrono::milliseconds first{500};
  static constexpr std::chrono::milliseconds longest{5000};
  std::chrono::milliseconds next_ = first;
};

}  // namespace genkan::mqtt
