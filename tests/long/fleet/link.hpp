#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tests/long/fleet/packets.hpp"

namespace genkan::fleet {

// Who verifies the broker's certificate (a file of PEM) and speaks TLS 1.2 or newer; for all links.
boost::asio::ssl::context make_tls(const std::string& authority_file);

class LinkListener {
 public:
  virtual ~LinkListener() = default;
  virtual void on_online() = 0;
  virtual void on_offline() = 0;  // after each on_online
  virtual void on_acknowledged(std::uint16_t packet_id, int reason) = 0;
  virtual void on_arrived(const Arrived& message) = 0;
};

struct LinkNeeds {
  boost::asio::io_context& loop;
  boost::asio::ssl::context& tls;
  std::uint16_t port = 0;        // of the broker, which is localhost
  std::string certificate, key;  // PEM
  ConnectWords words;
  std::string subscription;
};

// An MQTT session over TLS with a certificate of its own, as genkan-agent has it: connecting is
// given up after 10 s; after a failure it is tried again after 1 s, doubled up to 30 s, each by
// chance up to a half shorter. One thread: the loop's.
class Link {
 public:
  Link(LinkNeeds needs, LinkListener& listener);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Connects, now and whenever it is lost.
  void come();
  // Closes the connection as a cut cable would, and stays away; the listener is told.
  void vanish();
  bool online() const { return online_; }
  void send(std::string packet);

 private:
  struct Connection;

  void connect();
  void watch();
  void greet(const std::shared_ptr<Connection>& connection);
  void read(const std::shared_ptr<Connection>& connection);
  void write(const std::shared_ptr<Connection>& connection);
  void take(const Packet& packet);
  void lost(std::shared_ptr<Connection> connection);
  void keep_alive();

  LinkNeeds needs_;
  LinkListener& listener_;
  boost::asio::steady_timer timer_;  // of the pause, the connect, or the keep-alive
  std::shared_ptr<Connection> connection_;
  std::minstd_rand chance_{std::random_device{}()};
  std::chrono::milliseconds pause_;
  bool wanted_ = false;
  bool online_ = false;
};

}  // namespace genkan::fleet
