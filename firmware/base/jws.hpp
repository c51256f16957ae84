#pragma once

#include <string>
#include <string_view>

#include "firmware/base/error.hpp"
#include "firmware/base/p256.hpp"

// Signed text: JSON Web Signature, compact serialization (RFC 7515), ES256 alone. Any thread.
namespace genkan {

// A longer one is refused unread.
constexpr std::size_t max_jws = 64 * 1024;

// What stands in a JWS. Nothing of it is believed before jws_holds() says yes.
struct Jws {
  std::string kid;            // 1 to 64 of [A-Za-z0-9._-]
  std::string payload;        // decoded; any bytes
  std::string signing_input;  // header and payload as they came
  P256Signature signature{};
};

// Whether `kid` may name a key.
bool is_kid(std::string_view kid);

// Three parts of base64url without padding. Header: exactly alg "ES256", kid, and, if the signer
// likes, typ "JOSE". `kid` must satisfy is_kid.
std::string jws_sign(const P256Key& key, std::string_view kid, std::string_view payload);

// Reads what jws_sign writes, and nothing else. ErrorCode::invalid with a sentence that begins with
// what is wrong: length, parts, base64url, header JSON (no member twice), alg, kid, typ, crit, any
// other header, signature length. A key in the header (jwk, jku, x5c …) is never looked at.
Result<Jws> jws_read(std::string_view compact);

// Whether the signature is this key's.
bool jws_holds(const Jws& jws, const P256Public& key);

}  // namespace genkan
