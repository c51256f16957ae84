#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string_view>

#include "tests/building/pdu.hpp"

namespace building {

// How a unit, or the wire to it, misbehaves (README.md says what each does).
enum class FaultKind : std::uint8_t {
  none,
  dead,
  slow,
  noise,
  half,
  crc,
  late,
  exception,
  wrong_unit,
  wrong_length,
  wrong_echo,
  echo,
};
std::optional<FaultKind> fault_named(std::string_view name);
std::string_view name_of(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::none;
  int argument = 0;  // slow and late: milliseconds; exception: the code
};

using Random = std::mt19937;

// The answer as the fault makes it, before framing: exception (instead of the answer), wrong_length
// and wrong_echo. `request` and `answer` are function code and data.
Bytes spoil_answer(const Fault& fault, std::span<const std::uint8_t> request, Bytes answer);
// The unit that the answer names.
std::uint8_t spoil_unit(const Fault& fault, std::uint8_t unit);
// The frame as the fault makes it: noise (garbage in front of it, or bytes of it turned), half.
Bytes spoil_frame(const Fault& fault, Bytes frame, Random& random);

// Serial frame: unit, answer, CRC; with the fault in it.
Bytes rtu_frame(const Fault& fault, std::uint8_t unit, const Bytes& answer, Random& random);
// TCP frame: header, unit, answer; with the fault in it (crc: a wrong transaction number).
Bytes tcp_frame(const Fault& fault, std::uint16_t transaction, std::uint8_t unit,
                const Bytes& answer, Random& random);

}  // namespace building
