#include "tests/building/moves.hpp"

#include <boost/json.hpp>

namespace building {

std::string_view name_of(By by) {
  switch (by) {
    case By::bus: return "bus";
    case By::hand: return "hand";
    case By::key: return "key";
    case By::card: return "card";
    case By::touch: return "touch";
    case By::physics: return "physics";
  }
  return "physics";
}

boost::json::object to_json(const Move& move) {
  boost::json::object object;
  object["t_ns"] = std::chrono::nanoseconds(move.at.time_since_epoch()).count();
  object["device"] = move.device;
  object["what"] = move.what;
  if (move.address) object["address"] = *move.address;
  if (move.part) object["part"] = *move.part;
  if (move.slot) {
    object["area"] = move.slot->area;
    object["slot"] = move.slot->slot;
  }
  object["value"] = move.value;
  object["by"] = name_of(move.by);
  return object;
}

}  // namespace building
