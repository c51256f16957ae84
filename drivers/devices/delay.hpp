#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "firmware/base/clock.hpp"

namespace genkan::devices {

// What waits. Passed in, so that tests move time by hand. Loop thread.
class Delay {
 public:
  using Ticket = std::uint64_t;  // 0 is no ticket

  virtual ~Delay() = default;
  // Calls `action` once on the loop, at `when` or soon after, never inside this call. Destroying
  // the delay drops what still waits.
  virtual Ticket call_at(SteadyTime when, std::function<void()> action) = 0;
  // After this the action is not called. Tickets that are over are ignored.
  virtual void cancel(Ticket ticket) = 0;
};

// The loop's own: one timer for all that waits.
std::shared_ptr<Delay> loop_delay(boost::asio::any_io_executor loop);

}  // namespace genkan::devices
