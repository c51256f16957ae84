#include "drivers/devices/wake.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace genkan::devices {

namespace asio = boost::asio;

Wake::Wake(asio::any_io_executor loop, std::shared_ptr<Delay> delay)
    : loop_(std::move(loop)), delay_(std::move(delay)) {}

asio::awaitable<void> Wake::until(SteadyTime when) {
  if (std::exchange(notified_, false)) co_return;
  const auto self = shared_from_this();
  const auto ticket = delay_->call_at(when, [weak = weak_from_this()] {
    if (const auto wake = weak.lock()) wake->notify();
  });
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](auto handler) {
        waiting_ = [handler = std::move(handler)]() mutable { std::move(handler)(); };
      },
      asio::use_awaitable);
  delay_->cancel(ticket);
  notified_ = false;
}

void Wake::notify() {
  notified_ = true;
  if (!waiting_) return;
  asio::post(loop_, [resume = std::exchange(waiting_, nullptr)]() mutable { resume(); });
}

}  // namespace genkan::devices
