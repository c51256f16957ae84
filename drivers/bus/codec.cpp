#include "drivers/bus/codec.hpp"

#include <algorithm>

#include "drivers/bus/crc.hpp"

namespace genkan::bus {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Limits of the Modbus Application Protocol V1.1b3, section 6.
constexpr std::size_t most_read_bits = 2000;
constexpr std::size_t most_read_words = 125;
constexpr std::size_t most_written_bits = 1968;
constexpr std::size_t most_written_words = 123;
constexpr std::size_t places = 65'536;

constexpr std::uint16_t coil_on = 0xFF00;
constexpr std::size_t echo_pdu_bytes = 5;  // function, address, value or count
constexpr std::size_t rtu_around = 3;      // unit and CRC
constexpr std::size_t tcp_around = 7;      // MBAP header

void put_word(Bytes& out, std::uint16_t word) {
  out.push_back(static_cast<std::uint8_t>(word >> 8U));
  out.push_back(static_cast<std::uint8_t>(word & 0xFFU));
}

std::uint16_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>((bytes[at] << 8U) | bytes[at + 1]);
}

std::size_t bytes_of_bits(std::size_t bits) { return (bits + 7) / 8; }

std::size_t data_bytes(const Exchange& question) {
  return reads_bits(question.function) ? bytes_of_bits(question.count)
                                       : std::size_t{question.count} * 2;
}

void put_bits(Bytes& out, const std::vector<std::uint16_t>& values) {
  const std::size_t start = out.size();
  out.resize(start + bytes_of_bits(values.size()));
  for (std::size_t index = 0; index < values.size(); ++index) {
    if (values[index] == 0) continue;
    auto& byte = out[start + index / 8];
    byte = static_cast<std::uint8_t>(byte | (1U << (index % 8)));
  }
}

void put_pdu(Bytes& out, const Exchange& question) {
  out.push_back(static_cast<std::uint8_t>(question.function));
  put_word(out, question.address);
  switch (question.function) {
    case Function::read_coils:
    case Function::read_discretes:
    case Function::read_holding:
    case Function::read_input: put_word(out, question.count); return;
    case Function::write_coil: put_word(out, question.values[0] != 0 ? coil_on : 0); return;
    case Function::write_register: put_word(out, question.values[0]); return;
    case Function::write_coils:
      put_word(out, static_cast<std::uint16_t>(question.values.size()));
      out.push_back(static_cast<std::uint8_t>(bytes_of_bits(question.values.size())));
      put_bits(out, question.values);
      return;
    case Function::write_registers:
      put_word(out, static_cast<std::uint16_t>(question.values.size()));
      out.push_back(static_cast<std::uint8_t>(question.values.size() * 2));
      for (const std::uint16_t value : question.values) put_word(out, value);
      return;
  }
}

std::string_view span_fault(const Exchange& question, std::size_t count, std::size_t most) {
  if (count == 0 || count > most) return "the count is outside what one exchange carries";
  if (question.address + count > places) return "the range reaches beyond address 65535";
  return {};
}

Verdict read_answer(const Exchange& question, std::span<const std::uint8_t> pdu) {
  const std::size_t expected = data_bytes(question);
  if (pdu.size() != 2 + expected || pdu[1] != expected) return {.ending = Ending::wrong_length};
  Verdict verdict{.ending = Ending::answered};
  verdict.values.reserve(question.count);
  const auto data = pdu.subspan(2);
  for (std::size_t index = 0; index < question.count; ++index) {
    verdict.values.push_back(reads_bits(question.function)
                                 ? static_cast<std::uint16_t>((data[index / 8] >> (index % 8)) & 1U)
                                 : word_at(data, index * 2));
  }
  return verdict;
}

Verdict write_answer(const Exchange& question, std::span<const std::uint8_t> pdu) {
  if (pdu.size() != echo_pdu_bytes) return {.ending = Ending::wrong_length};
  // The echo repeats the first five bytes of the question: function, address, value or count.
  Bytes asked;
  put_pdu(asked, question);
  const bool same = std::ranges::equal(pdu, std::span(asked).first(echo_pdu_bytes));
  return {.ending = same ? Ending::answered : Ending::wrong_echo};
}

}  // namespace

bool is_read(Function function) { return function <= Function::read_input; }

bool reads_bits(Function function) { return function <= Function::read_discretes; }

Function read_function(Table table) {
  switch (table) {
    case Table::coil: return Function::read_coils;
    case Table::discrete: return Function::read_discretes;
    case Table::holding: return Function::read_holding;
    case Table::input: return Function::read_input;
  }
  return Function::read_holding;
}

std::string_view question_fault(const Exchange& question, Framing framing) {
  if (framing == Framing::rtu && (question.unit == 0 || question.unit > 247))
    return "units of a serial line are 1 to 247";
  const std::size_t written = question.values.size();
  switch (question.function) {
    case Function::read_coils:
    case Function::read_discretes: return span_fault(question, question.count, most_read_bits);
    case Function::read_holding:
    case Function::read_input: return span_fault(question, question.count, most_read_words);
    case Function::write_coil:
    case Function::write_register:
      return written == 1 ? std::string_view{} : "a single write takes one value";
    case Function::write_coils: return span_fault(question, written, most_written_bits);
    case Function::write_registers: return span_fault(question, written, most_written_words);
  }
  return "the function is not known";
}

Bytes encode(const Exchange& question, Framing framing, std::uint16_t transaction) {
  Bytes out;
  out.reserve(most_tcp_bytes);
  if (framing == Framing::rtu) {
    out.push_back(question.unit);
    put_pdu(out, question);
    const std::uint16_t crc = crc16(out);
    out.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
    out.push_back(static_cast<std::uint8_t>(crc >> 8U));
    return out;
  }
  put_word(out, transaction);
  put_word(out, 0);
  put_word(out, 0);
  out.push_back(question.unit);
  put_pdu(out, question);
  const std::size_t length = out.size() - 6;
  out[4] = static_cast<std::uint8_t>(length >> 8U);
  out[5] = static_cast<std::uint8_t>(length & 0xFFU);
  return out;
}

std::size_t answer_bytes(const Exchange& question, Framing framing) {
  const std::size_t around = framing == Framing::rtu ? rtu_around : tcp_around;
  return around + (is_read(question.function) ? 2 + data_bytes(question) : echo_pdu_bytes);
}

Verdict judge(const Exchange& question, std::span<const std::uint8_t> pdu) {
  const auto asked = static_cast<std::uint8_t>(question.function);
  if (pdu.empty()) return {.ending = Ending::wrong_length};
  if (pdu[0] == (asked | exception_flag)) {
    if (pdu.size() != 2) return {.ending = Ending::wrong_length};
    return {.ending = Ending::exception, .exception = pdu[1]};
  }
  if (pdu[0] != asked) return {.ending = Ending::wrong_function};
  return is_read(question.function) ? read_answer(question, pdu) : write_answer(question, pdu);
}

}  // namespace genkan::bus
