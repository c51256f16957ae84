#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"

// Time as people in the building mean it (RES-11): dates and minutes on the wall of a named zone.
namespace genkan::domain {

using LocalDay = std::chrono::local_days;
using LocalTime = std::chrono::local_time<std::chrono::minutes>;

// A zone of the IANA database ("Asia/Tokyo"), from the system's tzdata. Cheap to copy; any thread.
class TimeZone {
 public:
  // Unknown names are an error that says what a name looks like.
  static Result<TimeZone> named(std::string_view name);

  const std::string& name() const;
  // The moment at which the wall shows `local`. In a missing hour: the moment at its end; in a
  // repeated one: the first of the two (RES-11).
  WallTime to_wall(LocalTime local) const;
  // What the wall shows at that moment, whole minutes, rounded down.
  LocalTime to_local(WallTime when) const;
  // The first moment after `when` at which the zone's offset changes, or `until`.
  WallTime next_change(WallTime when, WallTime until) const;

 private:
  struct Data;
  explicit TimeZone(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

// "2026-03-08"; "2026-03-08 01:00". Parsing is strict; the forgiving forms of RES-4 are in
// forgiving_time.hpp.
std::string format_day(LocalDay day);
std::string format_local(LocalTime time);
std::optional<LocalDay> parse_day(std::string_view text);
std::optional<LocalTime> parse_local(std::string_view text);

}  // namespace genkan::domain
