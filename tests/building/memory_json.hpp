#pragma once

#include <boost/json/object.hpp>

#include "tests/building/code_memory.hpp"

namespace building {

// A memory as the control command `memory` tells it and as it is kept in a file:
// {"serial","changes","masters","slots":[{"area","slot","kind":"code"|"card","value","schedule"}…]}
// value: the digits, or the card's bytes in hexadecimal. schedule: {"mode":"always"},
// {"mode":"span","first","last"} or {"mode":"weekly","first","last","weekdays","from","to"}; first
// and last in minutes since 2000-01-01, from and to in minutes after midnight.
boost::json::object to_json(const MemoryImage& image);
// Throws std::runtime_error with what is wrong.
MemoryImage memory_from_json(const boost::json::value& value);

}  // namespace building
