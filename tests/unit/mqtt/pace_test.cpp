#include <chrono>
#include <thread>

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cloud-agent/mqtt/paho_pace.hpp"

namespace genkan::mqtt {

namespace {
std::chrono::milliseconds time_of(useconds_t microseconds) {
  const auto begin = std::chrono::steady_clock::now();
  ::usleep(microseconds);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin);
}

// A connection to a listener of its own.
class Connection {
 public:
  Connection() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const place = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_, place, sizeof address) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    REQUIRE(::getsockname(listener_, place, &length) == 0);
    port_ = ntohs(address.sin_port);
    REQUIRE(::connect(socket_, place, sizeof address) == 0);
  }
  ~Connection() {
    ::close(socket_);
    ::close(listener_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  std::uint16_t port() const { return port_; }
  bool without_delay() const {
    int on = 0;
    socklen_t length = sizeof on;
    REQUIRE(::getsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, &length) == 0);
    return on != 0;
  }
  bool ended() const {
    char byte = 0;
    return ::recv(socket_, &byte, 1, MSG_DONTWAIT) == 0;
  }

 private:
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
};
}  // namespace

TEST_CASE("pace: only the 100 ms that follow a second of waiting are left out") {
  using std::chrono::milliseconds;
  CHECK(time_of(100'000) >= milliseconds(100));     // the thread's first
  CHECK(time_of(100'000) >= milliseconds(100));     // at once behind another: never spins
  std::this_thread::sleep_for(milliseconds(1000));  // real time is the subject
  CHECK(time_of(90'000) >= milliseconds(90));       // not the sleep that is meant
  std::this_thread::sleep_for(milliseconds(1000));
  CHECK(time_of(100'000) < milliseconds(90));
  CHECK(time_of(100'000) >= milliseconds(100));
}

TEST_CASE("pace: of the sockets to a port, Nagle's algorithm is off and all are hung up together") {
  const Connection broker;
  const Connection other;
  send_without_delay(broker.port());
  CHECK(broker.without_delay());
  CHECK_FALSE(other.without_delay());
  send_without_delay();
  CHECK(other.without_delay());

  hang_up(broker.port());
  CHECK(broker.ended());
  CHECK_FALSE(other.ended());
}

}  // namespace genkan::mqtt
