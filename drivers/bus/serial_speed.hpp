#pragma once

#include <cstdint>

namespace genkan::bus {

// What libmodbus cannot set on a serial port, by the kernel's own calls. All return 0 or errno.

// Whether libmodbus knows this speed itself; any other it silently takes for 9600.
bool common_speed(std::uint32_t baud);
// Sets a speed that has no constant of its own (termios2, BOTHER).
int set_uncommon_speed(int descriptor, std::uint32_t baud);
// Asks the driver to pass bytes on at once instead of gathering them (FTDI: 16 ms).
int set_low_latency(int descriptor);

}  // namespace genkan::bus
