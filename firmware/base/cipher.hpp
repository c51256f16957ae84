#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "firmware/base/digest.hpp"
#include "firmware/base/error.hpp"

// Keeping secrets and proving where something came from. Any thread.
namespace genkan {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using CipherKey = std::span<const std::uint8_t, 32>;

// What seal() adds: a random nonce of 96 bits in front, the tag of 128 bits behind.
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

// AES-256-GCM (NIST SP 800-38D). `associated` is not kept, but must be the same to unseal it: say
// there what it belongs to, so that one sealed thing cannot be put in another's place. The nonce is
// random: seal at most 2^32 things under one key (SP 800-38D, 8.3).
Bytes seal(CipherKey key, ByteView plain, ByteView associated);
// What was sealed. ErrorCode::corrupt if the key or `associated` is another, or a bit was changed.
Result<Bytes> unseal(CipherKey key, ByteView sealed, ByteView associated);

// HMAC-SHA-256 (RFC 2104) over the parts one behind the other.
Digest hmac_sha256(ByteView key, std::initializer_list<ByteView> parts);

// HKDF-SHA-256 (RFC 5869): fills `out` (at most 255 x 32 bytes) from a secret; `info` says what the
// result is for, so that keys for different ends tell nothing of one another.
void hkdf_sha256(ByteView secret, ByteView salt, ByteView info, std::span<std::uint8_t> out);

// Whether both are equal, in a time that depends on their sizes alone.
bool equal_in_constant_time(ByteView one, ByteView other);

// Zeroes that the compiler does not leave out.
void wipe(std::span<std::uint8_t> secret);

}  // namespace genkan
