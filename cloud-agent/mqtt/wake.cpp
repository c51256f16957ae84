#include "cloud-agent/mqtt/wake.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace genkan::mqtt {

namespace asio = boost::asio;

void Wake::ring() {
  rung_ = true;
  timer_.cancel();
}

asio::awaitable<bool> Wake::wait(std::chrono::milliseconds at_most) {
  if (!rung_) {
    timer_.expires_after(at_most);
    const auto ended = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    static_cast<void>(ended);  // rung or in time: both mean go on
  }
  co_return std::exchange(rung_, false);
}

std::chrono::milliseconds Pause::next() {
  return std::exchange(next_, std::min(next_ * 2, longest));
}

}  // namespace genkan::mqtt
