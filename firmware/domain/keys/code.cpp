#include "firmware/domain/keys/code.hpp"

#include <algorithm>
#include <optional>

#include "firmware/base/cipher.hpp"

namespace genkan::domain {
namespace {

std::optional<std::uint8_t> value_of(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

bool is_separator(char c) { return c == ':' || c == '-' || c == ' '; }

bool is_card_size(std::size_t bytes) {
  return bytes == 4 || bytes == 7 || bytes == 8 || bytes == 10;
}

std::unexpected<Error> refuse_card() {
  return fail(
      ErrorCode::invalid,
      "a card number is 8 bytes (FeliCa) or 4, 7 or 10 bytes (MIFARE) in hexadecimal, such as "
      "01 2e 4c d1 55 90 a3 7f");
}

}  // namespace

Result<Code> Code::parse(std::string_view text) {
  const bool digits = text.find_first_not_of("0123456789") == text.npos;
  if (!digits || text.size() < fewest || text.size() > most) {
    return fail(ErrorCode::invalid, "a code is 4 to 8 digits, 0 to 9 and nothing else");
  }
  Code code;
  std::ranges::copy(text, code.digits_.begin());
  code.size_ = static_cast<std::uint8_t>(text.size());
  return code;
}

Code::~Code() { wipe({reinterpret_cast<std::uint8_t*>(digits_.data()), digits_.size()}); }

Result<CardNumber> CardNumber::parse(std::string_view text) {
  CardNumber card;
  while (!text.empty()) {
    if (card.size_ > 0 && is_separator(text.front())) text.remove_prefix(1);
    const auto high = text.empty() ? std::nullopt : value_of(text[0]);
    const auto low = text.size() < 2 ? std::nullopt : value_of(text[1]);
    if (!high || !low || card.size_ == most) return refuse_card();
    card.bytes_[card.size_++] = static_cast<std::uint8_t>(*high << 4 | *low);
    text.remove_prefix(2);
  }
  if (!is_card_size(card.size_)) return refuse_card();
  return card;
}

Result<CardNumber> CardNumber::from_bytes(std::span<const std::uint8_t> bytes) {
  if (!is_card_size(bytes.size())) return refuse_card();
  CardNumber card;
  std::ranges::copy(bytes, card.bytes_.begin());
  card.size_ = static_cast<std::uint8_t>(bytes.size());
  return card;
}

CardNumber::~CardNumber() { wipe(bytes_); }

bool CardNumber::operator==(const CardNumber& other) const {
  return std::ranges::equal(bytes(), other.bytes());
}

}  // namespace genkan::domain
