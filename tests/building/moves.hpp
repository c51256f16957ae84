#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "tests/building/slot_place.hpp"
#include "tests/building/time.hpp"

namespace building {

// Why something moved.
enum class By : std::uint8_t { bus, hand, key, card, touch, physics };
std::string_view name_of(By by);

// One thing that really happened in the building: a write that took effect, a bolt, a door.
struct Move {
  Time at;
  std::string device;
  std::string what;  // "coil", "holding", "bolt", "door", "slot", …
  boost::json::value value;
  By by = By::physics;
  std::optional<std::uint16_t> address = std::nullopt;  // writes only
  std::optional<int> part = std::nullopt;               // compartments only
  std::optional<SlotPlace> slot = std::nullopt;         // slots, and bolts moved by key or card
};

// {"t_ns", "device", "what", "value", "by"}, "address" for writes, "part" for compartments, "area"
// and "slot" for slots and for bolts that a key or card moved.
boost::json::object to_json(const Move& move);

class MoveSink {
 public:
  virtual ~MoveSink() = default;
  virtual void add(Move move) = 0;
};

}  // namespace building
