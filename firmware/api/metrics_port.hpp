#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "firmware/api/session.hpp"
#include "firmware/base/error.hpp"
#include "firmware/services/gateway.hpp"

namespace genkan::api {

// Where a TCP socket listens: an address in numbers, IPv4 or IPv6, and a port.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const ListenAddress&) const = default;
};
// "127.0.0.1:9464" or "[::1]:9464", port 1 to 65535.
Result<ListenAddress> parse_listen(std::string_view text);

// From the settings: [metrics].
struct MetricsPortOptions {
  ListenAddress address;
  std::size_t most_connections = 8;  // further ones are answered 503 and closed
  SessionLimits limits;
  std::chrono::milliseconds retry{10'000};  // while the address cannot be had
};

// GET /metrics over TCP, and nothing else, to anybody who can reach it. Loop thread. The gateway
// must outlive the loop's last run.
class MetricsPort {
 public:
  MetricsPort(boost::asio::any_io_executor loop, services::Gateway& gateway,
              MetricsPortOptions options);
  ~MetricsPort();
  MetricsPort(const MetricsPort&) = delete;
  MetricsPort& operator=(const MetricsPort&) = delete;

  // Takes connections from then on. While the address cannot be had (taken, or not there yet) that
  // is logged once and tried again: nothing else waits for it.
  void start();
  // Takes no more connections and closes those that are open.
  void stop();
  bool listening() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace genkan::api
