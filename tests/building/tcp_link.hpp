#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <thread>
#include <vector>

#include "tests/building/io.hpp"
#include "tests/building/tcp_session.hpp"
#include "tests/building/wire.hpp"

namespace building {

// Modbus TCP on 127.0.0.1, for at most 16 connections at a time (a further one is closed), with one
// thread.
class TcpLink final : public Wire {
 public:
  // `port` 0: any that is free. Throws std::system_error if it cannot listen.
  TcpLink(std::uint16_t port, std::uint32_t seed, Bank& bank);
  ~TcpLink() override;

  std::uint16_t port() const { return port_; }
  Bank& bank() override { return bank_; }
  void unplug() override { set_plugged(false); }
  void plug() override { set_plugged(true); }
  bool plugged() const override { return plugged_; }
  boost::json::object statistics() override;

 private:
  struct Client {
    Descriptor socket;
    TcpSession session;
    Bytes out;
    bool gone = false;
  };
  void listen();
  void set_plugged(bool plugged);
  void follow_wish();
  void run();
  std::optional<Time> advance();
  void accept();
  void read(Client& client);
  void send(Client& client);
  void bury();

  std::uint16_t port_;
  Bank& bank_;
  Random random_;
  Waker waker_;
  Descriptor listener_;
  std::list<Client> clients_;  // under the bank's mutex
  std::uint64_t past_requests_ = 0;
  std::uint64_t past_answers_ = 0;
  std::uint64_t connections_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> plugged_ = false;
  std::atomic<bool> wished_ = true;
  std::condition_variable followed_;  // with the bank's mutex
  std::thread thread_;
};

}  // namespace building
