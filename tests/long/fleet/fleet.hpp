#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tests/long/fleet/gateway.hpp"

namespace genkan::fleet {

// Thousands of simulated gateways on a thread of their own. Called from one other thread; each call
// returns once it is done there. Throws what ended the thread.
class Fleet {
 public:
  Fleet(const std::string& authority_file, std::uint16_t port);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // They connect, all at once.
  void add(const std::vector<Gateway::Setup>& setups);
  // So many things happen a second, at one gateway after the other.
  void set_pace(double records_a_second);
  // At every gateway, as fast as the broker takes them.
  void flood(int records_each, std::size_t most_in_message);
  // Every connection is cut, and stays away; they come back, all at once.
  void vanish();
  void come();

  struct Totals {
    std::int64_t gateways = 0;
    std::int64_t online = 0;
    std::int64_t head = 0;          // sum of the journals' last numbers
    std::int64_t acknowledged = 0;  // gateways all of whose records the broker has
    std::uint64_t commands = 0;     // carried out
  };
  Totals totals();

 private:
  void on_loop(const std::function<void()>& work);
  void beat();

  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::ssl::context tls_;
  std::uint16_t port_;
  std::vector<std::unique_ptr<Gateway>> gateways_;
  boost::asio::steady_timer timer_;
  double pace_ = 0;
  double due_ = 0;  // things that are to happen
  std::size_t looked_at_ = 0;
  std::size_t next_ = 0;
  std::exception_ptr fault_;
  std::thread thread_;
};

}  // namespace genkan::fleet
