#include "drivers/devices/delay.hpp"

#include <map>
#include <utility>

#include <boost/asio/steady_timer.hpp>

namespace genkan::devices {

namespace {

class LoopDelay final : public Delay, public std::enable_shared_from_this<LoopDelay> {
 public:
  explicit LoopDelay(const boost::asio::any_io_executor& loop) : timer_(loop) {}

  Ticket call_at(SteadyTime when, std::function<void()> action) override {
    const Ticket ticket = ++last_;
    waiting_.emplace(Key{when, ticket}, std::move(action));
    due_.emplace(ticket, when);
    arm();
    return ticket;
  }

  void cancel(Ticket ticket) override {
    const auto found = due_.find(ticket);
    if (found == due_.end()) return;
    // The timer stays armed: firing in vain costs less than re-arming at each read-back.
    waiting_.erase(Key{found->second, ticket});
    due_.erase(found);
  }

 private:
  using Key = std::pair<SteadyTime, Ticket>;

  void arm() {
    if (waiting_.empty()) return;
    const SteadyTime first = waiting_.begin()->first.first;
    if (armed_ && armed_until_ <= first) return;
    armed_ = true;
    armed_until_ = first;
    timer_.expires_at(first);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code failure) {
      const auto self = weak.lock();
      if (self && !failure) self->fire();
    });
  }

  void fire() {
    armed_ = false;
    const SteadyTime now = Steady::now();
    while (!waiting_.empty() && waiting_.begin()->first.first <= now) {
      const auto first = waiting_.begin();
      const auto action = std::move(first->second);
      due_.erase(first->first.second);
      waiting_.erase(first);
      action();
    }
    arm();
  }

  boost::asio::steady_timer timer_;
  std::map<Key, std::function<void()>> waiting_;
  std::map<Ticket, SteadyTime> due_;
  Ticket last_ = 0;
  bool armed_ = false;
  SteadyTime armed_until_{};
};

}  // namespace

std::shared_ptr<Delay> loop_delay(boost::asio::any_io_executor loop) {
  return std::make_shared<LoopDelay>(loop);
}

}  // namespace genkan::devices
