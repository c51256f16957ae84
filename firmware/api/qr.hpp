#pragma once

#include <string>
#include <string_view>

#include "firmware/base/error.hpp"

namespace genkan::api {

// QR codes (ISO/IEC 18004), error correction M: a cracked screen or a scratch is still read. With
// the quiet zone of four modules that readers need. Text of 1 to 1,000 bytes; longer is invalid.
Result<std::string> qr_svg(std::string_view text);
// Eight pixels a module, grey, without names or times in it.
Result<std::string> qr_png(std::string_view text);

}  // namespace genkan::api
