#include "tests/unit/devices/fake_time.hpp"

#include <algorithm>

namespace genkan::devices::test {

Delay::Ticket FakeTime::call_at(SteadyTime when, std::function<void()> action) {
  waiting_.emplace(std::pair{when, ++last_}, std::move(action));
  return last_;
}

void FakeTime::cancel(Ticket ticket) {
  std::erase_if(waiting_, [ticket](const auto& entry) { return entry.first.second == ticket; });
}

void FakeTime::advance(boost::asio::io_context& io, std::chrono::milliseconds by) {
  const SteadyTime until = now_ + by;
  const auto settle = [&io] {
    io.restart();
    io.poll();
  };
  settle();
  while (!waiting_.empty() && waiting_.begin()->first.first <= until) {
    const auto first = waiting_.begin();
    now_ = std::max(now_, first->first.first);
    const auto action = std::move(first->second);
    waiting_.erase(first);
    action();
    settle();
  }
  now_ = until;
  settle();
}

}  // namespace genkan::devices::test
