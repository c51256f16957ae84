#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/error.hpp"

// Finding the blocks of a PEM file (RFC 7468), before a library reads what is in them. Any thread.
namespace genkan {

// The one block of `pem`, from "-----BEGIN label-----" to the line's end behind its END, as text
// that a C library can take. ErrorCode::invalid, beginning with `what`, if there is none, more than
// one, one under another label, or anything but blanks around it.
Result<std::string> only_pem_block(std::string_view pem, std::span<const std::string_view> labels,
                                   std::string_view what);

// All blocks of that label, in order; what stands between them is left out.
std::vector<std::string> pem_blocks(std::string_view pem, std::string_view label);

}  // namespace genkan
