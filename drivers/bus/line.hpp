#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "drivers/bus/codec.hpp"
#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/domain/inventory.hpp"

namespace genkan::bus {

// The bytes' way out: a serial port or a TCP connection. One thread. No call blocks for longer than
// said; waiting is the caller's, in poll() on descriptor().
class Line {
 public:
  enum class Opening : std::uint8_t { open, pending };

  virtual ~Line() = default;

  // Begins to open. Pending: wait until descriptor() is ready for waits_for(), then go on. A fault
  // is one sentence for people. After a fault, or to give up: close().
  virtual Result<Opening> begin_open() = 0;
  virtual Result<Opening> go_on_opening() = 0;
  virtual void close() = 0;

  virtual int descriptor() const = 0;   // -1 while closed
  virtual short waits_for() const = 0;  // poll events while opening; POLLIN once open

  // Sends all of it; an error means that the line is gone. `sent` tells whether anything at all
  // went out. Blocks at most 500 ms while the kernel's buffer is full (and, where we raise RTS
  // ourselves, for the bytes' time on the wire).
  virtual Result<> send(std::span<const std::uint8_t> bytes, bool& sent) = 0;
  // Reads what is there: 0 if nothing is; an error means that the line is gone.
  virtual Result<std::size_t> receive(std::span<std::uint8_t> room) = 0;

  // What an opening is called that took too long.
  virtual Error unopened() const = 0;
  // What a hang-up without an error of its own is called.
  virtual Error hung_up() const = 0;

  // The time of so many bytes on the wire; 0 for TCP.
  virtual std::chrono::nanoseconds wire_time(std::size_t bytes) const = 0;
  // The silence that separates frames; 0 for TCP.
  virtual std::chrono::nanoseconds silence() const = 0;
};

Framing framing_of(const domain::BusConfig& config);
std::unique_ptr<Line> make_line(const domain::BusConfig& config);
std::unique_ptr<Line> make_serial_line(const domain::SerialLine& config);
std::unique_ptr<Line> make_tcp_line(const domain::TcpLink& config);

// How long characters and silences last on a serial line (Modbus over serial line V1.02, 2.5.1.1):
// a character is a start bit, 8 data bits, the parity bit if there is one, and the stop bits;
// frames are 3.5 characters apart, above 19200 baud a fixed 1.75 ms.
std::chrono::nanoseconds character_time(const domain::SerialLine& config);
std::chrono::nanoseconds silent_interval(const domain::SerialLine& config);

// Sends or receives on a non-blocking descriptor; shared by both lines. What errno means is put
// into a sentence that begins with `name`.
Result<> send_all(int descriptor, std::span<const std::uint8_t> bytes, bool& sent,
                  const std::string& name);
std::unexpected<Error> line_fault(const std::string& name, int error);

}  // namespace genkan::bus
