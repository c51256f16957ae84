#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/domain/calendar/timing.hpp"
#include "firmware/domain/keys/temporary_key.hpp"
#include "firmware/domain/locks/lock_model.hpp"

// What varies in shape, as JSON in one column. Numbers are minutes since 1970-01-01 00:00 on the
// wall, or minutes after midnight; dates are days since 1970-01-01; Monday is bit 0:
//   {"always":true}   {"span":[START,END]}   {"weekly":[WEEKDAYS,FROM,TO]}
//   {"recurrence":{"days":[FIRST,LAST],"window":[FROM,TO],"weekdays":N,"holidays":"not_valid",
//     "extra":[…],"excluded":[…]}}
//   {"once":[USES,START,END]}                             a temporary key's rule, or weekly
//   {"days":N,"minutes":[FIRST,LAST],"window":[FROM,TO]}  a schedule in a lock
namespace genkan::store {

std::string text_of(const domain::Timing& timing);
std::string text_of(const domain::TemporaryRule& rule);
std::string text_of(const domain::LockSchedule& schedule);
std::string text_of(const std::vector<std::string>& list);

// Nothing for what is none. Whether it can be (an end after its start) was looked at when it came
// in.
std::optional<domain::Timing> timing_from(std::string_view text);
std::optional<domain::TemporaryRule> rule_from(std::string_view text);
std::optional<domain::LockSchedule> schedule_from(std::string_view text);
std::optional<std::vector<std::string>> list_from(std::string_view text);

}  // namespace genkan::store
