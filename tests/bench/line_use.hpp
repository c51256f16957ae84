#pragma once

#include <cstdint>

#include <sys/types.h>

namespace genkan::bench {

// What went over TCP connections since they were opened, both ways, as the kernel counts it
// (sock_diag(7), TCP_INFO): with TLS, its records, handshake and all; not the headers of TCP and
// IP.
struct LineUse {
  std::uint64_t bytes = 0;
  std::uint64_t packets = 0;  // TCP segments, bare acknowledgements too

  LineUse operator-(const LineUse& before) const {
    return {bytes - before.bytes, packets - before.packets};
  }
};

// Of the connections that the process has to this port. Throws std::runtime_error.
LineUse line_use(pid_t process, int port);

}  // namespace genkan::bench
