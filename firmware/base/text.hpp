#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genkan {

namespace detail {
inline void append(std::string& out, std::string_view part) { out += part; }
inline void append(std::string& out, char part) { out += part; }
template <std::integral T>
  requires(!std::same_as<T, char> && !std::same_as<T, bool>)
void append(std::string& out, T number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end.ptr);
}
}  // namespace detail

// The parts one behind the other: cat("unit ", 7, " of ", bus). (libstdc++ 12 has no std::format.)
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::string out;
  (detail::append(out, parts), ...);
  return out;
}

// A whole decimal integer and nothing else, within [low, high]; nothing otherwise.
template <std::integral T>
std::optional<T> parse_integer(std::string_view text, T low, T high) {
  T value{};
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  if (value < low || value > high) return std::nullopt;
  return value;
}

// "a, b or c": what is allowed, for messages.
std::string alternatives(std::span<const std::string_view> words);

// The word nearest to `typed` (at most two edits away), for "did you mean"; empty if none is near.
std::string_view nearest(std::string_view typed, std::span<const std::string_view> words);

// `text` made safe for a message or a terminal: control characters and bytes that are no UTF-8
// become '?', and what is longer than `most` bytes is cut and marked with "…".
std::string printable(std::string_view text, std::size_t most = 80);

// Whether all of `text` is well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace genkan
