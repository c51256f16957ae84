#include "drivers/bus/line.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <poll.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan::bus {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint32_t fixed_silence_above = 19'200;
constexpr nanoseconds fixed_silence = 1'750us;
// A port that takes no byte for so long is stuck (an adapter in the middle of being pulled).
constexpr int stuck_after_ms = 500;

}  // namespace

Framing framing_of(const domain::BusConfig& config) {
  return std::holds_alternative<domain::SerialLine>(config.line) ? Framing::rtu : Framing::tcp;
}

std::unique_ptr<Line> make_line(const domain::BusConfig& config) {
  if (const auto* const serial = std::get_if<domain::SerialLine>(&config.line))
    return make_serial_line(*serial);
  return make_tcp_line(std::get<domain::TcpLink>(config.line));
}

nanoseconds character_time(const domain::SerialLine& config) {
  const std::int64_t bits =
      1 + 8 + (config.parity == domain::Parity::none ? 0 : 1) + std::int64_t{config.stop_bits};
  const std::int64_t baud = std::max<std::uint32_t>(config.baud, 1);
  return nanoseconds(bits * 1'000'000'000 / baud);
}

nanoseconds silent_interval(const domain::SerialLine& config) {
  if (config.baud > fixed_silence_above) return fixed_silence;
  return character_time(config) * 7 / 2;
}

std::unexpected<Error> line_fault(const std::string& name, int error) {
  switch (error) {
    case EIO:
    case ENXIO:
    case ENODEV: return fail(ErrorCode::unreachable, cat(name, " has vanished (unplugged?)"));
    case ECONNRESET:
    case EPIPE: return fail(ErrorCode::unreachable, cat(name, " was closed by the other side"));
    case ETIMEDOUT:
      return fail(ErrorCode::unreachable, cat(name, " does not react any more (timed out)"));
    default:
      return fail(ErrorCode::io, cat(name, " failed: ", std::generic_category().message(error)));
  }
}

Result<> send_all(int descriptor, std::span<const std::uint8_t> bytes, bool& sent,
                  const std::string& name) {
  sent = false;
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count > 0) {
      sent = true;
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) return line_fault(name, errno);
    pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
    const int found = ::poll(&ready, 1, stuck_after_ms);
    if (found < 0 && errno != EINTR) return line_fault(name, errno);
    if (found == 0) return fail(ErrorCode::io, cat(name, " takes no more bytes"));
    if ((ready.revents & (POLLHUP | POLLERR)) != 0) return line_fault(name, EIO);
  }
  return {};
}

}  // namespace genkan::bus
