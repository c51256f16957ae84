#include "drivers/profile/profile.hpp"

namespace genkan::profile {

bus::Exchange write_exchange(const Register& reg, std::uint8_t unit, std::uint16_t channel,
                             std::uint8_t part, std::int64_t raw) {
  using enum bus::Function;
  bus::Exchange exchange{unit, write_register, reg.place(channel, part), reg.width(), {}};
  if (reg.of_bits()) {
    exchange.function = reg.write_many ? write_coils : write_coil;
    exchange.values = {static_cast<std::uint16_t>(raw != 0 ? 1 : 0)};
    return exchange;
  }
  const auto low = static_cast<std::uint16_t>(raw & 0xFFFF);
  if (reg.width() == 1) {
    exchange.function = reg.write_many ? write_registers : write_register;
    exchange.values = {low};
    return exchange;
  }
  const auto high = static_cast<std::uint16_t>((raw >> 16) & 0xFFFF);
  exchange.function = write_registers;
  if (reg.order == WordOrder::high_first) {
    exchange.values = {high, low};
  } else {
    exchange.values = {low, high};
  }
  return exchange;
}

}  // namespace genkan::profile
