#pragma once

#include <cstdint>
#include <string>
#include <vector>

// The oracle of the model test is written straight from the rules (spec: KEY, RES), naive and slow,
// and includes nothing of the product: one mistake cannot hide in both.
namespace genkan::model {

using Millis = std::int64_t;      // since 1970, UTC
using Minute = std::int64_t;      // since 1970, UTC
using WallMinute = std::int64_t;  // since 1970-01-01 00:00 on a wall
using DayNumber = std::int64_t;   // since 1970-01-01

constexpr Millis minute_ms = 60'000;
constexpr Minute day_minutes = 24 * 60;

DayNumber day_number(int year, unsigned month, unsigned day);
// "2026-03-08 01:00", for messages.
std::string text_of(WallMinute time);

// A zone, asked of the C library minute by minute from 2026 to the end of 2028.
class Wall {
 public:
  // Sets TZ while it asks: before any other thread runs.
  explicit Wall(const std::string& zone);

  const std::string& zone() const { return zone_; }
  static Minute begin();
  static Minute end();

  WallMinute shows(Minute when) const;
  // The first minute at which the wall shows `time`, or, if it never does, has passed it (RES-11:
  // a window in the missing hour starts at its end; one in the repeated hour is taken from the
  // first).
  Minute first_showing(WallMinute time) const;
  // Whether the wall has shown the same before: the second pass of a repeated hour.
  bool repeats(Minute when) const;
  // The minutes at which its offset is another than the minute before.
  const std::vector<Minute>& changes() const { return changes_; }

 private:
  std::string zone_;
  std::vector<std::int16_t> ahead_;  // of UTC, by minute
  std::vector<std::int32_t> first_;  // by minute on the wall, from that of begin()
  std::vector<Minute> changes_;
};

}  // namespace genkan::model
