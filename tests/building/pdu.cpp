#include "tests/building/pdu.hpp"

#include <optional>

#include <boost/json.hpp>

namespace building {

namespace {

// Limits of one request (Modbus Application Protocol V1.1b3, 6.1 to 6.12).
constexpr unsigned most_bits_read = 2000;
constexpr unsigned most_words_read = 125;
constexpr unsigned most_bits_written = 1968;
constexpr unsigned most_words_written = 123;
constexpr unsigned coil_on = 0xFF00;

unsigned word_at(std::span<const std::uint8_t> bytes, std::size_t index) {
  return static_cast<unsigned>(bytes[index]) << 8U | bytes[index + 1];
}

void put_word(Bytes& bytes, unsigned word) {
  bytes.push_back(static_cast<std::uint8_t>(word >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(word & 0xFFU));
}

struct FunctionSpec {
  std::uint8_t code;
  Table table;
  bool writes;
  bool many;
};
constexpr FunctionSpec functions[] = {
    {1, Table::coil, false, true},    {2, Table::discrete, false, true},
    {3, Table::holding, false, true}, {4, Table::input, false, true},
    {5, Table::coil, true, false},    {6, Table::holding, true, false},
    {15, Table::coil, true, true},    {16, Table::holding, true, true},
};

const FunctionSpec* function_of(std::uint8_t code) {
  for (const FunctionSpec& one : functions) {
    if (one.code == code) return &one;
  }
  return nullptr;
}

bool is_bits(Table table) { return table == Table::coil || table == Table::discrete; }

Bytes refuse(std::uint8_t function, Refusal refusal) {
  return exception_answer(function, static_cast<std::uint8_t>(refusal));
}

Bytes read(const Unit& unit, const FunctionSpec& function, std::span<const std::uint8_t> request) {
  const unsigned first = word_at(request, 1);
  const unsigned count = word_at(request, 3);
  const bool bits = is_bits(function.table);
  const unsigned most = bits ? most_bits_read : most_words_read;
  if (count < 1 || count > most) return refuse(function.code, Refusal::value);
  if (first + count > 0x1'0000) return refuse(function.code, Refusal::address);
  const unsigned length = bits ? (count + 7) / 8 : 2 * count;
  Bytes answer{function.code, static_cast<std::uint8_t>(length)};
  if (bits) answer.resize(2 + length);
  for (unsigned index = 0; index < count; ++index) {
    const auto value = unit.read(function.table, static_cast<std::uint16_t>(first + index));
    if (!value) return refuse(function.code, Refusal::address);
    if (!bits) {
      put_word(answer, *value);
    } else if (*value != 0) {
      std::uint8_t& byte = answer[2 + index / 8];
      byte = static_cast<std::uint8_t>(byte | 1U << index % 8);
    }
  }
  return answer;
}

// The values that a write carries; nothing if the request is malformed.
std::optional<std::vector<std::uint16_t>> values_of(const FunctionSpec& function,
                                                    std::span<const std::uint8_t> request) {
  std::vector<std::uint16_t> values;
  const bool bits = is_bits(function.table);
  if (!function.many) {
    const unsigned value = word_at(request, 3);
    if (bits && value != 0 && value != coil_on) return std::nullopt;
    values.push_back(static_cast<std::uint16_t>(bits ? value != 0 : value));
    return values;
  }
  const unsigned count = word_at(request, 3);
  const unsigned most = bits ? most_bits_written : most_words_written;
  const unsigned length = bits ? (count + 7) / 8 : 2 * count;
  if (count < 1 || count > most || request.size() != 6 + length || request[5] != length) {
    return std::nullopt;
  }
  for (unsigned index = 0; index < count; ++index) {
    const unsigned value =
        bits ? request[6 + index / 8] >> index % 8 & 1U : word_at(request, 6 + 2 * index);
    values.push_back(static_cast<std::uint16_t>(value));
  }
  return values;
}

Bytes write(Unit& unit, const FunctionSpec& function, std::span<const std::uint8_t> request,
            Time at, MoveSink& moves) {
  const unsigned first = word_at(request, 1);
  const auto values = values_of(function, request);
  if (!values) return refuse(function.code, Refusal::value);
  if (first + values->size() > 0x1'0000) return refuse(function.code, Refusal::address);
  const Refusal refusal =
      unit.check_all(function.table, static_cast<std::uint16_t>(first), *values);
  if (refusal != Refusal::none) return refuse(function.code, refusal);
  for (std::size_t index = 0; index < values->size(); ++index) {
    const auto address = static_cast<std::uint16_t>(first + index);
    boost::json::value told;
    if (!unit.secret(function.table, address)) told = (*values)[index];
    moves.add(Move{.at = at,
                   .device = unit.identity().name(unit.channel_of(function.table, address)),
                   .what = is_bits(function.table) ? "coil" : "holding",
                   .value = std::move(told),
                   .by = By::bus,
                   .address = address});
    unit.write(function.table, address, (*values)[index], at);
  }
  return {request.begin(), request.begin() + 5};
}

}  // namespace

Bytes exception_answer(std::uint8_t function, std::uint8_t code) {
  return {static_cast<std::uint8_t>(function | 0x80U), code};
}

Bytes execute(Unit& unit, std::span<const std::uint8_t> request, Time at, MoveSink& moves) {
  const std::uint8_t code = request.empty() ? std::uint8_t{0} : request[0];
  const FunctionSpec* function = function_of(code);
  if (function == nullptr || !unit.has(function->table)) return refuse(code, Refusal::function);
  const bool carries_values = function->writes && function->many;
  if (carries_values ? request.size() < 6 : request.size() != 5) {
    return refuse(code, Refusal::value);
  }
  return function->writes ? write(unit, *function, request, at, moves)
                          : read(unit, *function, request);
}

}  // namespace building
