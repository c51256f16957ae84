#include "tests/building/faults.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "tests/building/crc.hpp"

namespace building {

namespace {

constexpr std::string_view names[] = {"none",       "dead",         "slow",       "noise",
                                      "half",       "crc",          "late",       "exception",
                                      "wrong_unit", "wrong_length", "wrong_echo", "echo"};
constexpr int most_garbage = 6;  // bytes in front of an answer

bool is_write(std::span<const std::uint8_t> request) {
  return !request.empty() &&
         (request[0] == 5 || request[0] == 6 || request[0] == 15 || request[0] == 16);
}

bool is_exception(const Bytes& answer) { return !answer.empty() && (answer[0] & 0x80U) != 0; }

// A read comes back one word (or byte of bits) short, or long if it was the only one; a write's
// echo two bytes long.
Bytes wrong_length(std::span<const std::uint8_t> request, Bytes answer) {
  if (is_write(request)) {
    answer.insert(answer.end(), {0, 0});
    return answer;
  }
  const std::size_t item = answer[0] <= 2 ? 1 : 2;
  if (answer.size() > 2 + item) {
    answer.resize(answer.size() - item);
  } else {
    answer.insert(answer.end(), item, 0);
  }
  answer[1] = static_cast<std::uint8_t>(answer.size() - 2);
  return answer;
}

int between(Random& random, int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random);
}

std::uint8_t any_byte(Random& random) { return static_cast<std::uint8_t>(between(random, 0, 255)); }

Bytes noisy(Bytes frame, Random& random) {
  if (between(random, 0, 1) == 0) {
    Bytes garbage(static_cast<std::size_t>(between(random, 1, most_garbage)));
    std::ranges::generate(garbage, [&random] { return any_byte(random); });
    frame.insert(frame.begin(), garbage.begin(), garbage.end());
    return frame;
  }
  const int last = static_cast<int>(frame.size()) - 1;
  std::uint8_t& hit = frame[static_cast<std::size_t>(between(random, 0, last))];
  hit = static_cast<std::uint8_t>(hit ^ between(random, 1, 255));
  return frame;
}

}  // namespace

std::optional<FaultKind> fault_named(std::string_view name) {
  const auto* found = std::ranges::find(names, name);
  if (found == std::end(names)) return std::nullopt;
  return static_cast<FaultKind>(found - std::begin(names));
}

std::string_view name_of(FaultKind kind) { return names[static_cast<std::size_t>(kind)]; }

Bytes spoil_answer(const Fault& fault, std::span<const std::uint8_t> request, Bytes answer) {
  if (fault.kind == FaultKind::exception) {
    return exception_answer(request.empty() ? std::uint8_t{0} : request[0],
                            static_cast<std::uint8_t>(fault.argument));
  }
  if (is_exception(answer)) return answer;
  if (fault.kind == FaultKind::wrong_length) return wrong_length(request, std::move(answer));
  if (fault.kind == FaultKind::wrong_echo && is_write(request)) {
    // Another address, so that the echo is well-formed and yet of another write.
    answer[2] = static_cast<std::uint8_t>(answer[2] ^ 1U);
  }
  return answer;
}

std::uint8_t spoil_unit(const Fault& fault, std::uint8_t unit) {
  if (fault.kind != FaultKind::wrong_unit) return unit;
  return static_cast<std::uint8_t>(unit == 247 ? 1 : unit + 1);
}

Bytes spoil_frame(const Fault& fault, Bytes frame, Random& random) {
  if (fault.kind == FaultKind::half) frame.resize(frame.size() / 2);
  if (fault.kind == FaultKind::noise) return noisy(std::move(frame), random);
  return frame;
}

Bytes rtu_frame(const Fault& fault, std::uint8_t unit, const Bytes& answer, Random& random) {
  Bytes frame{spoil_unit(fault, unit)};
  frame.insert(frame.end(), answer.begin(), answer.end());
  const std::uint16_t crc = crc16(frame);
  frame.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
  if (fault.kind == FaultKind::crc) frame.back() = static_cast<std::uint8_t>(frame.back() ^ 0x55U);
  return spoil_frame(fault, std::move(frame), random);
}

Bytes tcp_frame(const Fault& fault, std::uint16_t transaction, std::uint8_t unit,
                const Bytes& answer, Random& random) {
  const unsigned number = fault.kind == FaultKind::crc ? transaction ^ 0x5555U : transaction;
  const std::size_t length = answer.size() + 1;
  Bytes frame{static_cast<std::uint8_t>(number >> 8U),
              static_cast<std::uint8_t>(number & 0xFFU),
              0,
              0,
              static_cast<std::uint8_t>(length >> 8U),
              static_cast<std::uint8_t>(length & 0xFFU),
              spoil_unit(fault, unit)};
  frame.insert(frame.end(), answer.begin(), answer.end());
  return spoil_frame(fault, std::move(frame), random);
}

}  // namespace building
