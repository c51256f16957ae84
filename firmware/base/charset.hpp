#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/error.hpp"

namespace genkan {

// How a text file from outside spells its characters.
enum class Charset : std::uint8_t {
  automatic,  // UTF-8 if all of it is, otherwise Shift_JIS
  utf8,       // with or without a byte order mark
  shift_jis,  // as Windows writes it (code page 932)
};
std::string_view name_of(Charset charset);  // "auto", "utf-8", "shift_jis"
std::optional<Charset> charset_named(std::string_view name);

// `bytes` as UTF-8 without a byte order mark. The error says in which line the first byte stands
// that does not fit, and what to do about it. (Shift_JIS needs the system's gconv module CP932.)
Result<std::string> to_utf8(std::string_view bytes, Charset charset);

}  // namespace genkan
