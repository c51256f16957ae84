// What is in a lock's memory, and what a key would do.
#include <ctime>

#include "firmware/base/clock.hpp"
#include "firmware/base/text.hpp"
#include "firmware/cli/building_time.hpp"
#include "firmware/cli/files.hpp"
#include "firmware/cli/key_commands.hpp"
#include "firmware/cli/key_text.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

namespace {

// The daemon gives up after 60 s.
constexpr std::chrono::seconds check_limit{65};
// More than the steps and roundings of locks: look at it.
constexpr std::int64_t worth_a_look_s = 60;

std::string places_text(const json::object& area) {
  const auto places = number_at(area, "places");
  const auto* taken = area.if_contains("taken");
  const bool known = taken != nullptr && taken->is_number();
  return known ? cat(number_at(area, "taken"), " of ", places, " places taken")
               : cat(places, " places, not read yet");
}

void print_areas(const Console& console, const json::object& memory) {
  Table table;
  for (const auto& entry : array_at(memory, "areas")) {
    const auto* area = entry.if_object();
    if (area == nullptr) continue;
    const auto* enabled = area->if_contains("enabled");
    const bool off = enabled != nullptr && enabled->is_bool() && !enabled->get_bool();
    const bool full =
        number_at(*area, "places") > 0 && number_at(*area, "taken") >= number_at(*area, "places");
    table.row({{printable(text_at(*area, "name"), 40), Tone::plain},
               {places_text(*area), off    ? Tone::dim
                                    : full ? Tone::notice
                                           : Tone::plain},
               {off    ? "not enabled at the lock"
                : full ? "full"
                       : "",
                off ? Tone::dim : Tone::notice}});
  }
  console.print(table.text(console.paint));
}

// Now and then, in a sentence: when it was read, which lock it was, its clock.
void say_memory(const Console& console, const json::object& memory) {
  const auto read_at = text_at(memory, "read_at");
  std::string said =
      read_at.empty() ? "not read yet" : cat("read at ", local_time(read_at, TimeStyle::full));
  const auto* serial = memory.if_contains("serial");
  if (serial != nullptr && !serial->is_null()) {
    said += cat(", serial number ", serial->is_string() ? printable(serial->get_string(), 40)
                                                        : printable(json::serialize(*serial), 40));
  }
  if (flag_at(memory, "schedule_in_lock")) said += ", keeps schedules itself";
  console.say(console.paint(Tone::dim, said));
  const auto* off = memory.if_contains("clock_off_s");
  if (off != nullptr && off->is_number()) {
    const auto seconds = number_at(memory, "clock_off_s");
    const bool bad = seconds >= worth_a_look_s || seconds <= -worth_a_look_s;
    console.say(console.paint(bad ? Tone::bad : Tone::dim,
                              seconds == 0 ? std::string("its clock is right")
                                           : cat("its clock is ", clock_text(seconds))));
  }
  if (const auto fault = text_at(memory, "fault"); !fault.empty()) {
    console.say(console.paint(Tone::bad, printable(fault, 300)));
  }
}

std::string whose(const json::object& key) {
  const auto id = cat(why_words(text_at(key, "owner")), " ", printable(text_at(key, "id"), 48));
  const auto name = printable(text_at(key, "name"), 100);
  return name.empty() || name == text_at(key, "id") ? id : cat(name, " (", id, ")");
}

void print_keys(const Console& console, const json::object& answer) {
  Table table;
  for (const auto& entry : array_at(answer, "keys")) {
    const auto* key = entry.if_object();
    if (key == nullptr) continue;
    const auto slot = number_at(*key, "slot");
    table.row({{printable(text_at(*key, "area"), 40), Tone::dim},
               {slot > 0 ? cat(slot) : "", Tone::plain},
               {printable(text_at(*key, "key"), 20), Tone::plain},
               key_state(*key),
               {whose(*key), Tone::plain},
               {interval_text(object_at(*key, "opens")), Tone::dim},
               {key_why(*key), Tone::notice}});
  }
  for (const auto& entry : array_at(answer, "foreign")) {
    const auto* slot = entry.if_object();
    if (slot == nullptr) continue;
    table.row({{printable(text_at(*slot, "area"), 40), Tone::dim},
               {cat(number_at(*slot, "slot")), Tone::plain},
               {flag_at(*slot, "card") ? "card" : "code", Tone::plain},
               {"foreign", Tone::notice},
               {"programmed at the lock by hand; left alone", Tone::dim}});
  }
  if (table.empty()) return console.say("No keys.");
  table.heading({"AREA", "SLOT", "KEY", "STATE", "WHOSE", "OPENS", "WHY"});
  console.print(table.text(console.paint));
}

struct How {
  std::string_view how;
  std::string_view what;
};
constexpr How hows[] = {{"code", "code"},
                        {"card", "card"},
                        {"software_code", "software code"},
                        {"link", "link"},
                        {"token", "QR code"}};

std::string_view what_of(std::string_view how) {
  for (const auto& row : hows) {
    if (row.how == how) return row.what;
  }
  return "key";
}

// RFC 3339 as it is; "2026-11-20 15:00" on the wall of the building; anything else for the daemon
// to judge.
std::string point_in_time(const std::string& typed) {
  std::tm local{};
  for (const char* form : {"%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"}) {
    local = {};
    local.tm_isdst = -1;
    const char* end = ::strptime(typed.c_str(), form, &local);
    if (end == nullptr || *end != '\0') continue;
    const std::time_t seconds = std::mktime(&local);
    return format_time(std::chrono::time_point_cast<WallTime::duration>(
        std::chrono::system_clock::from_time_t(seconds)));
  }
  return typed;
}

}  // namespace

Exit show_door_keys(Daemon& daemon, const Console& console, const DoorKeysChoice& choice) {
  const auto target = cat("/v1/devices/", escaped(choice.door), "/keys");
  const auto answer = choice.check
                          ? daemon.send("POST", cat(target, "/check"), std::nullopt, check_limit)
                          : daemon.get(target);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  const auto& memory = object_at(*answer, "memory");
  console.say(console.paint(Tone::heading, printable(text_at(*answer, "device"), 48)));
  if (memory.empty()) {
    console.say("This door has no memory for codes and cards; the gateway decides about each key.");
  } else {
    print_areas(console, memory);
    say_memory(console, memory);
  }
  print_keys(console, *answer);
  return Exit::done;
}

Exit tell_why(Daemon& daemon, const Console& console, const WhyChoice& choice) {
  use_building_time(daemon, choice.door);
  json::object body{{choice.how, typed_secret(choice.key)}};
  const auto at = point_in_time(choice.at);
  if (!at.empty()) body["at"] = at;
  const auto answer =
      daemon.send("POST", cat("/v1/devices/", escaped(choice.door), "/decision"), body);
  if (!answer) return console.failed(answer.error());
  const auto end = opens_door(*answer) ? Exit::done : Exit::failed;
  if (console.said_json(*answer)) return end;
  const auto when = at.empty() ? std::string("now") : cat("at ", local_time(at, TimeStyle::full));
  console.say(console.paint(decision_sentence(*answer, choice.door, what_of(choice.how), when)));
  return end;
}

}  // namespace genkan::cli
