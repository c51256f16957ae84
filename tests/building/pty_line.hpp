#pragma once

#include <atomic>
#include <condition_variable>
#include <string>
#include <thread>

#include "tests/building/io.hpp"
#include "tests/building/rtu_line.hpp"
#include "tests/building/wire.hpp"

namespace building {

// A serial line as a pseudo-terminal, reached by a symbolic link, with a thread that keeps its
// time.
class PtyLine final : public Wire {
 public:
  struct Options {
    std::string link;  // path of the symbolic link
    SerialTiming timing;
    std::uint32_t seed = 1;
    std::size_t chunk = 0;
  };
  // Throws std::system_error if the pseudo-terminal or the link cannot be made.
  PtyLine(Options options, Bank& bank);
  ~PtyLine() override;  // removes the link

  Bank& bank() override { return bank_; }
  void unplug() override { set_plugged(false); }
  void plug() override { set_plugged(true); }
  bool plugged() const override { return plugged_; }
  boost::json::object statistics() override;

 private:
  void open();
  void close();
  void set_plugged(bool plugged);
  void run();
  void follow_wish();
  void look_for_reader();
  void reset_port();
  void read();
  void send(std::span<const std::uint8_t> bytes);

  Options options_;
  Bank& bank_;
  RtuLine line_;  // under the bank's mutex
  Waker waker_;
  Descriptor master_;
  std::string port_;  // the path behind the link
  // Whether somebody has the port open. What is sent while nobody has is gone, as on a real line.
  std::atomic<bool> has_reader_ = false;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> plugged_ = false;
  std::atomic<bool> wished_ = true;
  std::condition_variable followed_;        // with the bank's mutex
  std::atomic<std::uint64_t> dropped_ = 0;  // bytes that nobody took
  std::thread thread_;
};

}  // namespace building
