#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/base/json.hpp"
#include "firmware/cli/daemon.hpp"
#include "firmware/cli/paint.hpp"

// What the API's answers say to people. Pure: text from JSON.
namespace genkan::cli {

// A point in time as RFC 3339 to local time: "18:05:07" or "2026-11-20 18:05:07"; the text itself
// if it is none.
enum class TimeStyle { clock, full };
std::string local_time(std::string_view rfc3339, TimeStyle style);
// "3 s", "4 min", "2 h", "5 days": how long something lasts, for people.
std::string duration_text(std::chrono::seconds span);
// How far a clock is off: "75 s slow", "9821 days fast".
std::string clock_text(std::int64_t seconds_fast);
// A word of the API for people: its underscores are blanks.
std::string spaced(std::string text);
// "912 B", "3.4 MiB".
std::string bytes_text(std::int64_t bytes);

// How a command ended: "lock-203 is locked (0.9 s)."
Toned outcome_sentence(const json::object& answer);
Exit outcome_exit(const json::object& answer);

// What a device is, in few words: "locked, door open". Its tone is that of the gravest.
Toned state_text(const json::object& device);
// All that it reports, a field a line: "bolt  locked".
std::string state_lines(const json::object& device, const Paint& paint);

// One record as a line: time, device, what happened, who.
std::string record_line(const json::object& record, const Paint& paint, TimeStyle style);
// One standing trouble: "battery low: 12 %".
std::string trouble_text(const json::object& trouble);
// Where it stands: the device's or the bus's id, or "gateway".
std::string trouble_place(const json::object& trouble);

}  // namespace genkan::cli
