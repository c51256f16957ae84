#include "firmware/services/keys/key_secrets.hpp"

#include <algorithm>

#include "firmware/base/cipher.hpp"

namespace genkan::services {

KeySecrets::KeySecrets(std::span<const std::uint8_t, 32> hashing,
                       std::span<const std::uint8_t, 32> its_token,
                       std::span<const std::uint8_t, 32> its_link,
                       std::span<const std::uint8_t, 32> its_receive,
                       std::span<const std::uint8_t, 32> its_sealed)
    : hasher(hashing) {
  std::ranges::copy(its_token, token.begin());
  std::ranges::copy(its_link, link.begin());
  std::ranges::copy(its_receive, receive.begin());
  std::ranges::copy(its_sealed, sealed.begin());
}

KeySecrets::~KeySecrets() {
  wipe(token);
  wipe(link);
  wipe(receive);
  wipe(sealed);
}

}  // namespace genkan::services
