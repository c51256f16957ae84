#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/domain/calendar/timing.hpp"
#include "firmware/services/keys/json_fields.hpp"

// Times as people send them (RES-4): read, and what came of them told. Pure.
namespace genkan::services {

// What was told about a request that was taken: "'2500' on 2026-03-07 is 2026-03-08 01:00".
using Told = std::vector<std::string>;

// What a moment that was not given, or only in part, becomes.
struct MomentDefaults {
  domain::LocalDay day{};
  std::chrono::minutes time{0};  // after midnight of the day; may be past 24 h
  // Where a time is given alone: the first such time after this, instead of on `day`.
  std::optional<domain::LocalTime> after{};
};
// `key` is "2026-11-20 15:00", "2026-11-20" (then at the default time), or {"date","time"} of which
// either may be left out. Nothing when absent (no fault) or wrong (a fault).
std::optional<domain::LocalTime> read_moment(const JsonFields& fields, std::string_view key,
                                             const MomentDefaults& defaults, Told& told);
// A day: "2026-11-20", forgiving as above.
std::optional<domain::LocalDay> read_day(const JsonFields& fields, std::string_view key,
                                         Told& told);
std::vector<domain::LocalDay> read_days(const JsonFields& fields, std::string_view key,
                                        std::size_t most, Told& told);
// A time of day, needed: "9:00".
std::chrono::minutes read_minutes(const JsonFields& fields, std::string_view key);
// ["mon","tue"]; nothing when absent.
std::optional<domain::Weekdays> read_weekdays(const JsonFields& fields, std::string_view key);

// {"first","last","from","to","weekdays","holidays","extra","excluded"}
std::optional<domain::Recurrence> read_recurrence(const json::object& object,
                                                  const std::string& path, Faults& faults,
                                                  Told& told);
// {"weekdays"?,"from","to"}; no weekday chosen means every day (RES-50).
std::optional<domain::Weekly> read_weekly(const json::object& object, const std::string& path,
                                          Faults& faults);

// Tells where the clocks of `zone` make `when` something else than what was meant (RES-11).
void tell_clock_change(domain::LocalTime when, const domain::TimeZone& zone, Told& told);

}  // namespace genkan::services
