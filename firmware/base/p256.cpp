#include "firmware/base/p256.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/pk.h>

#include "firmware/base/base64url.hpp"
#include "firmware/base/c_object.hpp"
#include "firmware/base/digest.hpp"
#include "firmware/base/pem.hpp"
#include "firmware/base/random.hpp"
#include "firmware/base/text.hpp"

namespace genkan {

namespace {

constexpr std::size_t coordinate = 32;

// What can only fail by a mistake of ours or for want of memory, and must not go on then.
void require(int result) {
  if (result != 0) std::abort();
}

using Point = CObject<mbedtls_ecp_point, mbedtls_ecp_point_init, mbedtls_ecp_point_free>;
using Pk = CObject<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free>;
// mbedtls_mpi_free wipes it.
using Number = CObject<mbedtls_mpi, mbedtls_mpi_init, mbedtls_mpi_free>;

struct Group : CObject<mbedtls_ecp_group, mbedtls_ecp_group_init, mbedtls_ecp_group_free> {
  Group() { require(mbedtls_ecp_group_load(get(), MBEDTLS_ECP_DP_SECP256R1)); }
};

// This thread's group. It keeps a table of multiples of the base point, which mbedTLS makes at the
// first use, without a lock; made anew each time it is half of a signature's time and a third of a
// check's. About 1.5 KiB a thread.
Group& kept_group() {
  static thread_local Group group;
  return group;
}

mbedtls_ecp_keypair* pair_of(Pk& pk) { return mbedtls_pk_ec(*pk.get()); }

bool on_curve(Pk& pk) {
  return mbedtls_pk_get_type(pk.get()) == MBEDTLS_PK_ECKEY &&
         pair_of(pk)->grp.id == MBEDTLS_ECP_DP_SECP256R1;
}

void read(Number& number, ByteView big_endian) {
  require(mbedtls_mpi_read_binary(number.get(), big_endian.data(), big_endian.size()));
}

void write(const mbedtls_mpi* number, std::span<std::uint8_t> big_endian) {
  require(mbedtls_mpi_write_binary(number, big_endian.data(), big_endian.size()));
}

// Ready for a private key: the group and the public half are set.
void begin(Pk& pk, const P256Point& point) {
  require(mbedtls_pk_setup(pk.get(), mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)));
  require(mbedtls_ecp_group_load(&pair_of(pk)->grp, MBEDTLS_ECP_DP_SECP256R1));
  require(mbedtls_ecp_point_read_binary(&pair_of(pk)->grp, &pair_of(pk)->Q, point.data(),
                                        point.size()));
}

P256Point written(mbedtls_ecp_group* group, const mbedtls_ecp_point* point) {
  P256Point bytes{};
  std::size_t used = 0;
  require(mbedtls_ecp_point_write_binary(group, point, MBEDTLS_ECP_PF_UNCOMPRESSED, &used,
                                         bytes.data(), bytes.size()));
  return bytes;
}

Digest digest_of(ByteView message) {
  return sha256({reinterpret_cast<const char*>(message.data()), message.size()});
}

const unsigned char* c_bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.c_str());
}

Result<> coordinate_of(const json::object& jwk, std::string_view name, std::span<std::uint8_t> to) {
  const auto* value = jwk.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    return fail(ErrorCode::invalid,
                cat("the key: '", name, "' is missing (base64url of 32 bytes)"));
  }
  const auto bytes = base64url_decoded(std::string_view(value->get_string()));
  if (!bytes || bytes->size() != coordinate) {
    return fail(ErrorCode::invalid,
                cat("the key: '", name, "' must be base64url of 32 bytes, without padding"));
  }
  std::ranges::copy(*bytes, to.begin());
  return {};
}

Result<> check_member(std::string_view name, const json::value& value) {
  struct Member {
    std::string_view name, only;  // only: empty for any text
  };
  static constexpr Member known[] = {{"kty", "EC"}, {"crv", "P-256"}, {"x", ""},     {"y", ""},
                                     {"kid", ""},   {"alg", "ES256"}, {"use", "sig"}};
  if (name == "d") {
    return fail(ErrorCode::invalid,
                "the key: 'd' is a private key; keep it, and give the public half (without 'd')");
  }
  const auto* member = std::ranges::find(known, name, &Member::name);
  if (member == std::end(known)) {
    return fail(ErrorCode::invalid, cat("the key: '", printable(name, 40),
                                        "' is not known; a P-256 key has kty, crv, x and y"));
  }
  const bool fits = value.is_string() &&
                    (member->only.empty() || std::string_view(value.get_string()) == member->only);
  if (fits) return {};
  return fail(ErrorCode::invalid, cat("the key: '", name, "' must be ",
                                      member->only.empty() ? "text" : cat('"', member->only, '"')));
}

}  // namespace

Result<P256Public> P256Public::from_point(ByteView bytes) {
  if (bytes.size() != std::tuple_size_v<P256Point> || bytes.front() != 4) {
    return fail(ErrorCode::invalid, "the key: must be an uncompressed point of P-256 (65 bytes)");
  }
  Group group;
  Point point;
  if (mbedtls_ecp_point_read_binary(group.get(), point.get(), bytes.data(), bytes.size()) != 0 ||
      mbedtls_ecp_check_pubkey(group.get(), point.get()) != 0) {
    return fail(ErrorCode::invalid, "the key: is not a point of the curve P-256");
  }
  P256Point copy{};
  std::ranges::copy(bytes, copy.begin());
  return P256Public(copy);
}

Result<P256Public> P256Public::from_pem(std::string_view pem) {
  static constexpr std::string_view labels[] = {"PUBLIC KEY"};
  const auto block = only_pem_block(pem, labels, "the public key");
  if (!block) return fail(block.error());
  Pk pk;
  if (mbedtls_pk_parse_public_key(pk.get(), c_bytes(*block), block->size() + 1) != 0) {
    return fail(ErrorCode::invalid, "the public key: the PEM block does not hold a public key");
  }
  if (!on_curve(pk)) {
    return fail(ErrorCode::invalid, "the public key: must be on the curve P-256 (prime256v1)");
  }
  const auto point = written(&pair_of(pk)->grp, &pair_of(pk)->Q);
  return from_point(point);
}

Result<P256Public> P256Public::from_jwk(const json::object& jwk) {
  for (const auto& member : jwk) {
    if (auto fine = check_member(member.key(), member.value()); !fine) return fail(fine.error());
  }
  for (const std::string_view needed : {"kty", "crv"}) {
    if (!jwk.contains(needed)) {
      return fail(ErrorCode::invalid,
                  cat("the key: '", needed, "' is missing (kty \"EC\", crv \"P-256\")"));
    }
  }
  P256Point point{4};
  const std::span bytes(point);
  if (auto x = coordinate_of(jwk, "x", bytes.subspan(1, coordinate)); !x) return fail(x.error());
  if (auto y = coordinate_of(jwk, "y", bytes.subspan(1 + coordinate)); !y) return fail(y.error());
  return from_point(point);
}

std::string P256Public::to_pem() const {
  Pk pk;
  begin(pk, point_);
  std::array<unsigned char, 512> text{};
  require(mbedtls_pk_write_pubkey_pem(pk.get(), text.data(), text.size()));
  return reinterpret_cast<const char*>(text.data());
}

json::object P256Public::to_jwk() const {
  const std::span bytes(point_);
  return {{"kty", "EC"},
          {"crv", "P-256"},
          {"x", base64url(bytes.subspan(1, coordinate))},
          {"y", base64url(bytes.subspan(1 + coordinate))}};
}

std::string P256Public::thumbprint() const {
  const auto jwk = to_jwk();
  const auto text = [&jwk](std::string_view name) {
    return std::string_view(jwk.at(name).get_string());
  };
  // The members that the key needs, by their names, without blanks (RFC 7638, 3.3).
  return base64url(sha256(
      cat(R"({"crv":"P-256","kty":"EC","x":")", text("x"), R"(","y":")", text("y"), R"("})")));
}

bool P256Public::verify(ByteView message, const P256Signature& signature) const {
  Group& group = kept_group();
  Point point;
  require(mbedtls_ecp_point_read_binary(group.get(), point.get(), point_.data(), point_.size()));
  const std::span bytes(signature);
  Number r;
  Number s;
  read(r, bytes.first(coordinate));
  read(s, bytes.last(coordinate));
  const auto digest = digest_of(message);
  return mbedtls_ecdsa_verify(group.get(), digest.data(), digest.size(), point.get(), r.get(),
                              s.get()) == 0;
}

P256Key P256Key::make() {
  Group& group = kept_group();
  Number scalar;
  Point point;
  require(mbedtls_ecp_gen_keypair(group.get(), scalar.get(), point.get(), c_random, nullptr));
  Scalar bytes{};
  write(scalar.get(), bytes);
  const auto public_key = P256Public::from_point(written(group.get(), point.get()));
  if (!public_key) std::abort();
  P256Key key(bytes, *public_key);
  wipe(bytes);
  return key;
}

P256Key P256Key::from_scalar(const Scalar& scalar) {
  Group& group = kept_group();
  Number number;
  Point point;
  read(number, scalar);
  require(mbedtls_ecp_mul(group.get(), point.get(), number.get(), &group->G, c_random, nullptr));
  const auto public_key = P256Public::from_point(written(group.get(), point.get()));
  if (!public_key) std::abort();
  return {scalar, *public_key};
}

P256Key P256Key::derived(CipherKey secret, std::string_view what) {
  Group group;
  Number number;
  Scalar scalar{};
  // One in 2^32 is no key of the curve (FIPS 186-4, B.4.2); the next takes its place.
  for (std::uint8_t counter = 0; mbedtls_ecp_check_privkey(group.get(), number.get()) != 0;
       ++counter) {
    Bytes info(what.begin(), what.end());
    info.push_back(counter);
    hkdf_sha256(secret, {}, info, scalar);
    read(number, scalar);
  }
  auto key = from_scalar(scalar);
  wipe(scalar);
  return key;
}

Result<P256Key> P256Key::from_pem(std::string_view pem) {
  static constexpr std::string_view labels[] = {"PRIVATE KEY", "EC PRIVATE KEY"};
  auto block = only_pem_block(pem, labels, "the private key");
  if (!block) return fail(block.error());
  Pk pk;
  const int parsed = mbedtls_pk_parse_key(pk.get(), c_bytes(*block), block->size() + 1, nullptr, 0);
  wipe({reinterpret_cast<std::uint8_t*>(block->data()), block->size()});
  if (parsed != 0) {
    return fail(ErrorCode::invalid,
                "the private key: the PEM block does not hold an unencrypted private key");
  }
  if (!on_curve(pk)) {
    return fail(ErrorCode::invalid, "the private key: must be on the curve P-256 (prime256v1)");
  }
  if (mbedtls_ecp_check_pub_priv(pair_of(pk), pair_of(pk)) != 0) {
    return fail(ErrorCode::invalid, "the private key: its public half is another key's");
  }
  const auto public_key = P256Public::from_point(written(&pair_of(pk)->grp, &pair_of(pk)->Q));
  if (!public_key) return fail(public_key.error());
  Scalar bytes{};
  write(&pair_of(pk)->d, bytes);
  P256Key key(bytes, *public_key);
  wipe(bytes);
  return key;
}

P256Key::P256Key(P256Key&& other) noexcept : scalar_(other.scalar_), public_(other.public_) {
  wipe(other.scalar_);
}

P256Key& P256Key::operator=(P256Key&& other) noexcept {
  if (this == &other) return *this;
  scalar_ = other.scalar_;
  public_ = other.public_;
  wipe(other.scalar_);
  return *this;
}

P256Key::~P256Key() { wipe(scalar_); }

std::string P256Key::to_pem() const {
  Pk pk;
  begin(pk, public_.point());
  require(mbedtls_mpi_read_binary(&pair_of(pk)->d, scalar_.data(), scalar_.size()));
  std::array<unsigned char, 512> text{};
  require(mbedtls_pk_write_key_pem(pk.get(), text.data(), text.size()));
  std::string pem = reinterpret_cast<const char*>(text.data());
  wipe(text);
  return pem;
}

std::array<std::uint8_t, 32> P256Key::agree(const P256Public& other) const {
  Group group;
  Number scalar;
  read(scalar, scalar_);
  Point theirs;
  require(mbedtls_ecp_point_read_binary(group.get(), theirs.get(), other.point().data(),
                                        other.point().size()));
  Number common;
  // Fails for the point at infinity alone, which no P256Public is, the curve having a prime order.
  require(mbedtls_ecdh_compute_shared(group.get(), common.get(), theirs.get(), scalar.get(),
                                      c_random, nullptr));
  std::array<std::uint8_t, 32> bytes{};
  write(common.get(), bytes);
  return bytes;
}

P256Signature P256Key::sign(ByteView message) const {
  Group& group = kept_group();
  Number scalar;
  read(scalar, scalar_);
  Number r;
  Number s;
  const auto digest = digest_of(message);
  require(mbedtls_ecdsa_sign_det_ext(group.get(), r.get(), s.get(), scalar.get(), digest.data(),
                                     digest.size(), MBEDTLS_MD_SHA256, c_random, nullptr));
  P256Signature signature{};
  write(r.get(), std::span(signature).first(coordinate));
  write(s.get(), std::span(signature).last(coordinate));
  return signature;
}

}  // namespace genkan
