#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "firmware/domain/calendar/timing.hpp"

// The windows of keys that open again and again, kept once for all keys with the same, each with
// the occurrence that was asked for last. Only key_ring.cpp uses it. Loop thread: asking changes
// it.
namespace genkan::domain {

class TimingPool {
 public:
  explicit TimingPool(const Holidays& holidays) : holidays_(holidays) {}

  // Recurrence or Weekly. Each intern is paid back with one release.
  std::uint32_t intern(Timing timing, std::shared_ptr<const TimeZone> zone);
  void release(std::uint32_t rule);

  // As domain::current_or_next, but also for a recurrence that begins in more than ten years.
  std::optional<Interval> current_or_next(std::uint32_t rule, WallTime when);
  // Before which no allowance reaches: midnight of the first day of a recurrence (SITE-8).
  WallTime not_before(std::uint32_t rule) const { return kept_[rule].not_before; }
  // Whether it never opened before `when`.
  bool is_before_first(std::uint32_t rule, WallTime when);
  // What was asked for is worked out again.
  void forget();
  void clear();

 private:
  static constexpr WallTime never_asked = WallTime::max();
  struct Kept {
    Timing timing;
    std::shared_ptr<const TimeZone> zone;
    // No occurrence begins before, nor ends after; a week has no end.
    WallTime not_before = WallTime::min();
    WallTime over = WallTime::max();
    std::uint32_t uses = 0;
    // The answer for every moment from `asked` on, up to the end of the occurrence.
    WallTime asked = never_asked;
    std::optional<Interval> answer;
  };

  const Holidays& holidays_;
  std::deque<Kept> kept_;
  std::vector<std::uint32_t> free_;
  std::unordered_multimap<std::size_t, std::uint32_t> by_content_;
};

}  // namespace genkan::domain
