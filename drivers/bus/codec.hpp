#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "drivers/bus/exchange.hpp"

// Questions to bytes and answers' contents back, without any I/O or time.
namespace genkan::bus {

enum class Framing : std::uint8_t {
  rtu,  // unit, function, data, CRC
  tcp,  // MBAP header (transaction, protocol 0, length, unit), function, data
};

inline constexpr std::size_t most_rtu_bytes = 256;
inline constexpr std::size_t most_tcp_bytes = 260;
inline constexpr std::uint8_t exception_flag = 0x80;

// Gateway exceptions: told by a gateway about a unit behind it that does not answer.
inline constexpr std::uint8_t gateway_path_unavailable = 10;
inline constexpr std::uint8_t gateway_target_silent = 11;

bool is_read(Function function);
bool reads_bits(Function function);
Function read_function(Table table);

// Why this question cannot be asked at all (a count, value or unit beyond what the protocol
// carries); empty if it can. Unit 0 is refused on RTU: a broadcast has no answer to judge.
std::string_view question_fault(const Exchange& question, Framing framing);

// The question's bytes. Precondition: question_fault is empty. `transaction` is used by TCP alone.
std::vector<std::uint8_t> encode(const Exchange& question, Framing framing,
                                 std::uint16_t transaction);

// How many bytes the answer has if the device does as asked.
std::size_t answer_bytes(const Exchange& question, Framing framing);

struct Verdict {
  Ending ending = Ending::silent;
  std::uint8_t exception = 0;
  std::vector<std::uint16_t> values{};
};

// What a whole and sound answer of the asked unit says: function and data (the PDU), nothing around
// them. One of answered, exception, wrong_function, wrong_length, wrong_echo.
Verdict judge(const Exchange& question, std::span<const std::uint8_t> pdu);

}  // namespace genkan::bus
