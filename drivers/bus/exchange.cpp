#include "drivers/bus/exchange.hpp"

#include <array>

namespace genkan::bus {

std::string_view name_of(Ending ending) {
  static constexpr std::array<std::string_view, 14> names{
      "answered",  "silent",         "garbage",      "partial",    "wrong_unit",
      "wrong_crc", "wrong_function", "wrong_length", "wrong_echo", "exception",
      "line_down", "expired",        "cancelled",    "busy"};
  return names.at(static_cast<std::size_t>(ending));
}

}  // namespace genkan::bus
