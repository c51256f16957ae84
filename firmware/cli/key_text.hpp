#pragma once

#include <string>
#include <string_view>

#include "firmware/base/json.hpp"
#include "firmware/cli/paint.hpp"

// What the API's answers about keys say to people. Pure: text from JSON. Times stand in them on the
// wall of the building already, except where UTC is said.
namespace genkan::cli {

// "2026-11-20 15:00 to 17:00", "2026-11-20 15:00 to 2026-11-22 10:00", "always".
std::string interval_text(const json::object& interval);
// The same from RFC 3339, as local time.
std::string interval_text_utc(const json::object& interval);
// {"start","end"} | {"recurrence"} | {"weekly"} | {"daily"} | {"span"} | {"always"}: "mon, tue 9:00
// to 17:30, 2026-11-20 to 2026-12-20, not on public holidays".
std::string timing_text(const json::object& timing);
// "Fri" of "2026-11-20 …"; empty for no date.
std::string_view weekday_of(std::string_view date);

// Why a key is not in its lock, or does not open, in words; the word itself if it is a new one.
std::string why_words(std::string_view why);

// One key at one door: "set", "not set", "STILL OPENS".
Toned key_state(const json::object& key);
// Why it is so; empty where nothing needs to be said.
std::string key_why(const json::object& key);
// All of an owner's keys in few words: "set", "2 of 3 set; lock-102: no address in the lock is
// free".
Toned keys_summary(const json::array& keys);
// They as a table, a key a row; empty without any.
std::string keys_table(const json::array& keys, const Paint& paint);

// "Anna (r-1): 2026-…": what overlaps a reservation.
std::string overlap_text(const json::object& overlap);
// A reservation in lines, a field a line. `door`: what it is on, in words.
std::string reservation_lines(const json::object& reservation, std::string_view door,
                              const Paint& paint);

// Whether the door would open: the key is good, and in the lock where the lock decides.
bool opens_door(const json::object& decision);
// What would happen at the door, in one sentence. `when`: "now", "at 2026-11-20 15:00".
Toned decision_sentence(const json::object& decision, std::string_view door, std::string_view what,
                        std::string_view when);

// What a record's "changed" list says: "name: Ann → Anna, code".
std::string changes_text(const json::array& changes);

}  // namespace genkan::cli
