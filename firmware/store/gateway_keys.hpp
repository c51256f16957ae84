#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "firmware/base/cipher.hpp"

namespace genkan::store {

// A key of 32 bytes. There is no way to print it; wiped when destroyed.
class SecretKey {
 public:
  static constexpr std::size_t size = 32;

  explicit SecretKey(std::span<const std::uint8_t, size> bytes) {
    std::ranges::copy(bytes, bytes_.begin());
  }
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey() { wipe(bytes_); }

  std::span<const std::uint8_t, size> bytes() const { return bytes_; }
  bool operator==(const SecretKey&) const = default;

 private:
  std::array<std::uint8_t, size> bytes_{};
};

// What the rest of the gateway may know of its key file (docs/SECRETS.md): keys derived from its
// root, each for one purpose. The same over rotations and restarts; others once the file was lost.
struct GatewayKeys {
  SecretKey hashing;  // domain::KeyHasher
  SecretKey token;    // domain::token_of, domain::serial_of (KEY-42)
  SecretKey link;     // of shared pages (KEY-50)
  SecretKey receive;  // X25519: what other gateways seal for this one (docs/SECRETS.md)
  SecretKey sealed;  // the P-256 key follows from it: what clouds seal for this one (docs/CLOUD.md)
};

}  // namespace genkan::store
