#pragma once

#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "drivers/devices/delay.hpp"

namespace genkan::devices {

// Lets one coroutine wait until something may have changed, or until a time; it looks again itself
// (as with a condition variable). Loop thread; held by shared_ptr.
class Wake : public std::enable_shared_from_this<Wake> {
 public:
  Wake(boost::asio::any_io_executor loop, std::shared_ptr<Delay> delay);

  // Ends at the next notify() (or at once, if there was one since the last wait), or at `when`. One
  // coroutine at a time. Whoever lets go of a Wake with a waiting coroutine notifies it first.
  boost::asio::awaitable<void> until(SteadyTime when);
  // The coroutine goes on in a later turn of the loop.
  void notify();

 private:
  boost::asio::any_io_executor loop_;
  std::shared_ptr<Delay> delay_;
  std::move_only_function<void()> waiting_;
  bool notified_ = false;
};

}  // namespace genkan::devices
