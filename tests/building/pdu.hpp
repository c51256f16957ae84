#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tests/building/moves.hpp"
#include "tests/building/unit.hpp"

namespace building {

using Bytes = std::vector<std::uint8_t>;

// Carries out one Modbus request (function code and data) at a unit and gives the answer, exception
// answers included. Functions 1 to 6, 15 and 16, as far as the unit has the tables. A write is
// carried out whole or not at all, and each value written is told to `moves`, save secret ones,
// whose value is left out.
Bytes execute(Unit& unit, std::span<const std::uint8_t> request, Time at, MoveSink& moves);

// Modbus Application Protocol V1.1b3, 7: function with the high bit, and the code.
Bytes exception_answer(std::uint8_t function, std::uint8_t code);

}  // namespace building
