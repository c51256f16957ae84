#pragma once

#include <string>
#include <string_view>

#include "firmware/base/cipher.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/p256.hpp"

// Sealed text: JSON Web Encryption, compact serialization (RFC 7516), ECDH-ES direct (RFC 7518,
// 4.6) with a fresh P-256 key each time, A256GCM alone. Whoever has the receiver's public key can
// make one: it says nothing of who did. Any thread. Opening takes as long as a signature's check.
namespace genkan {

// A longer one is refused unread.
constexpr std::size_t max_jwe = 64 * 1024;

// Five parts of base64url without padding, the second empty. Header: exactly alg "ECDH-ES", enc
// "A256GCM", kid (the receiver's thumbprint) and epk. Not bound in length: see max_jwe.
std::string jwe_seal(const P256Public& receiver, std::string_view plain);

// Reads what jwe_seal writes, and nothing else, and opens it. ErrorCode::unknown: it was sealed for
// another key. ErrorCode::corrupt: it does not open; it was changed. ErrorCode::invalid: a sentence
// that begins with what is wrong: length, parts, base64url, header JSON (no member twice), alg,
// enc, epk, kid, any other header (zip, crit, apu, apv …). No message has anything of what is
// inside.
Result<std::string> jwe_open(const P256Key& receiver, std::string_view compact);

// The Concat KDF of RFC 7518, 4.6.2, for keys of at most 256 bits: the first `bits` of what it
// gives are the key. `shared`: what P256Key::agree gives.
Digest jwe_content_key(ByteView shared, std::string_view algorithm, std::string_view apu,
                       std::string_view apv, std::uint32_t bits);

}  // namespace genkan
