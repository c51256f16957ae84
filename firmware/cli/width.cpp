#include "firmware/cli/width.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace genkan::cli {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode 15, EastAsianWidth.txt, classes W and F, joined where what lies between is unassigned.
constexpr std::array wide{
    Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x2E80, 0x303E},
    Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},   Range{0x4E00, 0xA4CF},
    Range{0xA960, 0xA97F},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
    Range{0xFE30, 0xFE6F},   Range{0xFF01, 0xFF60},   Range{0xFFE0, 0xFFE6},
    Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF},
    Range{0x20000, 0x3FFFD},
};
// Combining marks, joiners and variation selectors.
constexpr std::array empty{
    Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF},
    Range{0x3099, 0x309A}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F},
};

bool within(const auto& ranges, char32_t code) {
  return std::ranges::any_of(
      ranges, [code](const Range& range) { return code >= range.first && code <= range.last; });
}

std::size_t width_of_code(char32_t code) {
  if (within(empty, code)) return 0;
  return within(wide, code) ? 2 : 1;
}

// Takes the next character off the text; a byte that is no UTF-8 counts as one character.
char32_t take(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (first >= 0x80 && (first < 0xC2 || length > text.size())) {
    text.remove_prefix(1);
    return 0xFFFD;
  }
  char32_t code = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    code = (code << 6U) | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
  }
  text.remove_prefix(length);
  return code;
}

// Takes an escape sequence (CSI … letter) off the text; false if there is none.
bool take_escape(std::string_view& text) {
  if (!text.starts_with("\x1b[")) return false;
  const auto end = text.find_first_not_of("0123456789;?", 2);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return true;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    if (!take_escape(text)) columns += width_of_code(take(text));
  }
  return columns;
}

std::string padded(std::string_view text, std::size_t columns) {
  const auto width = width_of(text);
  std::string out(text);
  if (width < columns) out.append(columns - width, ' ');
  return out;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t used = 0;
  auto rest = text;
  while (!rest.empty()) {
    auto after = rest;
    used += width_of_code(take(after));
    if (used > columns - 1) break;
    rest = after;
  }
  return std::string(text.substr(0, text.size() - rest.size())) + "…";
}

}  // namespace genkan::cli
