#pragma once

#include <optional>
#include <vector>

#include "firmware/domain/locks/lock_model.hpp"

namespace genkan::domain {

// The weekdays that a lock gets are counted from this long after midnight: until then a clock that
// is a little slow still shows the day before, whose bit must not mean the day in a week yet. They
// hold for seven days, so today is among them all the same.
constexpr std::chrono::minutes day_turns{10};

// When a key of one lock opens, and, where the lock keeps schedules, what it is to keep.
struct LockTiming {
  Interval opens;
  std::optional<LockSchedule> schedule;
  bool operator==(const LockTiming&) const = default;
};

// For models that work as soon as written: one for each occurrence that ends after `now` and starts
// before `before`, at most 366.
std::vector<LockTiming> timings_by_occurrence(const Timing& timing, const TimeZone& zone,
                                              const Holidays& holidays, WallTime now,
                                              WallTime before);

// For models that keep schedules (KEY-7): one for all of it, with the schedule as it should be in
// the lock on the day of `now`. `made`: from that day on, where the timing has no first one.
// Nothing for a timing without any occurrence. A timing that always opens has no schedule.
std::optional<LockTiming> timing_by_schedule(const Timing& timing, const TimeZone& zone,
                                             const Holidays& holidays, std::chrono::minutes step,
                                             WallTime now, WallTime made);

}  // namespace genkan::domain
