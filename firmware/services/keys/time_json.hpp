#pragma once

#include <array>
#include <string>
#include <string_view>

#include "firmware/base/json.hpp"
#include "firmware/domain/calendar/timing.hpp"

// Times as the API shows them: on the wall of the building, and in UTC. Pure.
namespace genkan::services {

// "mon", "tue" …; "9:05", "24:00".
json::array weekdays_json(domain::Weekdays weekdays);
std::string format_minutes(std::chrono::minutes time);
// {"start","end"} | {"recurrence":{…}} | {"weekly":{…}} | {"always":true}
json::object timing_json(const domain::Timing& timing);
// {"start","end"} on the wall.
json::object interval_json(const domain::Interval& interval, const domain::TimeZone& zone);
// The same into an object, with "start_utc" and "end_utc".
void add_times(json::object& object, const domain::Interval& interval,
               const domain::TimeZone& zone);

// The days of a week, Monday first, as the API spells them.
inline constexpr std::array<std::string_view, 7> weekday_words{"mon", "tue", "wed", "thu",
                                                               "fri", "sat", "sun"};

}  // namespace genkan::services
