#pragma once

#include <string>
#include <string_view>

#include "firmware/base/json.hpp"

// What writing and reading a transfer must agree on.
namespace genkan::services {

inline constexpr std::string_view transfer_format = "genkan transfer 1";
inline constexpr std::string_view transfer_signature = "signature";

// What is signed: all of the document but its signature, however it is laid out.
std::string signed_text(const json::object& document);

}  // namespace genkan::services
