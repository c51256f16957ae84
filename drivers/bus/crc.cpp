#include "drivers/bus/crc.hpp"

#include <array>

namespace genkan::bus {
namespace {

constexpr std::uint16_t polynomial = 0xA001;

constexpr std::array<std::uint16_t, 256> make_table() {
  std::array<std::uint16_t, 256> table{};
  for (std::uint16_t index = 0; index < 256; ++index) {
    std::uint16_t value = index;
    for (int bit = 0; bit < 8; ++bit) {
      const bool carry = (value & 1U) != 0;
      value = static_cast<std::uint16_t>(value >> 1U);
      if (carry) value = static_cast<std::uint16_t>(value ^ polynomial);
    }
    table[index] = value;
  }
  return table;
}

constexpr auto table = make_table();

}  // namespace

std::uint16_t crc16(std::span<const std::uint8_t> bytes) {
  std::uint16_t crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    const auto index = static_cast<std::uint8_t>((crc ^ byte) & 0xFFU);
    crc = static_cast<std::uint16_t>((crc >> 8U) ^ table[index]);
  }
  return crc;
}

}  // namespace genkan::bus
