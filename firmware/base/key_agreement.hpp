#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "firmware/base/error.hpp"

// X25519 (RFC 7748): two sides that know each other's public key have a secret that nobody else
// has. Any thread.
namespace genkan {

constexpr std::size_t agreement_key_size = 32;
using AgreementKey = std::array<std::uint8_t, agreement_key_size>;
using AgreementSecret = std::span<const std::uint8_t, agreement_key_size>;

// The public key of a secret, which may be any 32 bytes that nobody can guess.
AgreementKey public_key_of(AgreementSecret secret);
// What both sides have in common: not evenly spread, so take keys from it by hkdf_sha256 alone, and
// wipe it. ErrorCode::invalid for a public key that gives the same to everybody.
Result<AgreementKey> agree(AgreementSecret secret, const AgreementKey& other);

}  // namespace genkan
