#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>

#include "drivers/bus/bus.hpp"

namespace genkan::bus {

// Counts what happened on one bus since its start. Not locked: the worker's lock covers it.
class Statistics {
 public:
  void watch(std::uint8_t unit);  // listed from now on, even before it answered
  void forget(std::uint8_t unit);

  void asked(std::uint8_t unit);
  void ended(std::uint8_t unit, Ending ending, std::chrono::nanoseconds round_trip);
  void late(std::uint8_t unit);
  void stray();                     // a sound frame that nobody asked for
  void garbage();                   // bytes that were no frame, outside an exchange
  void garbage(std::uint8_t unit);  // likewise, around a unit's answer
  void reopened();
  // The line was in use for `busy`, up to `now`.
  void used(std::chrono::nanoseconds busy, SteadyTime now);

  // Fills counters, units (but not whether they are dead) and the wire's share.
  void fill(ports::BusStatistics& out, SteadyTime now) const;

 private:
  static constexpr std::size_t window = 64;    // exchanges a round trip is told over
  static constexpr std::int64_t seconds = 10;  // the wire's share is told over

  struct Unit {
    ports::ExchangeCounts counts;
    std::array<std::chrono::microseconds, window> trips{};
    std::size_t trip_count = 0;
    bool listed = false;
  };
  struct Second {
    std::int64_t number = -1;
    std::chrono::nanoseconds busy{0};
  };

  ports::ExchangeCounts counts_;
  std::map<std::uint8_t, Unit> units_;
  std::array<Second, static_cast<std::size_t>(seconds) + 1> seconds_{};
  std::uint32_t reopened_ = 0;
};

}  // namespace genkan::bus
