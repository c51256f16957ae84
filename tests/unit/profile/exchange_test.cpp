#include <doctest/doctest.h>

#include "tests/unit/profile/support.hpp"

using namespace genkan;
using namespace genkan::profile;
using enum genkan::bus::Function;

namespace {

Register made(bus::Table table, Encoding encoding, WordOrder order = WordOrder::high_first,
              bool many = false) {
  Register reg;
  reg.table = table;
  reg.encoding = encoding;
  reg.order = order;
  reg.address = 10;
  reg.per_channel = 100;
  reg.per_part = 3;
  reg.parts = 5;
  reg.write_many = many;
  return reg;
}

}  // namespace

TEST_CASE("write_exchange: function, place and words") {
  struct Case {
    Register reg;
    std::int64_t raw;
    bus::Function function;
    std::vector<std::uint16_t> values;
  };
  const Case cases[] = {
      {made(bus::Table::coil, Encoding::bit), 1, write_coil, {1}},
      {made(bus::Table::coil, Encoding::bit), 0, write_coil, {0}},
      {made(bus::Table::coil, Encoding::bit), 255, write_coil, {1}},
      {made(bus::Table::coil, Encoding::bit, WordOrder::high_first, true), 1, write_coils, {1}},
      {made(bus::Table::holding, Encoding::u16), 65'535, write_register, {65'535}},
      {made(bus::Table::holding, Encoding::i16), -2, write_register, {0xFFFE}},
      {made(bus::Table::holding, Encoding::u16, WordOrder::high_first, true),
       7,
       write_registers,
       {7}},
      {made(bus::Table::holding, Encoding::u32), 0x12345678, write_registers, {0x1234, 0x5678}},
      {made(bus::Table::holding, Encoding::i32, WordOrder::low_first),
       -2,
       write_registers,
       {0xFFFE, 0xFFFF}},
  };
  for (const auto& c : cases) {
    const auto exchange = write_exchange(c.reg, 17, 2, 3, c.raw);
    CHECK(exchange.unit == 17);
    CHECK(exchange.address == 10 + 100 + 6);
    CHECK(exchange.function == c.function);
    CHECK(exchange.values == c.values);
    CHECK(exchange.count == c.values.size());
  }
}

TEST_CASE("Register::place: channels and parts count from 1; 0 is the first") {
  const Register reg = made(bus::Table::holding, Encoding::u16);
  CHECK(reg.place(1, 1) == 10);
  CHECK(reg.place(0, 0) == 10);
  CHECK(reg.place(1, 0) == 10);
  CHECK(reg.place(3, 5) == 10 + 200 + 12);
  CHECK(reg.place(65'535, 255) == static_cast<std::uint16_t>(10 + 65'534 * 100 + 254 * 3));
}
