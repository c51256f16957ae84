#pragma once

#include <map>

#include <boost/asio/io_context.hpp>

#include "drivers/devices/delay.hpp"

namespace genkan::devices::test {

// Time that passes only when a test says so: clock and timers in one.
class FakeTime final : public Clock, public Delay {
 public:
  SteadyTime steady() const override { return now_; }
  WallTime wall() const override {
    return WallTime{} + 56 * 365 * 24h +
           std::chrono::floor<std::chrono::milliseconds>(now_.time_since_epoch());
  }
  ClockTrust trust() const override { return ClockTrust::trusted; }

  Ticket call_at(SteadyTime when, std::function<void()> action) override;
  void cancel(Ticket ticket) override;
  std::size_t waiting() const { return waiting_.size(); }

  // Runs all that is ready in the loop, then each timer in turn, until the time has passed.
  void advance(boost::asio::io_context& io, std::chrono::milliseconds by);
  // Time passes and nothing of this program runs: it is stopped, or the machine sleeps.
  void stand_still(std::chrono::milliseconds by) { now_ += by; }

 private:
  SteadyTime now_{1000h};
  std::map<std::pair<SteadyTime, Ticket>, std::function<void()>> waiting_;
  Ticket last_ = 0;
};

}  // namespace genkan::devices::test
