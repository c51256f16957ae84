#include "firmware/base/digest.hpp"

#include <cstdlib>

#include <mbedtls/sha256.h>

namespace genkan {

Digest sha256(std::string_view bytes) {
  Digest digest{};
  // The only error is a hardware accelerator's; this build has none.
  if (mbedtls_sha256_ret(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                         digest.data(), 0) != 0) {
    std::abort();
  }
  return digest;
}

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 0xF];
  }
  return out;
}

}  // namespace genkan
