#include "tests/building/tcp_session.hpp"

#include <utility>

namespace building {

namespace {
constexpr std::size_t header = 6;         // transaction, protocol, length
constexpr std::size_t most_length = 254;  // unit and 253 bytes
constexpr std::size_t most_items = 256;

std::size_t word_at(const Bytes& bytes, std::size_t index) {
  return static_cast<std::size_t>(bytes[index]) << 8U | bytes[index + 1];
}
}  // namespace

bool TcpSession::received(std::span<const std::uint8_t> bytes, Time at) {
  received_.insert(received_.end(), bytes.begin(), bytes.end());
  while (received_.size() >= header) {
    const std::size_t length = word_at(received_, 4);
    if (word_at(received_, 2) != 0 || length < 2 || length > most_length) return false;
    if (received_.size() < header + length) return true;
    const auto end = received_.begin() + static_cast<std::ptrdiff_t>(header + length);
    if (items_.size() >= most_items) return false;
    take_frame(Bytes(received_.begin(), end), at);
    received_.erase(received_.begin(), end);
  }
  return true;
}

void TcpSession::take_frame(Bytes frame, Time at) {
  const std::uint8_t unit = frame[header];
  if (!bank_.hears(unit)) return;
  ++requests_;
  const auto transaction = static_cast<std::uint16_t>(word_at(frame, 0));
  if (bank_.fault(unit).kind == FaultKind::echo) items_.emplace(at, Item{false, 0, unit, frame});
  items_.emplace(at + bank_.thinking(unit), Item{true, transaction, unit, std::move(frame)});
}

void TcpSession::execute(const Item& item, Time at) {
  const auto request = std::span(item.bytes).subspan(header + 1);
  const auto answer = bank_.answer(item.unit, request, at);
  if (!answer) return;
  const Fault fault = bank_.fault(item.unit);
  const Duration late = fault.kind == FaultKind::late
                            ? Duration(std::chrono::milliseconds(fault.argument))
                            : Duration::zero();
  items_.emplace(at + late, Item{false, 0, item.unit,
                                 tcp_frame(fault, item.transaction, item.unit, *answer, random_)});
}

void TcpSession::advance(Time now, Bytes& out) {
  while (!items_.empty() && items_.begin()->first <= now) {
    const auto node = items_.extract(items_.begin());
    if (node.mapped().execute) {
      execute(node.mapped(), node.key());
    } else {
      ++answers_;
      out.insert(out.end(), node.mapped().bytes.begin(), node.mapped().bytes.end());
    }
  }
}

std::optional<Time> TcpSession::next() const {
  if (items_.empty()) return std::nullopt;
  return items_.begin()->first;
}

}  // namespace building
