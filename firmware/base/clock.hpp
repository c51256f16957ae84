#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace genkan {

using namespace std::chrono_literals;

// Durations and deadlines: never jumps.
using Steady = std::chrono::steady_clock;
using SteadyTime = Steady::time_point;
// What people and records mean by time: UTC in milliseconds. May jump.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

// Whether the wall clock can be believed (a board without a battery clock starts in 1970).
enum class ClockTrust { untrusted, trusted };

// Time, passed in. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime steady() const = 0;
  virtual WallTime wall() const = 0;
  virtual ClockTrust trust() const = 0;
};

// The machine's own clocks. Trusted once the kernel reports that it is synchronised (adjtimex), or
// if `assume_trusted` (a machine whose clock somebody else looks after: a container, a desk).
class SystemClock final : public Clock {
 public:
  explicit SystemClock(bool assume_trusted) : assume_trusted_(assume_trusted) {}
  SteadyTime steady() const override;
  WallTime wall() const override;
  ClockTrust trust() const override;

 private:
  bool assume_trusted_;
};

// RFC 3339 in UTC with milliseconds: 2026-11-20T09:05:07.123Z.
std::string format_time(WallTime time);
// The same form, with or without fraction (at most 3 digits are kept); nothing for anything else.
std::optional<WallTime> parse_time(std::string_view text);

}  // namespace genkan
