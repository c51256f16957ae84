#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>

namespace genkan::bus {

class SocketAddress {
 public:
  SocketAddress(const sockaddr* address, socklen_t size);
  const sockaddr* get() const;
  socklen_t size() const { return size_; }
  int family() const { return storage_.ss_family; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_;
};

// The address itself if `host` is one; empty for names. Does not block.
std::vector<SocketAddress> numeric_addresses(const std::string& host, std::uint16_t port);

// A name being looked up, on a thread of its own: the C library's look-up blocks for many seconds
// when the name server is away, and the bus must not. Giving up is destroying this; the thread ends
// by itself when the look-up does, and holds nothing of ours.
class Resolving {
 public:
  Resolving(const std::string& host, std::uint16_t port);
  ~Resolving();

  int descriptor() const;  // readable when the result is there
  // The addresses (empty: the name is not known), once they are there.
  std::optional<std::vector<SocketAddress>> result();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace genkan::bus
