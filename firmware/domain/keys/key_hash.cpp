#include "firmware/domain/keys/key_hash.hpp"

#include <algorithm>

#include "firmware/base/cipher.hpp"

namespace genkan::domain {

std::string_view name_of(Credential credential) {
  switch (credential) {
    case Credential::code: return "code";
    case Credential::card: return "card";
    case Credential::qr: return "qr";
    case Credential::face: return "face";
    case Credential::phone: return "phone";
    case Credential::link: return "link";
    case Credential::software_code: return "software_code";
    case Credential::resident_key: return "resident_key";
    case Credential::remote: return "remote";
  }
  return "unknown";
}

KeyHasher::KeyHasher(std::span<const std::uint8_t, 32> key) {
  std::ranges::copy(key, key_.begin());
}

KeyHasher::~KeyHasher() { wipe(key_); }

KeyHash KeyHasher::of(Credential sort, std::span<const std::uint8_t> secret) const {
  const std::uint8_t first[] = {static_cast<std::uint8_t>(sort)};
  const Digest digest = hmac_sha256(key_, {first, secret});
  KeyHash hash;
  std::copy_n(digest.begin(), hash.bytes.size(), hash.bytes.begin());
  return hash;
}

KeyHash KeyHasher::of(Credential sort, std::string_view secret) const {
  return of(sort, std::span(reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size()));
}

KeyHash KeyHasher::of(const Code& code) const { return of(Credential::code, code.digits()); }

KeyHash KeyHasher::of(const CardNumber& card) const { return of(Credential::card, card.bytes()); }

}  // namespace genkan::domain
