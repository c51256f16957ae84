#pragma once

#include <cstdint>
#include <span>

namespace building {

// CRC-16 of Modbus serial frames (polynomial A001 reflected, start FFFF); sent low byte first.
std::uint16_t crc16(std::span<const std::uint8_t> bytes);

}  // namespace building
