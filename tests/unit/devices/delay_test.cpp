#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "drivers/devices/wake.hpp"

// The loop's own timers. Times that have passed already, so that nothing sleeps.
namespace genkan::devices::test {

TEST_CASE("delay: in order of time, once, never inside the call, and not after cancel") {
  boost::asio::io_context io;
  const auto delay = loop_delay(io.get_executor());
  const SteadyTime now = Steady::now();
  std::string order;
  delay->call_at(now - 1ms, [&order] { order += 'c'; });
  delay->call_at(now - 3ms, [&order] { order += 'a'; });
  const auto dropped = delay->call_at(now - 2ms, [&order] { order += 'x'; });
  delay->call_at(now - 2ms, [&order, &delay, now] {
    order += 'b';
    delay->call_at(now - 1ms, [&order] { order += 'd'; });
  });
  delay->cancel(dropped);
  CHECK(order.empty());
  io.run();
  CHECK(order == "abcd");
  delay->cancel(dropped);
}

TEST_CASE("wake: a notice from before the wait is not lost, and a time ends it") {
  boost::asio::io_context io;
  const auto wake = std::make_shared<Wake>(io.get_executor(), loop_delay(io.get_executor()));
  int woken = 0;
  const auto waiter = [](std::shared_ptr<Wake> on, int& count) -> boost::asio::awaitable<void> {
    co_await on->until(SteadyTime::max());
    ++count;
    co_await on->until(Steady::now() - 1ms);
    ++count;
  };
  wake->notify();
  boost::asio::co_spawn(io, waiter(wake, woken), boost::asio::detached);
  io.run();
  CHECK(woken == 2);
}

}  // namespace genkan::devices::test
