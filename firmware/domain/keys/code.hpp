#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "firmware/base/error.hpp"

// What people type and hold to a reader. Neither can be printed or logged by accident: there is no
// operator<< and no conversion to text but the named ones. Wiped when destroyed.
namespace genkan::domain {

// 4 to 8 digits (KEY-20).
class Code {
 public:
  static constexpr std::size_t fewest = 4;
  static constexpr std::size_t most = 8;
  // The error never repeats the text.
  static Result<Code> parse(std::string_view text);
  Code(const Code&) = default;
  Code& operator=(const Code&) = default;
  ~Code();

  std::string_view digits() const { return {digits_.data(), size_}; }
  bool operator==(const Code& other) const { return digits() == other.digits(); }

 private:
  Code() = default;
  std::array<char, most> digits_{};
  std::uint8_t size_ = 0;
};

// A card's IDm (FeliCa, 8 bytes) or UID (MIFARE, 4, 7 or 10 bytes) (KEY-30).
class CardNumber {
 public:
  static constexpr std::size_t most = 10;
  // Hexadecimal, either case; ':', '-' and blanks between bytes are allowed.
  static Result<CardNumber> parse(std::string_view text);
  static Result<CardNumber> from_bytes(std::span<const std::uint8_t> bytes);
  CardNumber(const CardNumber&) = default;
  CardNumber& operator=(const CardNumber&) = default;
  ~CardNumber();

  std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }
  bool operator==(const CardNumber& other) const;

 private:
  CardNumber() = default;
  std::array<std::uint8_t, most> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace genkan::domain
