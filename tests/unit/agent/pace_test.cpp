#include <chrono>
#include <thread>

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cloud-agent/agent/paho_pace.hpp"

namespace genkan::agent {

namespace {
std::chrono::milliseconds time_of(useconds_t microseconds) {
  const auto begin = std::chrono::steady_clock::now();
  ::usleep(microseconds);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin);
}
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

TEST_CASE("pace: Nagle's algorithm is off for internet sockets") {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  send_without_delay();
  int on = 0;
  socklen_t length = sizeof on;
  REQUIRE(::getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, &length) == 0);
  CHECK(on != 0);
  ::close(socket);
}

}  // namespace genkan::agent
