#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace genkan {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 (FIPS 180-4) of the bytes. Any thread.
Digest sha256(std::string_view bytes);

// Lower case hexadecimal.
std::string hex(std::span<const std::uint8_t> bytes);

}  // namespace genkan
