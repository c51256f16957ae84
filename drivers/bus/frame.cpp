#include "drivers/bus/frame.hpp"

#include "drivers/bus/crc.hpp"

namespace genkan::bus {
namespace {

using View = std::span<const std::uint8_t>;

constexpr std::size_t rtu_least = 4;  // unit, function, CRC
constexpr std::size_t header = 7;     // MBAP
constexpr std::size_t length_least = 3;
constexpr std::size_t length_most = 254;
constexpr std::uint8_t units_most = 247;
constexpr std::size_t exception_bytes = 5;
constexpr std::size_t echo_bytes = 8;
constexpr std::size_t data_most = 250;

constexpr Frame nonsense{.kind = Frame::Kind::nonsense};

bool known(std::uint8_t function) {
  return (function >= 1 && function <= 6) || function == 15 || function == 16;
}

Frame rtu_frame(View bytes, std::size_t length) {
  if (bytes.size() < length) return {};
  const View whole = bytes.first(length);
  return {.kind = crc16(whole) == 0 ? Frame::Kind::sound : Frame::Kind::broken,
          .length = length,
          .unit = whole[0],
          .pdu = whole.subspan(1, length - 3)};
}

Frame rtu_at_start(View bytes) {
  if (bytes.empty()) return {};
  if (bytes[0] == 0 || bytes[0] > units_most) return nonsense;
  if (bytes.size() < 2) return {};
  const std::uint8_t function = bytes[1] & 0x7FU;
  if (!known(function)) return nonsense;
  if ((bytes[1] & exception_flag) != 0) return rtu_frame(bytes, exception_bytes);
  if (function > 4) return rtu_frame(bytes, echo_bytes);
  if (bytes.size() < 3) return {};
  if (bytes[2] == 0 || bytes[2] > data_most) return nonsense;
  return rtu_frame(bytes, std::size_t{5} + bytes[2]);
}

Frame tcp_at_start(View bytes) {
  if (bytes.size() > 2 && bytes[2] != 0) return nonsense;
  if (bytes.size() > 3 && bytes[3] != 0) return nonsense;
  if (bytes.size() > 4 && bytes[4] != 0) return nonsense;
  if (bytes.size() < 6) return {};
  const std::size_t length = bytes[5];
  if (length < length_least || length > length_most) return nonsense;
  if (bytes.size() < 6 + length) return {};
  return {.kind = Frame::Kind::sound,
          .length = 6 + length,
          .unit = bytes[6],
          .transaction = static_cast<std::uint16_t>((bytes[0] << 8U) | bytes[1]),
          .pdu = bytes.subspan(header, length - 1)};
}

}  // namespace

Frame frame_at_start(View bytes, Framing framing) {
  return framing == Framing::rtu ? rtu_at_start(bytes) : tcp_at_start(bytes);
}

Frame whole_rtu_frame(View bytes) {
  if (bytes.size() < rtu_least) return nonsense;
  return rtu_frame(bytes, bytes.size());
}

}  // namespace genkan::bus
