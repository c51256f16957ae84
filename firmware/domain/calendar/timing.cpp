#include "firmware/domain/calendar/timing.hpp"

#include <algorithm>

namespace genkan::domain {
namespace {

using std::chrono::days;
using std::chrono::minutes;

// The walk over days ends here, as the offsets of zones do (local_time.cpp).
constexpr LocalDay earliest{std::chrono::year{1969} / 12 / 30};
constexpr LocalDay latest{std::chrono::year{2110} / 12 / 31};
// A wall that goes back across midnight shows the old day again while the new one's window is open
// (Newfoundland until 2011, at one minute past): so a day more is looked at on both sides.
constexpr days skew{1};
// How far current_or_next() looks ahead.
constexpr days horizon{3653};

struct DayRange {
  LocalDay first;
  LocalDay last;
};

// The local days whose windows can meet (after, until).
DayRange days_around(const TimeZone& zone, WallTime after, WallTime until) {
  const auto bounded = [](WallTime when) { return std::clamp(when, all_time.start, all_time.end); };
  const auto day = [&zone](WallTime when) { return std::chrono::floor<days>(zone.to_local(when)); };
  return {std::max<LocalDay>(day(bounded(after)) - skew, earliest),
          std::min<LocalDay>(day(bounded(until)) + skew, latest)};
}

std::optional<Interval> interval_of(const TimeZone& zone, LocalTime start, LocalTime end) {
  const Interval interval{zone.to_wall(start), zone.to_wall(end)};
  if (interval.start >= interval.end) return std::nullopt;
  return interval;
}

bool has_weekday(Weekdays weekdays, LocalDay day) {
  return (weekdays >> (std::chrono::weekday{day}.iso_encoding() - 1) & 1U) != 0;
}

// A window of one day each, whatever says which days.
template <class Rule>
std::optional<Interval> window_on(const Rule& rule, const TimeZone& zone, LocalDay day) {
  return interval_of(zone, day + rule.from, day + rule.to);
}

bool is_window(minutes from, minutes to) {
  return minutes{0} <= from && from < to && to <= std::chrono::hours{24};
}

// The occurrences of each kind of timing, by one rule: end > after, start < until.
class Finder {
 public:
  Finder(const TimeZone& zone, const Holidays& holidays, WallTime after, WallTime until,
         std::size_t most)
      : zone_(zone), holidays_(holidays), after_(after), until_(until), most_(most) {}

  std::vector<Interval> operator()(const Always&) { return take(all_time), std::move(found_); }
  std::vector<Interval> operator()(const Span& span) {
    if (const auto interval = interval_of(zone_, span.start, span.end)) take(*interval);
    return std::move(found_);
  }
  std::vector<Interval> operator()(const Recurrence& recurrence) {
    auto range = days_around(zone_, after_, until_);
    range.first = std::max(range.first, recurrence.first);
    range.last = std::min(range.last, recurrence.last);
    walk(recurrence, range, [&](LocalDay day) { return valid_on(recurrence, holidays_, day); });
    return std::move(found_);
  }
  std::vector<Interval> operator()(const Weekly& weekly) {
    walk(weekly, days_around(zone_, after_, until_),
         [&](LocalDay day) { return has_weekday(weekly.weekdays, day); });
    return std::move(found_);
  }

 private:
  void take(const Interval& interval) {
    if (interval.end > after_ && interval.start < until_ && found_.size() < most_) {
      found_.push_back(interval);
    }
  }
  template <class Rule, class Valid>
  void walk(const Rule& rule, DayRange range, const Valid& valid) {
    if (!is_window(rule.from, rule.to)) return;
    for (auto day = range.first; day <= range.last && found_.size() < most_; day += days{1}) {
      if (!valid(day)) continue;
      if (const auto interval = window_on(rule, zone_, day)) take(*interval);
    }
  }

  const TimeZone& zone_;
  const Holidays& holidays_;
  WallTime after_;
  WallTime until_;
  std::size_t most_;
  std::vector<Interval> found_;
};

// From the outer days inwards.
std::optional<Interval> extent_of(const Recurrence& recurrence, const TimeZone& zone,
                                  const Holidays& holidays) {
  if (!is_window(recurrence.from, recurrence.to)) return std::nullopt;
  const auto opens = [&](LocalDay day) {
    return valid_on(recurrence, holidays, day) ? window_on(recurrence, zone, day) : std::nullopt;
  };
  std::optional<Interval> first;
  auto day = std::max(recurrence.first, earliest);
  const auto last_day = std::min(recurrence.last, latest);
  for (; day <= last_day && !first; day += days{1}) first = opens(day);
  if (!first) return std::nullopt;
  auto extent = *first;
  for (auto back = last_day; back >= day; back -= days{1}) {
    if (const auto last = opens(back)) {
      extent.end = last->end;
      break;
    }
  }
  return extent;
}

}  // namespace

std::string_view name_of(OnHolidays rule) {
  switch (rule) {
    case OnHolidays::as_weekday: return "as_weekday";
    case OnHolidays::valid: return "valid";
    case OnHolidays::not_valid: return "not_valid";
  }
  return "as_weekday";
}

bool valid_on(const Recurrence& recurrence, const Holidays& holidays, LocalDay day) {
  if (day < recurrence.first || day > recurrence.last) return false;
  if (std::ranges::count(recurrence.extra, day) > 0) return true;
  if (std::ranges::count(recurrence.excluded, day) > 0) return false;
  if (recurrence.holidays != OnHolidays::as_weekday && holidays.is_holiday(day)) {
    return recurrence.holidays == OnHolidays::valid;
  }
  return has_weekday(recurrence.weekdays, day);
}

std::vector<Interval> occurrences(const Timing& timing, const TimeZone& zone,
                                  const Holidays& holidays, WallTime after, WallTime until,
                                  std::size_t most) {
  if (after >= until || most == 0) return {};
  return std::visit(Finder(zone, holidays, after, until, most), timing);
}

std::optional<Interval> current_or_next(const Timing& timing, const TimeZone& zone,
                                        const Holidays& holidays, WallTime when) {
  const auto from = std::clamp(when, all_time.start, all_time.end);
  const auto found = occurrences(timing, zone, holidays, from, from + horizon, 1);
  if (found.empty()) return std::nullopt;
  return found.front();
}

bool open_at(const Timing& timing, const TimeZone& zone, const Holidays& holidays, WallTime when) {
  // WallTime counts milliseconds: what starts before the next one starts now or earlier.
  const auto now = std::clamp(when, all_time.start, all_time.end);
  const auto found =
      occurrences(timing, zone, holidays, now, now + std::chrono::milliseconds{1}, 1);
  return !found.empty();
}

std::optional<Interval> extent(const Timing& timing, const TimeZone& zone,
                               const Holidays& holidays) {
  if (const auto* span = std::get_if<Span>(&timing))
    return interval_of(zone, span->start, span->end);
  if (const auto* recurrence = std::get_if<Recurrence>(&timing)) {
    return extent_of(*recurrence, zone, holidays);
  }
  return std::nullopt;
}

}  // namespace genkan::domain
