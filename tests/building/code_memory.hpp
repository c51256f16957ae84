#pragma once

#include <array>
#include <cstdint>
#include <map>

namespace building {

// The memory for codes and cards of el-100: slots 1 to 230, either kind in any slot. What is in it
// is never shown or logged.
class CodeMemory {
 public:
  static constexpr std::uint16_t slots = 230;
  enum class Kind : std::uint16_t { empty = 0, code = 1, card = 2 };
  // As input 110 tells it.
  enum class Outcome : std::uint16_t { ok = 0, busy = 1, already_there = 2, no_such_slot = 3 };
  using Digits = std::array<std::uint16_t, 4>;  // BCD, 4 digits a register, F = none
  struct Key {
    Kind kind = Kind::empty;
    Digits digits{0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF};
    bool operator==(const Key&) const = default;
  };

  // An identical key in another slot is `already_there`.
  Outcome write(std::uint16_t slot, const Key& key);
  Outcome remove(std::uint16_t slot);
  Outcome read(std::uint16_t slot, Key& into) const;

  Kind kind(std::uint16_t slot) const;
  std::size_t used() const { return keys_.size(); }

  static bool digits_valid(std::uint16_t four);

 private:
  std::map<std::uint16_t, Key> keys_;
};

}  // namespace building
