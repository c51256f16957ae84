#include "tests/building/key_schedule.hpp"

namespace building {

namespace {

constexpr std::uint32_t minutes_a_day = 24 * 60;
constexpr std::uint32_t step = 10;  // minutes
constexpr std::uint16_t steps_a_day = 144;
constexpr std::uint32_t first_weekday = 5;  // 2000-01-01 was a Saturday; Monday is 0

std::uint32_t joined(std::uint16_t high, std::uint16_t low) {
  return static_cast<std::uint32_t>(high) << 16U | low;
}
std::uint16_t high(std::uint32_t value) { return static_cast<std::uint16_t>(value >> 16U); }
std::uint16_t low(std::uint32_t value) { return static_cast<std::uint16_t>(value & 0xFFFFU); }

}  // namespace

bool KeySchedule::holds(std::uint32_t minute) const {
  if (mode == Mode::always) return true;
  if (minute < first || minute >= last) return false;
  if (mode == Mode::span) return true;
  const std::uint32_t weekday = (minute / minutes_a_day + first_weekday) % 7;
  const std::uint32_t of_day = minute % minutes_a_day;
  return (weekdays >> weekday & 1U) != 0 && of_day >= from * step && of_day < to * step;
}

bool schedule_word_possible(std::size_t index, std::uint16_t value) {
  switch (index) {
    case 0: return value <= 2;
    case 5: return value <= 0x7F;
    case 6: return (value >> 8U) <= steps_a_day && (value & 0xFFU) <= steps_a_day;
    default: return true;
  }
}

bool well_formed(const KeySchedule& schedule) {
  if (schedule.mode == KeySchedule::Mode::always) return true;
  if (schedule.first >= schedule.last) return false;
  return schedule.mode == KeySchedule::Mode::span || schedule.from < schedule.to;
}

KeySchedule schedule_of(const KeySchedule::Words& words) {
  KeySchedule schedule;
  schedule.mode = static_cast<KeySchedule::Mode>(words[0]);
  if (schedule.mode == KeySchedule::Mode::always) return schedule;
  schedule.first = joined(words[1], words[2]);
  schedule.last = joined(words[3], words[4]);
  if (schedule.mode == KeySchedule::Mode::span) return schedule;
  schedule.weekdays = words[5];
  schedule.from = static_cast<std::uint16_t>(words[6] >> 8U);
  schedule.to = static_cast<std::uint16_t>(words[6] & 0xFFU);
  return schedule;
}

KeySchedule::Words words_of(const KeySchedule& schedule) {
  return {static_cast<std::uint16_t>(schedule.mode),
          high(schedule.first),
          low(schedule.first),
          high(schedule.last),
          low(schedule.last),
          schedule.weekdays,
          static_cast<std::uint16_t>(schedule.from << 8U | schedule.to)};
}

}  // namespace building
