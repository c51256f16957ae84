#include "firmware/domain/locks/lock_timing.hpp"

#include <algorithm>

namespace genkan::domain {

namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr std::size_t most_occurrences = 366;
// A schedule without an end; what locks count in minutes from 2000 reaches further.
constexpr LocalDay last_day{std::chrono::year{2099} / 12 / 31};
constexpr LocalDay first_day{std::chrono::year{2000} / 1 / 1};

minutes down_to(minutes time, minutes step) { return time - time % step; }
minutes up_to(minutes time, minutes step) { return down_to(time + step - minutes{1}, step); }

Weekdays bit_of(LocalDay day) {
  return static_cast<Weekdays>(1U << (std::chrono::weekday{day}.iso_encoding() - 1));
}

// The weekdays of the coming seven days that are valid. The lock keeps the first and the last day
// itself; outside them the plain weekday stands, so that nothing is rewritten as the end comes
// near.
Weekdays coming_week(const Recurrence& recurrence, const Holidays& holidays, LocalDay today) {
  Weekdays mask = 0;
  for (LocalDay day = today; day < today + days{7}; day += days{1}) {
    const bool inside = recurrence.first <= day && day <= recurrence.last;
    const bool valid =
        inside ? valid_on(recurrence, holidays, day) : (recurrence.weekdays & bit_of(day)) != 0;
    if (valid) mask = static_cast<Weekdays>(mask | bit_of(day));
  }
  return mask;
}

class Scheduler {
 public:
  Scheduler(const TimeZone& zone, const Holidays& holidays, minutes step, WallTime now,
            WallTime made)
      : zone_(zone), holidays_(holidays), step_(step), now_(now), made_(made) {}

  std::optional<LockTiming> operator()(const Always&) const { return LockTiming{all_time, {}}; }

  std::optional<LockTiming> operator()(const Span& span) const {
    const auto opens = extent(span, zone_, holidays_);
    if (!opens) return std::nullopt;
    return LockTiming{*opens, LockSchedule{span.start, span.end, every_day, std::nullopt}};
  }

  std::optional<LockTiming> operator()(const Recurrence& recurrence) const {
    const auto exact = extent(recurrence, zone_, holidays_);
    if (!exact) return std::nullopt;
    LockSchedule schedule;
    schedule.window = rounded(recurrence.from, recurrence.to);
    schedule.first = day_of(exact->start) + schedule.window->first;
    schedule.last = day_of(exact->end - WallTime::duration{1}) + schedule.window->second;
    schedule.weekdays = coming_week(recurrence, holidays_, day_of(now_ - day_turns));
    return LockTiming{{zone_.to_wall(schedule.first), zone_.to_wall(schedule.last)}, schedule};
  }

  std::optional<LockTiming> operator()(const Weekly& weekly) const {
    LockSchedule schedule;
    schedule.window = rounded(weekly.from, weekly.to);
    schedule.first = std::clamp(day_of(made_), first_day, last_day);
    schedule.last = last_day + days{1};
    schedule.weekdays = weekly.weekdays;
    return LockTiming{all_time, schedule};
  }

 private:
  LocalDay day_of(WallTime when) const { return std::chrono::floor<days>(zone_.to_local(when)); }

  std::pair<minutes, minutes> rounded(minutes from, minutes to) const {
    return {std::max(down_to(from, step_), minutes{0}),
            std::min(up_to(to, step_), minutes{days{1}})};
  }

  const TimeZone& zone_;
  const Holidays& holidays_;
  minutes step_;
  WallTime now_;
  WallTime made_;
};

}  // namespace

std::vector<LockTiming> timings_by_occurrence(const Timing& timing, const TimeZone& zone,
                                              const Holidays& holidays, WallTime now,
                                              WallTime before) {
  std::vector<LockTiming> timings;
  for (const Interval& opens : occurrences(timing, zone, holidays, now, before, most_occurrences)) {
    timings.push_back({opens, std::nullopt});
  }
  return timings;
}

std::optional<LockTiming> timing_by_schedule(const Timing& timing, const TimeZone& zone,
                                             const Holidays& holidays, minutes step, WallTime now,
                                             WallTime made) {
  return std::visit(Scheduler(zone, holidays, std::max(step, minutes{1}), now, made), timing);
}

}  // namespace genkan::domain
