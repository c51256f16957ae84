#pragma once

#include <cstdint>
#include <span>

#include "drivers/bus/codec.hpp"

namespace genkan::bus {

// What stands at the beginning of some bytes, taken as an answer's frame.
struct Frame {
  enum class Kind : std::uint8_t {
    more,      // could be the beginning of a frame; more bytes are needed to tell
    sound,     // a whole frame, checksum right
    broken,    // a whole frame by its own length, checksum wrong (RTU)
    nonsense,  // no frame begins so
  };
  Kind kind = Kind::more;
  std::size_t length = 0;               // of the whole frame; sound and broken only
  std::uint8_t unit = 0;                //
  std::uint16_t transaction = 0;        // TCP only
  std::span<const std::uint8_t> pdu{};  // function and data; a view into the bytes
};

// Looks at the beginning of `bytes`. The end of an RTU answer follows from its function and byte
// count, so nobody has to wait for silence to know it.
Frame frame_at_start(std::span<const std::uint8_t> bytes, Framing framing);

// All of `bytes` as one RTU frame whose end silence told: sound if the checksum is right, whatever
// its function or inner length say.
Frame whole_rtu_frame(std::span<const std::uint8_t> bytes);

}  // namespace genkan::bus
