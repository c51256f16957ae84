#include "tests/building/stored_key.hpp"

#include <algorithm>

namespace building {

namespace {

constexpr unsigned no_digit = 0xF;
constexpr std::string_view hex_digits = "0123456789abcdef";

// Nibbles are what both kinds have in common: a digit is one, a byte two.
unsigned nibble(const StoredKey& key, std::size_t index) {
  return key.content.at(index / 4) >> (12 - 4 * (index % 4)) & 0xFU;
}

void set_nibble(StoredKey& key, std::size_t index, unsigned value) {
  const unsigned shift = 12 - 4 * (static_cast<unsigned>(index) % 4);
  std::uint16_t& word = key.content.at(index / 4);
  word = static_cast<std::uint16_t>((word & ~(0xFU << shift)) | value << shift);
}

std::size_t nibbles_used(const StoredKey& key) {
  return key.kind == KeyKind::card ? 2U * key.length : key.length;
}

}  // namespace

bool well_formed(const StoredKey& key) {
  if (key.kind == KeyKind::empty) return false;
  const bool code = key.kind == KeyKind::code;
  if (key.length < 1 || key.length > (code ? StoredKey::most_digits : StoredKey::most_bytes)) {
    return false;
  }
  const unsigned behind = code ? no_digit : 0;
  for (std::size_t index = 0; index < 4 * StoredKey::words; ++index) {
    const unsigned value = nibble(key, index);
    if (index >= nibbles_used(key) ? value != behind : code && value > 9) return false;
  }
  return true;
}

std::expected<StoredKey, std::string> code_of(std::string_view digits) {
  const bool all_digits =
      std::ranges::all_of(digits, [](char one) { return one >= '0' && one <= '9'; });
  if (digits.empty() || digits.size() > StoredKey::most_digits || !all_digits) {
    return std::unexpected("a code has 1 to 20 digits");
  }
  StoredKey key{KeyKind::code, {}, static_cast<std::uint16_t>(digits.size())};
  key.content.fill(0xFFFF);
  for (std::size_t index = 0; index < digits.size(); ++index) {
    set_nibble(key, index, static_cast<unsigned>(digits[index] - '0'));
  }
  return key;
}

std::expected<StoredKey, std::string> card_of(std::string_view hex) {
  StoredKey key{KeyKind::card, {}, static_cast<std::uint16_t>(hex.size() / 2)};
  bool good = !hex.empty() && hex.size() % 2 == 0 && hex.size() <= 2 * StoredKey::most_bytes;
  for (std::size_t index = 0; good && index < hex.size(); ++index) {
    const char one = hex[index];
    const bool upper = one >= 'A' && one <= 'F';
    const auto value = hex_digits.find(upper ? static_cast<char>(one - 'A' + 'a') : one);
    good = value != std::string_view::npos;
    if (good) set_nibble(key, index, static_cast<unsigned>(value));
  }
  if (!good) return std::unexpected("a card has 1 to 10 bytes, two hexadecimal digits each");
  return key;
}

std::string text_of(const StoredKey& key) {
  std::string text;
  for (std::size_t index = 0; index < nibbles_used(key); ++index) {
    text += hex_digits.at(nibble(key, index));
  }
  return text;
}

std::string_view name_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::empty: return "empty";
    case KeyKind::code: return "code";
    case KeyKind::card: return "card";
  }
  return "empty";
}

}  // namespace building
