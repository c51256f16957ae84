#pragma once

#include <compare>
#include <cstdint>

namespace building {

// Where a key lies in a lock's memory: areas count from 0, slots from 1.
struct SlotPlace {
  std::uint16_t area = 0;
  std::uint16_t slot = 0;
  auto operator<=>(const SlotPlace&) const = default;
};

}  // namespace building
