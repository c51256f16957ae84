#pragma once

#include <cstdint>
#include <span>

namespace genkan::bus {

// The checksum of Modbus RTU: CRC-16 with polynomial 0xA001 (reflected 0x8005), start 0xFFFF; it
// goes on the wire low byte first (Modbus over serial line V1.02, 6.2.2). Over a whole good frame,
// checksum included, it is 0.
std::uint16_t crc16(std::span<const std::uint8_t> bytes);

}  // namespace genkan::bus
