#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "firmware/domain/keys/key_hash.hpp"
#include "firmware/domain/keys/temporary_key.hpp"

namespace genkan::services {

// The gateway's own keys, derived from its key file (docs/SECRETS.md): for look-ups, for visitors'
// tokens, for links, for keys that come from another gateway, for what clouds seal. Wiped when
// destroyed. Any thread.
struct KeySecrets {
  using Key = std::array<std::uint8_t, 32>;

  KeySecrets(std::span<const std::uint8_t, 32> hashing, std::span<const std::uint8_t, 32> token,
             std::span<const std::uint8_t, 32> link, std::span<const std::uint8_t, 32> receive,
             std::span<const std::uint8_t, 32> sealed);
  ~KeySecrets();
  KeySecrets(const KeySecrets&) = delete;
  KeySecrets& operator=(const KeySecrets&) = delete;

  domain::KeyHasher hasher;
  Key token{};    // domain::token_of
  Key link{};     // domain::link_token
  Key receive{};  // what other gateways seal for this one (key_transfer.hpp)
  Key sealed{};   // what clouds seal for this one follows from it (docs/CLOUD.md)
};

}  // namespace genkan::services
