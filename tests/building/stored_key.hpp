#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace building {

enum class KeyKind : std::uint16_t { empty = 0, code = 1, card = 2 };

// A code or card as the locks' registers carry it (holding 101 to 107).
struct StoredKey {
  static constexpr std::size_t words = 5;
  static constexpr std::size_t most_digits = 4 * words;
  static constexpr std::size_t most_bytes = 2 * words;

  KeyKind kind = KeyKind::empty;
  // Codes: BCD, four digits a word from the high nibble, F = none. Cards: two bytes a word, the
  // first high, padded with 0.
  std::array<std::uint16_t, words> content{};
  std::uint16_t length = 0;  // digits or bytes
  bool operator==(const StoredKey&) const = default;
};

// A code of 1 to 20 digits or a card of 1 to 10 bytes, with nothing behind its end.
bool well_formed(const StoredKey& key);

// From what people type at the control socket; errors say what would be right.
std::expected<StoredKey, std::string> code_of(std::string_view digits);
std::expected<StoredKey, std::string> card_of(std::string_view hex);
// The digits, or the bytes in lower-case hexadecimal. Only for a well-formed key.
std::string text_of(const StoredKey& key);

std::string_view name_of(KeyKind kind);

}  // namespace building
