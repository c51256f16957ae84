#include "cloud-agent/mqtt/paho_pace.hpp"

#include <cerrno>
#include <ctime>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr long second = 1'000'000;          // microseconds
constexpr useconds_t idle_sleep = 100'000;  // MQTTAsync_sleep(100L), the one after a wait
constexpr long idle_wait = 900'000;         // its wait is of 1 s; less a margin for the clock

long now_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * second + now.tv_nsec / 1000;
}

// The port at the other end of an internet socket; 0 for all else.
std::uint16_t peer_port(int descriptor) {
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &length) != 0) return 0;
  if (peer.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in&>(peer).sin_port);
  if (peer.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(peer).sin6_port);
  return 0;
}

template <class Work>
void for_sockets_to(std::uint16_t port, Work work) {
  constexpr int most_descriptors = 1024;
  for (int descriptor = 0; descriptor < most_descriptors; ++descriptor) {
    const auto peer = peer_port(descriptor);
    if (peer != 0 && (port == 0 || peer == port)) work(descriptor);
  }
}

int sleep_for(useconds_t microseconds) {
  const timespec time{static_cast<time_t>(microseconds / second),
                      static_cast<long>(microseconds % second) * 1000};
  const int error = ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
  if (error != 0) errno = error;
  return error == 0 ? 0 : -1;
}

}  // namespace

// usleep(3) with the exception told in the header. Each thread remembers when it last woke here: a
// call for just 100 ms that comes a whole wait later is the sleep after an idle wait. Such a call
// returns at once, and the thread then waits for a second again, so at most once a second.
extern "C" int usleep(useconds_t microseconds) {
  static thread_local long woke = 0;
  const bool idle = microseconds == idle_sleep && woke != 0 && now_us() - woke >= idle_wait;
  const int result = idle ? 0 : sleep_for(microseconds);
  woke = now_us();
  return result;
}

namespace genkan::mqtt {

void send_without_delay(std::uint16_t port) {
  const int on = 1;
  for_sockets_to(port, [&on](int descriptor) {
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  });
}

void hang_up(std::uint16_t port) {
  for_sockets_to(port, [](int descriptor) { ::shutdown(descriptor, SHUT_RDWR); });
}

}  // namespace genkan::mqtt
