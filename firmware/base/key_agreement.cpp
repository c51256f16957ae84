#include "firmware/base/key_agreement.hpp"

#include <algorithm>
#include <cstdlib>

#include <mbedtls/ecp.h>

#include "firmware/base/cipher.hpp"
#include "firmware/base/random.hpp"

namespace genkan {

namespace {

// What can only fail by a mistake of ours or for want of memory, and must not go on then.
void require(int result) {
  if (result != 0) std::abort();
}

int random_bytes(void*, unsigned char* out, std::size_t size) {
  fill_random({out, size});
  return 0;
}

class Curve {
 public:
  Curve() {
    mbedtls_ecp_group_init(&group_);
    require(mbedtls_ecp_group_load(&group_, MBEDTLS_ECP_DP_CURVE25519));
  }
  ~Curve() { mbedtls_ecp_group_free(&group_); }
  Curve(const Curve&) = delete;
  Curve& operator=(const Curve&) = delete;
  mbedtls_ecp_group* get() { return &group_; }

 private:
  mbedtls_ecp_group group_{};
};

class Number {
 public:
  Number() { mbedtls_mpi_init(&value_); }
  ~Number() { mbedtls_mpi_free(&value_); }  // wipes it
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  mbedtls_mpi* get() { return &value_; }

 private:
  mbedtls_mpi value_{};
};

class Point {
 public:
  Point() { mbedtls_ecp_point_init(&point_); }
  ~Point() { mbedtls_ecp_point_free(&point_); }
  Point(const Point&) = delete;
  Point& operator=(const Point&) = delete;
  mbedtls_ecp_point* get() { return &point_; }

 private:
  mbedtls_ecp_point point_{};
};

// RFC 7748, 5: which bits of a secret are fixed.
void take_secret(AgreementSecret secret, Number& number) {
  AgreementKey bits{};
  std::ranges::copy(secret, bits.begin());
  bits.front() &= 0xF8;
  bits.back() = static_cast<std::uint8_t>((bits.back() & 0x7F) | 0x40);
  require(mbedtls_mpi_read_binary_le(number.get(), bits.data(), bits.size()));
  wipe(bits);
}

AgreementKey bytes_of(Curve& curve, Point& point) {
  AgreementKey bytes{};
  std::size_t size = 0;
  require(mbedtls_ecp_point_write_binary(curve.get(), point.get(), MBEDTLS_ECP_PF_COMPRESSED, &size,
                                         bytes.data(), bytes.size()));
  return bytes;
}

std::unexpected<Error> refuse() {
  return fail(ErrorCode::invalid, "the public key is none: it would give the same to everybody");
}

}  // namespace

AgreementKey public_key_of(AgreementSecret secret) {
  Curve curve;
  Number number;
  Point result;
  take_secret(secret, number);
  require(mbedtls_ecp_mul(curve.get(), result.get(), number.get(), &curve.get()->G, random_bytes,
                          nullptr));
  return bytes_of(curve, result);
}

Result<AgreementKey> agree(AgreementSecret secret, const AgreementKey& other) {
  Curve curve;
  Number number;
  Point theirs;
  Point result;
  take_secret(secret, number);
  if (mbedtls_ecp_point_read_binary(curve.get(), theirs.get(), other.data(), other.size()) != 0) {
    return refuse();
  }
  // Fails only where the point is none of the curve's, which is so for some of small order.
  if (mbedtls_ecp_mul(curve.get(), result.get(), number.get(), theirs.get(), random_bytes,
                      nullptr) != 0) {
    return refuse();
  }
  const AgreementKey shared = bytes_of(curve, result);
  const bool nothing = std::ranges::all_of(shared, [](std::uint8_t byte) { return byte == 0; });
  if (nothing) return refuse();
  return shared;
}

}  // namespace genkan
