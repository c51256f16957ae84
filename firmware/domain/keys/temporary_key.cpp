#include "firmware/domain/keys/temporary_key.hpp"

#include <algorithm>

#include "firmware/base/base64url.hpp"
#include "firmware/base/cipher.hpp"
#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

constexpr std::string_view prefix = "GENKAN1.";
constexpr std::size_t serial_size = 8;
constexpr std::size_t proof_size = 16;
constexpr std::size_t text_size = (serial_size + proof_size) * 4 / 3;

using SerialBytes = std::array<std::uint8_t, serial_size>;

SerialBytes bytes_of(std::uint64_t serial) {
  SerialBytes bytes{};
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(serial >> 56);
    serial <<= 8;
  }
  return bytes;
}

std::array<std::uint8_t, proof_size> proof_of(const SerialBytes& serial,
                                              std::span<const std::uint8_t, 32> key) {
  const std::span said(reinterpret_cast<const std::uint8_t*>(prefix.data()), prefix.size());
  const Digest digest = hmac_sha256(key, {said, serial});
  std::array<std::uint8_t, proof_size> proof{};
  std::copy_n(digest.begin(), proof.size(), proof.begin());
  return proof;
}

}  // namespace

std::string token_of(std::uint64_t serial, std::span<const std::uint8_t, 32> key) {
  const auto number = bytes_of(serial);
  const auto proof = proof_of(number, key);
  std::array<std::uint8_t, serial_size + proof_size> all{};
  std::ranges::copy(proof, std::ranges::copy(number, all.begin()).out);
  return cat(prefix, base64url(all));
}

std::optional<std::uint64_t> serial_of(std::string_view token,
                                       std::span<const std::uint8_t, 32> key) {
  if (token.size() != prefix.size() + text_size || !token.starts_with(prefix)) return std::nullopt;
  const auto all = base64url_decoded(token.substr(prefix.size()));
  if (!all) return std::nullopt;
  SerialBytes number{};
  std::copy_n(all->begin(), number.size(), number.begin());
  if (!equal_in_constant_time(proof_of(number, key), std::span(*all).subspan(serial_size))) {
    return std::nullopt;
  }
  std::uint64_t serial = 0;
  for (const auto byte : number) serial = serial << 8 | byte;
  return serial;
}

KeyHash hash_of_serial(const KeyHasher& hasher, std::uint64_t serial) {
  return hasher.of(Credential::qr, bytes_of(serial));
}

Timing timing_of(const TemporaryRule& rule) {
  if (const auto* once = std::get_if<OnceKey>(&rule)) return once->span;
  return std::get<Weekly>(rule);
}

std::string temporary_rule_fault(const TemporaryRule& rule) {
  const auto* once = std::get_if<OnceKey>(&rule);
  if (once != nullptr && (once->uses < 1 || once->uses > OnceKey::most_uses)) {
    return cat("a temporary key opens 1 to ", OnceKey::most_uses, " times, not ", once->uses);
  }
  return fault_of(timing_of(rule));
}

std::uint16_t uses_left(const TemporaryKey& key) {
  const auto* once = std::get_if<OnceKey>(&key.rule);
  if (once == nullptr || key.used >= once->uses) return 0;
  return static_cast<std::uint16_t>(once->uses - key.used);
}

bool valid_at(const TemporaryKey& key, const TimeZone& zone, const Holidays& holidays,
              WallTime when) {
  if (key.revoked) return false;
  if (std::holds_alternative<OnceKey>(key.rule) && uses_left(key) == 0) return false;
  return open_at(timing_of(key.rule), zone, holidays, when);
}

}  // namespace genkan::domain
