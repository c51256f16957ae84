#include "cloud-agent/agent/paho_pace.hpp"

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

template <class Work>
void for_internet_sockets(Work work) {
  constexpr int most_descriptors = 1024;
  for (int descriptor = 0; descriptor < most_descriptors; ++descriptor) {
    int domain = 0;
    socklen_t length = sizeof domain;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) continue;
    if (domain == AF_INET || domain == AF_INET6) work(descriptor);
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

namespace genkan::agent {

void send_without_delay() {
  const int on = 1;
  for_internet_sockets([&on](int descriptor) {
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  });
}

void hang_up() {
  for_internet_sockets([](int descriptor) { ::shutdown(descriptor, SHUT_RDWR); });
}

}  // namespace genkan::agent
