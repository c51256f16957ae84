#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "firmware/base/error.hpp"
#include "firmware/domain/keys/code.hpp"

namespace genkan::domain {

// A number from 0 to below `bound`, even and from a cryptographic source (base/random.hpp).
using RandomBelow = std::function<std::uint32_t(std::uint32_t bound)>;

// KEY-20: digits as they are, '*' a random digit; empty is six random digits. What is random avoids
// codes for which `taken` says true, and, unless every digit was given, the obvious: all digits the
// same, runs up or down (1234, 9876, 7890). After 1,000 tries in vain: ErrorCode::conflict (the
// pattern leaves no free code). Errors say what a pattern may be.
Result<Code> code_from_pattern(std::string_view pattern, const RandomBelow& random,
                               const std::function<bool(const Code&)>& taken);
bool is_obvious(const Code& code);

}  // namespace genkan::domain
