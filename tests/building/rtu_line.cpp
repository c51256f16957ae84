#include "tests/building/rtu_line.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <boost/json.hpp>

#include "tests/building/crc.hpp"

namespace building {

namespace {

using namespace std::chrono_literals;

constexpr Duration tolerance = 50us;       // of the check for requests that come too early
constexpr std::size_t most_frame = 256;    // Modbus over Serial Line V1.02, 2.5.1
constexpr std::size_t shortest_frame = 4;  // unit, function, CRC
constexpr std::size_t most_items = 256;    // on the wire or being thought about; more is dropped

// How long the frame is that begins so; 0: not to be told from what is there.
std::size_t frame_length(const Bytes& bytes) {
  if (bytes.size() < 2) return 0;
  const std::uint8_t function = bytes[1];
  if (function >= 1 && function <= 6) return 8;
  if ((function == 15 || function == 16) && bytes.size() >= 7) return 9U + bytes[6];
  return 0;
}

bool crc_good(std::span<const std::uint8_t> frame) {
  if (frame.size() < shortest_frame) return false;
  const std::uint16_t crc = crc16(frame.first(frame.size() - 2));
  return frame[frame.size() - 2] == (crc & 0xFFU) && frame.back() == crc >> 8U;
}

}  // namespace

Duration SerialTiming::chars(double count) const {
  return Duration(std::llround(count * bits_per_char * 1e9 / baud));
}

Duration SerialTiming::silence() const { return baud > 19'200 ? Duration(1750us) : chars(3.5); }

RtuLine::RtuLine(SerialTiming timing, Bank& bank, std::uint32_t seed, std::size_t chunk, Emit emit)
    : timing_(timing), bank_(bank), random_(seed), chunk_(chunk), emit_(std::move(emit)) {}

void RtuLine::schedule(Time at, Item item) {
  if (items_.size() < most_items) items_.emplace(at, std::move(item));
}

std::optional<Time> RtuLine::next() const {
  std::optional<Time> first = bank_.next();
  if (!items_.empty() && (!first || items_.begin()->first < *first)) first = items_.begin()->first;
  return first;
}

void RtuLine::advance(Time now) {
  while (!items_.empty() && items_.begin()->first <= now) {
    auto node = items_.extract(items_.begin());
    run(node.mapped(), node.key(), now);
  }
  bank_.advance(now);
}

void RtuLine::run(Item& item, Time due, Time now) {
  switch (item.what) {
    case Item::What::execute: execute(item, due); break;
    case Item::What::start: start(item.bytes, due); break;
    case Item::What::silence: silence(due); break;
    case Item::What::deliver:
      emit_(item.bytes);
      statistics_.latest = std::max<Duration>(statistics_.latest, now - due);
      break;
  }
}

void RtuLine::received(std::span<const std::uint8_t> bytes, Time at) {
  advance(at);
  if (received_.empty()) {
    if (at < sending_until_) {
      ++statistics_.collisions;
    } else if (at < quiet_since_ + timing_.silence() - tolerance) {
      ++statistics_.early;
    }
    received_end_ = at;
  }
  received_end_ = std::max(received_end_, at) + timing_.chars(static_cast<double>(bytes.size()));
  received_.insert(received_.end(), bytes.begin(), bytes.end());
  statistics_.bytes_in += bytes.size();
  statistics_.wire_time += timing_.chars(static_cast<double>(bytes.size()));
  parse();
}

void RtuLine::parse() {
  while (!received_.empty()) {
    const std::size_t length = frame_length(received_);
    if (length == 0 || received_.size() < length) break;
    const auto frame = std::span(received_).first(length);
    if (!crc_good(frame)) break;
    const std::size_t behind = received_.size() - length;
    take_frame(frame, received_end_ - timing_.chars(static_cast<double>(behind)));
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(length));
    if (behind > 0) ++statistics_.early;
  }
  // What cannot be told by its length ends with silence.
  if (!received_.empty()) schedule(received_end_ + timing_.silence(), {Item::What::silence, 0, {}});
}

void RtuLine::silence(Time at) {
  if (received_.empty() || at < received_end_ + timing_.silence()) return;  // more came
  quiet_since_ = std::max(quiet_since_, received_end_);
  if (received_.size() <= most_frame && crc_good(received_)) {
    take_frame(received_, received_end_);
  } else {
    ++statistics_.bad_crc;
  }
  received_.clear();
}

void RtuLine::take_frame(std::span<const std::uint8_t> frame, Time end) {
  quiet_since_ = std::max(quiet_since_, end);
  const std::uint8_t unit = frame[0];
  const Bytes request(frame.begin() + 1, frame.end() - 2);
  if (unit != 0 && !bank_.hears(unit)) {
    ++statistics_.unheard;
    return;
  }
  ++statistics_.requests;
  ++statistics_.by_unit[unit];
  if (unit == 0) ++statistics_.broadcasts;
  if (bank_.fault(unit).kind == FaultKind::echo) {
    schedule(end, {Item::What::deliver, unit, {frame.begin(), frame.end()}});
  }
  schedule(end + timing_.silence() + bank_.thinking(unit), {Item::What::execute, unit, request});
}

void RtuLine::execute(const Item& item, Time at) {
  if (item.unit == 0) {
    bank_.broadcast(item.bytes, at);
    return;
  }
  const auto answer = bank_.answer(item.unit, item.bytes, at);
  if (!answer) return;
  const Fault fault = bank_.fault(item.unit);
  const Duration late = fault.kind == FaultKind::late
                            ? Duration(std::chrono::milliseconds(fault.argument))
                            : Duration::zero();
  schedule(at + late,
           {Item::What::start, item.unit, rtu_frame(fault, item.unit, *answer, random_)});
}

void RtuLine::start(const Bytes& frame, Time at) {
  if (at < sending_until_) {  // the wire carries one answer at a time
    schedule(sending_until_, {Item::What::start, 0, frame});
    return;
  }
  const std::size_t step = chunk_ == 0 ? frame.size() : chunk_;
  for (std::size_t first = 0; first < frame.size(); first += step) {
    const std::size_t last = std::min(first + step, frame.size());
    schedule(at + timing_.chars(static_cast<double>(last)),
             {Item::What::deliver, 0,
              Bytes(frame.begin() + static_cast<std::ptrdiff_t>(first),
                    frame.begin() + static_cast<std::ptrdiff_t>(last))});
  }
  const Duration takes = timing_.chars(static_cast<double>(frame.size()));
  sending_until_ = at + takes;
  quiet_since_ = std::max(quiet_since_, sending_until_);
  ++statistics_.answers;
  statistics_.bytes_out += frame.size();
  statistics_.wire_time += takes;
}

void RtuLine::reset() {
  items_.clear();
  received_.clear();
  sending_until_ = Time{};
  quiet_since_ = Time{};
}

boost::json::object to_json(const RtuLine::Statistics& statistics) {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  boost::json::object by_unit;
  for (const auto& [unit, count] : statistics.by_unit) by_unit[std::to_string(unit)] = count;
  return {{"requests", statistics.requests},
          {"answers", statistics.answers},
          {"unheard", statistics.unheard},
          {"bad_crc", statistics.bad_crc},
          {"broadcasts", statistics.broadcasts},
          {"early", statistics.early},
          {"collisions", statistics.collisions},
          {"bytes_in", statistics.bytes_in},
          {"bytes_out", statistics.bytes_out},
          {"wire_us", duration_cast<microseconds>(statistics.wire_time).count()},
          {"latest_us", duration_cast<microseconds>(statistics.latest).count()},
          {"by_unit", std::move(by_unit)}};
}

}  // namespace building
