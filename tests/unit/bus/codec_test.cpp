#include "drivers/bus/codec.hpp"

#include <doctest/doctest.h>

#include "drivers/bus/crc.hpp"

using namespace genkan::bus;

namespace {

using Bytes = std::vector<std::uint8_t>;

std::vector<std::uint16_t> ones(std::size_t count) { return std::vector<std::uint16_t>(count, 1); }

}  // namespace

TEST_CASE("CRC: the specification's example, and 0 over a whole frame") {
  // Modbus over serial line V1.02, appendix B: frame 02 07 has checksum 0x1241, sent 41 12.
  CHECK(crc16(Bytes{0x02, 0x07}) == 0x1241);
  CHECK(crc16(Bytes{0x02, 0x07, 0x41, 0x12}) == 0);
}

TEST_CASE("encode: each function's bytes as the application protocol gives them") {
  struct Case {
    Exchange question;
    Bytes pdu;
  };
  const std::vector<Case> cases{
      {{.unit = 1, .function = Function::read_coils, .address = 0x13, .count = 0x13},
       {0x01, 0x00, 0x13, 0x00, 0x13}},
      {{.unit = 1, .function = Function::read_discretes, .address = 0xC4, .count = 0x16},
       {0x02, 0x00, 0xC4, 0x00, 0x16}},
      {{.unit = 1, .function = Function::read_holding, .address = 0x6B, .count = 3},
       {0x03, 0x00, 0x6B, 0x00, 0x03}},
      {{.unit = 1, .function = Function::read_input, .address = 8, .count = 1},
       {0x04, 0x00, 0x08, 0x00, 0x01}},
      {{.unit = 1, .function = Function::write_coil, .address = 0xAC, .values = {1}},
       {0x05, 0x00, 0xAC, 0xFF, 0x00}},
      {{.unit = 1, .function = Function::write_coil, .address = 0xAC, .values = {0}},
       {0x05, 0x00, 0xAC, 0x00, 0x00}},
      {{.unit = 1, .function = Function::write_register, .address = 1, .values = {3}},
       {0x06, 0x00, 0x01, 0x00, 0x03}},
      {{.unit = 1,
        .function = Function::write_coils,
        .address = 0x13,
        .values = {1, 0, 1, 1, 0, 0, 1, 1, 1, 0}},
       {0x0F, 0x00, 0x13, 0x00, 0x0A, 0x02, 0xCD, 0x01}},
      {{.unit = 1, .function = Function::write_registers, .address = 1, .values = {0x0A, 0x0102}},
       {0x10, 0x00, 0x01, 0x00, 0x02, 0x04, 0x00, 0x0A, 0x01, 0x02}},
  };
  for (const Case& one : cases) {
    CAPTURE(static_cast<int>(one.question.function));
    Bytes rtu{0x01};
    rtu.insert(rtu.end(), one.pdu.begin(), one.pdu.end());
    const auto crc = crc16(rtu);
    rtu.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
    rtu.push_back(static_cast<std::uint8_t>(crc >> 8U));
    CHECK(encode(one.question, Framing::rtu, 7) == rtu);
    Bytes tcp{0x12, 0x34, 0, 0, 0, static_cast<std::uint8_t>(one.pdu.size() + 1), 0x01};
    tcp.insert(tcp.end(), one.pdu.begin(), one.pdu.end());
    CHECK(encode(one.question, Framing::tcp, 0x1234) == tcp);
  }
}

TEST_CASE("question_fault: what the protocol cannot carry is refused before the wire") {
  struct Case {
    Exchange question;
    Framing framing;
    bool fine;
  };
  const std::vector<Case> cases{
      {{.unit = 0}, Framing::rtu, false},
      {{.unit = 0}, Framing::tcp, true},
      {{.unit = 247}, Framing::rtu, true},
      {{.unit = 248}, Framing::rtu, false},
      {{.unit = 255}, Framing::tcp, true},
      {{.count = 0}, Framing::rtu, false},
      {{.count = 125}, Framing::rtu, true},
      {{.count = 126}, Framing::rtu, false},
      {{.function = Function::read_coils, .count = 2000}, Framing::rtu, true},
      {{.function = Function::read_coils, .count = 2001}, Framing::rtu, false},
      {{.address = 65'535, .count = 1}, Framing::rtu, true},
      {{.address = 65'535, .count = 2}, Framing::rtu, false},
      {{.function = Function::write_coil}, Framing::rtu, false},
      {{.function = Function::write_coil, .values = {1, 1}}, Framing::rtu, false},
      {{.function = Function::write_registers, .values = ones(123)}, Framing::rtu, true},
      {{.function = Function::write_registers, .values = ones(124)}, Framing::rtu, false},
      {{.function = Function::write_coils, .values = ones(1968)}, Framing::rtu, true},
      {{.function = Function::write_coils, .values = ones(1969)}, Framing::rtu, false},
      {{.function = Function::write_coils}, Framing::rtu, false},
  };
  for (std::size_t index = 0; index < cases.size(); ++index) {
    CAPTURE(index);
    CHECK(question_fault(cases[index].question, cases[index].framing).empty() == cases[index].fine);
  }
}

TEST_CASE("encode: the largest questions fit the largest frames") {
  const Exchange coils{.function = Function::write_coils, .values = ones(1968)};
  const Exchange words{.function = Function::write_registers, .values = ones(123)};
  CHECK(encode(coils, Framing::rtu, 0).size() <= most_rtu_bytes);
  CHECK(encode(words, Framing::rtu, 0).size() <= most_rtu_bytes);
  CHECK(encode(words, Framing::tcp, 0).size() <= most_tcp_bytes);
}

TEST_CASE("judge: an answer against its question") {
  const Exchange words{.function = Function::read_holding, .address = 5, .count = 2};
  const Exchange bits{.function = Function::read_coils, .address = 5, .count = 10};
  const Exchange coil{.function = Function::write_coil, .address = 6, .values = {1}};
  const Exchange many{.function = Function::write_registers, .address = 6, .values = {1, 2}};
  struct Case {
    Exchange question;
    Bytes pdu;
    Ending ending;
    std::vector<std::uint16_t> values;
  };
  const std::vector<Case> cases{
      {words, {3, 4, 0x12, 0x34, 0, 6}, Ending::answered, {0x1234, 6}},
      {words, {3, 2, 0, 5}, Ending::wrong_length, {}},
      {words, {3, 6, 0, 5, 0, 6, 0, 7}, Ending::wrong_length, {}},
      {words, {3, 4, 0, 5}, Ending::wrong_length, {}},
      {words, {4, 4, 0, 5, 0, 6}, Ending::wrong_function, {}},
      {words, {0x83, 2}, Ending::exception, {}},
      {words, {0x83}, Ending::wrong_length, {}},
      {words, {0x84, 2}, Ending::wrong_function, {}},
      {words, {}, Ending::wrong_length, {}},
      {bits, {1, 2, 0x05, 0x02}, Ending::answered, {1, 0, 1, 0, 0, 0, 0, 0, 0, 1}},
      {bits, {1, 1, 0x05}, Ending::wrong_length, {}},
      {coil, {5, 0, 6, 0xFF, 0}, Ending::answered, {}},
      {coil, {5, 0, 6, 0, 0}, Ending::wrong_echo, {}},
      {coil, {5, 0, 7, 0xFF, 0}, Ending::wrong_echo, {}},
      {coil, {5, 0, 6, 0xFF}, Ending::wrong_length, {}},
      {many, {16, 0, 6, 0, 2}, Ending::answered, {}},
      {many, {16, 0, 6, 0, 3}, Ending::wrong_echo, {}},
      {many, {16, 0, 120, 0, 2}, Ending::wrong_echo, {}},
  };
  for (std::size_t index = 0; index < cases.size(); ++index) {
    CAPTURE(index);
    const Verdict verdict = judge(cases[index].question, cases[index].pdu);
    CHECK(name_of(verdict.ending) == name_of(cases[index].ending));
    CHECK(verdict.values == cases[index].values);
  }
  CHECK(judge(words, Bytes{0x83, 2}).exception == 2);
}

TEST_CASE("answer_bytes: the end of an answer is known from its question") {
  CHECK(answer_bytes({.function = Function::read_coils, .count = 9}, Framing::rtu) == 7);
  CHECK(answer_bytes({.function = Function::read_input, .count = 2}, Framing::rtu) == 9);
  CHECK(answer_bytes({.function = Function::write_coil, .values = {1}}, Framing::rtu) == 8);
  CHECK(answer_bytes({.function = Function::read_input, .count = 2}, Framing::tcp) == 13);
}
