#include "drivers/bus/resolver.hpp"

#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>

#include <netdb.h>

#include "drivers/bus/wake.hpp"

namespace genkan::bus {
namespace {

std::vector<SocketAddress> look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  std::vector<SocketAddress> addresses;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    return addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next)
    addresses.emplace_back(one->ai_addr, one->ai_addrlen);
  ::freeaddrinfo(found);
  return addresses;
}

}  // namespace

SocketAddress::SocketAddress(const sockaddr* address, socklen_t size) : size_(size) {
  std::memcpy(&storage_, address, size);
}

const sockaddr* SocketAddress::get() const { return reinterpret_cast<const sockaddr*>(&storage_); }

std::vector<SocketAddress> numeric_addresses(const std::string& host, std::uint16_t port) {
  return look_up(host, port, AI_NUMERICHOST | AI_NUMERICSERV);
}

struct Resolving::Shared {
  Wake done;
  std::mutex mutex;
  std::optional<std::vector<SocketAddress>> result;
};

Resolving::Resolving(const std::string& host, std::uint16_t port)
    : shared_(std::make_shared<Shared>()) {
  const auto work = [shared = shared_, host, port] {
    auto found = look_up(host, port, AI_NUMERICSERV);
    const std::lock_guard guard(shared->mutex);
    shared->result = std::move(found);
    shared->done.wake();
  };
  try {
    std::thread(work).detach();
  } catch (const std::system_error&) {  // no thread to be had: as if the name were not known
    shared_->result.emplace();
    shared_->done.wake();
  }
}

Resolving::~Resolving() = default;

int Resolving::descriptor() const { return shared_->done.descriptor(); }

std::optional<std::vector<SocketAddress>> Resolving::result() {
  const std::lock_guard guard(shared_->mutex);
  return shared_->result;
}

}  // namespace genkan::bus
