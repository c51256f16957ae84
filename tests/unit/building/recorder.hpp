#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "tests/building/moves.hpp"
#include "tests/building/unit.hpp"

namespace building::test {

using namespace std::chrono_literals;

// Any moment; the physics know no other clock than what tests tell them.
inline constexpr Time start{std::chrono::hours(1)};

class Recorder final : public MoveSink {
 public:
  void add(Move move) override { moves.push_back(std::move(move)); }
  std::vector<Move> moves;
};

inline Said tell(Unit& unit, int channel, std::string_view verb, std::vector<std::string> words,
                 Time now) {
  unit.advance(now);
  return unit.tell(channel, verb, words, now);
}

inline int input(Unit& unit, std::uint16_t address, Time now) {
  unit.advance(now);
  return unit.read(Table::input, address).value_or(0xFFFF);
}

inline int discrete(Unit& unit, std::uint16_t address, Time now) {
  unit.advance(now);
  return unit.read(Table::discrete, address).value_or(0xFFFF);
}

inline Refusal write(Unit& unit, Table table, std::uint16_t address, std::uint16_t value,
                     Time now) {
  unit.advance(now);
  const Refusal refusal = unit.check_all(table, address, std::span(&value, 1));
  if (refusal == Refusal::none) unit.write(table, address, value, now);
  return refusal;
}

}  // namespace building::test
