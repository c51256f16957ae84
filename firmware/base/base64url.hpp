#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genkan {

// Base64 with '-' and '_', without padding (RFC 4648, section 5).
std::string base64url(std::span<const std::uint8_t> bytes);
// Strict, so that one value has one text: no padding, blanks or other characters, no length that no
// bytes have, no bits set behind the last byte.
std::optional<std::vector<std::uint8_t>> base64url_decoded(std::string_view text);

}  // namespace genkan
