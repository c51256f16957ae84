#include "drivers/bus/serial_speed.hpp"

// The kernel's termios2 and the C library's termios cannot be seen in one file.
#include <algorithm>
#include <array>
#include <cerrno>

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/serial.h>
#include <sys/ioctl.h>

namespace genkan::bus {

bool common_speed(std::uint32_t baud) {
  static constexpr std::array<std::uint32_t, 14> known{300,     600,     1200,    2400,   4800,
                                                       9600,    19'200,  38'400,  57'600, 115'200,
                                                       230'400, 460'800, 500'000, 921'600};
  return std::ranges::find(known, baud) != known.end();
}

int set_uncommon_speed(int descriptor, std::uint32_t baud) {
  termios2 settings{};
  if (::ioctl(descriptor, TCGETS2, &settings) != 0) return errno;
  settings.c_cflag &= ~static_cast<tcflag_t>(CBAUD | (CBAUD << IBSHIFT));
  settings.c_cflag |= BOTHER | (BOTHER << IBSHIFT);
  settings.c_ispeed = baud;
  settings.c_ospeed = baud;
  return ::ioctl(descriptor, TCSETS2, &settings) == 0 ? 0 : errno;
}

int set_low_latency(int descriptor) {
  serial_struct settings{};
  if (::ioctl(descriptor, TIOCGSERIAL, &settings) != 0) return errno;
  settings.flags |= ASYNC_LOW_LATENCY;
  return ::ioctl(descriptor, TIOCSSERIAL, &settings) == 0 ? 0 : errno;
}

}  // namespace genkan::bus
