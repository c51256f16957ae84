#pragma once

// What the wire itself takes, computed: the floors of the serial benches. 19,200 baud, 8E1: 11 bits
// a character; 3.5 characters of silence between frames (Modbus over serial line V1.02, 2.5.1.1).
namespace genkan::bench {

constexpr double character_ms = 11.0 * 1000 / 19'200;
constexpr double silence_ms = 3.5 * character_ms;
// The el-100's poll: FC4, address 0, count 4: 8 characters there, 13 back.
constexpr double poll_ms = (8 + 13) * character_ms + 2 * silence_ms;
// A coil moves once its request (8 characters) and the silence behind it have passed.
constexpr double coil_ms = 8 * character_ms + silence_ms;

}  // namespace genkan::bench
