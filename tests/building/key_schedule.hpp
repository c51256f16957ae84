#pragma once

#include <array>
#include <cstdint>

namespace building {

// From when to when a key opens, as io-80 keeps it (holding 120 to 126). Minutes are counted from
// 2000-01-01 00:00, a Saturday, on the lock's own clock.
struct KeySchedule {
  enum class Mode : std::uint16_t { always = 0, span = 1, weekly = 2 };
  static constexpr std::size_t words = 7;
  using Words = std::array<std::uint16_t, words>;

  Mode mode = Mode::always;
  std::uint32_t first = 0;     // opens from this minute …
  std::uint32_t last = 0;      // … and before this one
  std::uint16_t weekdays = 0;  // weekly: bit 0 Monday … bit 6 Sunday
  std::uint16_t from = 0;      // weekly: steps of 10 minutes after midnight, 0 to 144 …
  std::uint16_t to = 0;        // … and before this one
  bool operator==(const KeySchedule&) const = default;

  bool holds(std::uint32_t minute) const;
};

// Whether a register of the seven can hold the value at all.
bool schedule_word_possible(std::size_t index, std::uint16_t value);
// Whether the schedule can ever hold, but for its weekdays: a span and a window of some length.
bool well_formed(const KeySchedule& schedule);

// What its mode does not use is left out and told as 0. Only from words that are possible.
KeySchedule schedule_of(const KeySchedule::Words& words);
KeySchedule::Words words_of(const KeySchedule& schedule);

}  // namespace building
