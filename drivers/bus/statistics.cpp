#include "drivers/bus/statistics.hpp"

#include <algorithm>
#include <vector>

namespace genkan::bus {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

std::uint64_t* counter_of(ports::ExchangeCounts& counts, Ending ending) {
  switch (ending) {
    case Ending::answered: return &counts.answered;
    case Ending::silent: return &counts.silent;
    case Ending::garbage: return &counts.garbage;
    case Ending::partial: return &counts.partial;
    case Ending::wrong_unit: return &counts.wrong_unit;
    case Ending::wrong_crc: return &counts.wrong_crc;
    case Ending::wrong_function: return &counts.wrong_function;
    case Ending::wrong_length: return &counts.wrong_length;
    case Ending::wrong_echo: return &counts.wrong_echo;
    case Ending::exception: return &counts.exceptions;
    case Ending::line_down:
    case Ending::expired:
    case Ending::cancelled:
    case Ending::busy: return nullptr;
  }
  return nullptr;
}

std::int64_t second_of(SteadyTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

void Statistics::watch(std::uint8_t unit) { units_[unit].listed = true; }

void Statistics::forget(std::uint8_t unit) { units_.erase(unit); }

void Statistics::asked(std::uint8_t unit) {
  ++counts_.asked;
  ++units_[unit].counts.asked;
}

void Statistics::ended(std::uint8_t unit, Ending ending, nanoseconds round_trip) {
  Unit& known = units_[unit];
  if (std::uint64_t* const whole = counter_of(counts_, ending)) {
    ++*whole;
    ++*counter_of(known.counts, ending);
  }
  if (ending != Ending::answered && ending != Ending::exception) return;
  known.listed = true;
  known.trips[known.trip_count++ % window] = std::chrono::duration_cast<microseconds>(round_trip);
}

void Statistics::late(std::uint8_t unit) {
  ++counts_.late;
  ++units_[unit].counts.late;
}

void Statistics::stray() { ++counts_.wrong_unit; }

void Statistics::garbage() { ++counts_.garbage; }

void Statistics::garbage(std::uint8_t unit) {
  ++counts_.garbage;
  ++units_[unit].counts.garbage;
}

void Statistics::reopened() { ++reopened_; }

void Statistics::used(nanoseconds busy, SteadyTime now) {
  // What reaches back over more than one second is spread over them; longer than the window: cut.
  SteadyTime end = now;
  busy = std::min<nanoseconds>(busy, std::chrono::seconds(seconds));
  while (busy > nanoseconds{0}) {
    const std::int64_t number = second_of(end);
    const SteadyTime start{std::chrono::seconds(number)};
    const nanoseconds inside = std::min<nanoseconds>(busy, end - start);
    Second& second = seconds_[static_cast<std::size_t>(number) % seconds_.size()];
    if (second.number != number) second = {.number = number};
    second.busy += inside;
    busy -= inside;
    end = start - nanoseconds{1};
    if (busy > nanoseconds{0}) busy -= std::min<nanoseconds>(busy, nanoseconds{1});
  }
}

void Statistics::fill(ports::BusStatistics& out, SteadyTime now) const {
  out.counts = counts_;
  out.reopened = reopened_;
  // The last ten whole seconds; the one under way is left out.
  const std::int64_t current = second_of(now);
  nanoseconds busy{0};
  for (const Second& second : seconds_) {
    if (second.number < current && second.number >= current - seconds) busy += second.busy;
  }
  out.wire_share = std::min(1.0, std::chrono::duration<double>(busy).count() / double{seconds});
  for (const auto& [unit, known] : units_) {
    if (!known.listed) continue;
    ports::UnitStatistics row{.unit = unit, .counts = known.counts};
    const auto count = static_cast<std::ptrdiff_t>(std::min(known.trip_count, window));
    std::vector<microseconds> trips(known.trips.begin(), known.trips.begin() + count);
    std::ranges::sort(trips);
    if (!trips.empty()) {
      row.round_trip_median = trips[trips.size() / 2];
      row.round_trip_worst = trips.back();
    }
    out.units.push_back(row);
  }
}

}  // namespace genkan::bus
