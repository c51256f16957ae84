#pragma once

#include <string_view>

#include "firmware/base/error.hpp"
#include "firmware/domain/calendar/local_time.hpp"

namespace genkan::domain {

// A date and a time of day as people type them (RES-4): day 32 of March is 1 April, '2500' on the
// 7th is 01:00 on the 8th, up to '9999' (99 hours and 99 minutes). Dates: "2026-3-7", "2026/03/07",
// "20260307", years 1970 to 2099, months 1 to 12, days 1 to 99. Times: "2500", "900" (three or four
// digits), "25:00", "9:5" (9:05). Blanks around are taken away. What cannot be a
// time is an error that says what would be right.
Result<LocalTime> forgiving_time(std::string_view date, std::string_view time);
// A time of day alone, for windows and settings: minutes after midnight, 0 to 99 h 99 min.
Result<std::chrono::minutes> forgiving_minutes(std::string_view time);

}  // namespace genkan::domain
