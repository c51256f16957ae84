#include "firmware/base/service_manager.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan {

namespace {

// A datagram socket that sends to `name`, -1 if that is no address of one.
int connect_to(std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() < 2 || name.size() >= sizeof address.sun_path) return -1;
  if (name.front() != '/' && name.front() != '@') return -1;
  std::copy(name.begin(), name.end(), address.sun_path);
  if (name.front() == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  // The system's own idiom for addresses of every family.
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    ::close(descriptor);
    return -1;
  }
  return descriptor;
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read once, at start
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

ServiceManager::ServiceManager(std::string_view socket, std::string_view watchdog)
    : descriptor_(connect_to(socket)) {
  const auto limit = parse_integer<std::int64_t>(watchdog, 1, INT64_MAX);
  if (limit && listening()) alive_every_ = std::chrono::microseconds(*limit / 2);
}

ServiceManager ServiceManager::from_environment() {
  const auto owner = variable("WATCHDOG_PID");
  const bool ours = owner.empty() || owner == cat(::getpid());
  return {variable("NOTIFY_SOCKET"), ours ? variable("WATCHDOG_USEC") : std::string_view()};
}

ServiceManager::ServiceManager(ServiceManager&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), alive_every_(other.alive_every_) {}

ServiceManager::~ServiceManager() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void ServiceManager::status(std::string_view sentence) {
  send(cat("STATUS=", printable(sentence, 500)));
}

void ServiceManager::send(std::string_view assignment) {
  if (descriptor_ < 0) return;
  // Nobody could be told of a failure.
  [[maybe_unused]] const auto sent =
      ::send(descriptor_, assignment.data(), assignment.size(), MSG_NOSIGNAL);
}

}  // namespace genkan
