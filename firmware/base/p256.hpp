#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "firmware/base/cipher.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"

// Keys, signatures and agreement on the curve P-256 (FIPS 186-4; RFC 7518 calls the signatures
// ES256). Any thread; one object may be used by several at once. Signing takes 0.4 ms, checking
// 1.2 ms on a desk machine (the first of a thread 0.5 ms more).
namespace genkan {

// ECDSA over SHA-256: r and s, 32 bytes each, big endian, one behind the other (RFC 7518, 3.4).
using P256Signature = std::array<std::uint8_t, 64>;
// An uncompressed point (SEC 1, 2.3.3): 4, x, y.
using P256Point = std::array<std::uint8_t, 65>;

// The public half. Always a point of the curve, and not the one at infinity.
class P256Public {
 public:
  static Result<P256Public> from_point(ByteView point);
  // One SubjectPublicKeyInfo block ("PUBLIC KEY") and nothing else.
  static Result<P256Public> from_pem(std::string_view pem);
  // RFC 7517 and 7518, 6.2: kty "EC", crv "P-256", x and y of 32 bytes each. Besides may stand:
  // kid (text), alg "ES256", use "sig", each of which changes nothing. All else is refused, a
  // private key ("d") with a sentence of its own.
  static Result<P256Public> from_jwk(const json::object& jwk);

  std::string to_pem() const;
  // kty, crv, x, y.
  json::object to_jwk() const;
  const P256Point& point() const { return point_; }
  // RFC 7638: base64url of SHA-256 over its JWK; 43 characters, the same for the same key anywhere.
  std::string thumbprint() const;

  // Whether `signature` is this key's over SHA-256 of the message. Both s and n - s are taken, as
  // the standard has it: do not use a signature as a name of its message.
  bool verify(ByteView message, const P256Signature& signature) const;

  bool operator==(const P256Public&) const = default;

 private:
  explicit P256Public(const P256Point& point) : point_(point) {}

  P256Point point_{};
};

// The private half: not copied, never printed, wiped when it goes.
class P256Key {
 public:
  // A new one, from the kernel's chance.
  static P256Key make();
  // One block, PKCS#8 or SEC 1, not encrypted, and nothing else. The message never shows the text.
  static Result<P256Key> from_pem(std::string_view pem);
  // The one that follows from a secret that nobody can guess: the same each time, each key equally
  // likely. `what` says what it is for, as hkdf_sha256's info does.
  static P256Key derived(CipherKey secret, std::string_view what);

  P256Key(P256Key&& other) noexcept;
  P256Key& operator=(P256Key&& other) noexcept;
  P256Key(const P256Key&) = delete;
  P256Key& operator=(const P256Key&) = delete;
  ~P256Key();

  // SEC 1 ("EC PRIVATE KEY"), which OpenSSL and mbedTLS read. The caller wipes it.
  std::string to_pem() const;
  const P256Public& public_key() const { return public_; }
  // Deterministic (RFC 6979): the same message has the same signature.
  P256Signature sign(ByteView message) const;
  // ECDH (SP 800-56A, 5.7.1.2): what this key and the other have in common, big endian. Not evenly
  // spread, so take keys from it by a key derivation alone, and wipe it.
  std::array<std::uint8_t, 32> agree(const P256Public& other) const;

 private:
  using Scalar = std::array<std::uint8_t, 32>;
  static P256Key from_scalar(const Scalar& scalar);
  P256Key(const Scalar& scalar, const P256Public& public_key)
      : scalar_(scalar), public_(public_key) {}

  Scalar scalar_{};
  P256Public public_;
};

}  // namespace genkan
