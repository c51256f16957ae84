#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

// One question to one device and its answer, as Modbus knows them (Modbus Application Protocol
// Specification V1.1b3).
namespace genkan::bus {

enum class Table : std::uint8_t { coil, discrete, holding, input };

enum class Function : std::uint8_t {
  read_coils = 1,
  read_discretes = 2,
  read_holding = 3,
  read_input = 4,
  write_coil = 5,
  write_register = 6,
  write_coils = 15,
  write_registers = 16,
};

struct Exchange {
  std::uint8_t unit = 1;
  Function function = Function::read_holding;
  std::uint16_t address = 0;
  std::uint16_t count = 1;              // reads; at most 2000 bits or 125 words
  std::vector<std::uint16_t> values{};  // writes: words, or 0/1 for coils
};

// How an exchange ended. Each is counted apart, and none but `answered` carries values.
enum class Ending : std::uint8_t {
  answered,
  silent,          // nothing came before the response time-out
  garbage,         // bytes came that are no frame
  partial,         // a frame began and stopped
  wrong_unit,      // only another unit's frames came
  wrong_crc,       //
  wrong_function,  //
  wrong_length,    // a good frame that does not fit the question
  wrong_echo,      // a write's echo names another address or value
  exception,       // the device said no; `exception` has its code
  line_down,       // the port or connection is away
  expired,         // the deadline passed before it was sent: nothing went on the wire
  cancelled,       // the bus stops
  busy,            // the lane's queue is full: nothing went on the wire
};
std::string_view name_of(Ending ending);

struct Answer {
  Ending ending = Ending::silent;
  std::uint8_t exception = 0;
  std::vector<std::uint16_t> values{};         // reads: words, or 0/1 for bits
  bool sent = false;                           // whether the question went on the wire
  std::chrono::steady_clock::time_point at{};  // when the exchange ended
};

}  // namespace genkan::bus
