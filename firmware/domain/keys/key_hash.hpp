#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "firmware/domain/keys/code.hpp"

namespace genkan::domain {

// A keyed hash of what is shown (KEY-24): HMAC-SHA-256 under a key of this gateway, cut to 128
// bits. Equal secrets have equal hashes; without the key it tells nothing. May be stored, not sent.
struct KeyHash {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const KeyHash&) const = default;
};

// What sort of thing is shown; hashes of different sorts never meet. The numbers go into hashes
// that are stored: they stay.
enum class Credential : std::uint8_t {
  code,           // typed at a lock, reader or intercom
  card,           //
  qr,             // temporary key (KEY-40)
  face,           // the intercom's id of a face (KEY-31)
  phone,          // NFC id (KEY-32)
  link,           // page (KEY-50)
  software_code,  // typed on the door's page (KEY-23)
  resident_key,   // three digits at the entrance (KEY-33)
  remote,         // a command of a caller; has no secret
};
std::string_view name_of(Credential credential);

// Makes keyed hashes; holds the key (32 bytes), wiped when destroyed. Any thread.
class KeyHasher {
 public:
  explicit KeyHasher(std::span<const std::uint8_t, 32> key);
  ~KeyHasher();
  KeyHasher(const KeyHasher&) = delete;
  KeyHasher& operator=(const KeyHasher&) = delete;

  KeyHash of(Credential sort, std::span<const std::uint8_t> secret) const;
  KeyHash of(Credential sort, std::string_view secret) const;
  KeyHash of(const Code& code) const;
  KeyHash of(const CardNumber& card) const;

 private:
  std::array<std::uint8_t, 32> key_;
};

}  // namespace genkan::domain

template <>
struct std::hash<genkan::domain::KeyHash> {
  std::size_t operator()(const genkan::domain::KeyHash& hash) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, hash.bytes.data(), sizeof value);  // it is random already
    return value;
  }
};
