#include "firmware/cli/key_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "firmware/base/text.hpp"
#include "firmware/cli/daemon.hpp"
#include "firmware/cli/sentences.hpp"

namespace genkan::cli {

namespace {

constexpr std::size_t day_length = 10;  // of "2026-11-20"

// Of a key that always opens the API says all time, from 1900 on (in UTC).
bool is_always(std::string_view start) {
  return start.starts_with("1900-") || start.starts_with("1899-");
}

// The end's day only where it is another one.
std::string span_text(std::string_view start, std::string_view end) {
  if (is_always(start)) return "always";
  const bool same_day = start.size() > day_length && end.size() > day_length &&
                        start.substr(0, day_length) == end.substr(0, day_length);
  return cat(printable(start, 40), " to ",
             printable(same_day ? end.substr(day_length + 1) : end, 40));
}

std::string listed(const json::array& words) {
  std::string out;
  for (const auto& word : words) {
    if (!word.is_string()) continue;
    out += cat(out.empty() ? "" : ", ", printable(word.get_string(), 40));
  }
  return out;
}

// "mon, tue 9:00 to 17:30".
std::string window_text(const json::object& rule) {
  const auto& weekdays = array_at(rule, "weekdays");
  const bool all = weekdays.empty() || weekdays.size() == 7;
  return cat(all ? "every day" : listed(weekdays), " ", printable(text_at(rule, "from"), 20),
             " to ", printable(text_at(rule, "to"), 20));
}

std::string recurrence_text(const json::object& rule) {
  auto out = cat(window_text(rule), ", ", printable(text_at(rule, "first"), 20), " to ",
                 printable(text_at(rule, "last"), 20));
  const auto holidays = text_at(rule, "holidays");
  if (holidays == "valid") out += ", on public holidays too";
  if (holidays == "not_valid") out += ", not on public holidays";
  if (const auto extra = listed(array_at(rule, "extra")); !extra.empty()) {
    out += cat(", also ", extra);
  }
  if (const auto excluded = listed(array_at(rule, "excluded")); !excluded.empty()) {
    out += cat(", not ", excluded);
  }
  return out;
}

struct Why {
  std::string_view why;
  std::string_view words;
};
// Why a key is not in its lock; why it does not open.
constexpr std::array whys{
    Why{"no_address", "no address in the lock is free"},
    Why{"code_in_use", "in use by another reservation or not yet removed"},
    Why{"code_foreign", "the same code was programmed at the lock by hand"},
    Why{"unreachable", "the lock does not answer"},
    Why{"rejected", "the lock refused it"},
    Why{"no_secret", "its code can no longer be read; give it a new one"},
    Why{"unread", "the lock's memory has not been read yet"},
    Why{"locked_out", "too many wrong entries"},
    Why{"too_early", "its time has not begun yet"},
    Why{"not_now", "it opens at other times"},
    Why{"clock_untrusted", "the gateway does not know the time"},
    Why{"disabled", "its holder is disabled"},
    Why{"used_up", "it has been used as often as it may"},
    Why{"too_late", "its time is over"},
    Why{"revoked", "it was revoked"},
    Why{"wrong_door", "it does not open this door"},
    Why{"unknown_key", "nobody has this key"},
};

struct StateWord {
  std::string_view state;
  Toned text;
  int gravity;
};
const std::array<StateWord, 6>& state_words() {
  static const std::array<StateWord, 6> words{{
      {"set", {"set", Tone::good}, 0},
      {"waiting", {"waiting", Tone::dim}, 1},
      {"removing", {"being removed", Tone::active}, 2},
      {"setting", {"being written", Tone::active}, 3},
      {"not_set", {"not set", Tone::bad}, 4},
      {"still_opens", {"STILL OPENS", Tone::bad}, 5},
  }};
  return words;
}

const StateWord* word_of(const json::object& key) {
  const auto found = std::ranges::find(state_words(), text_at(key, "state"), &StateWord::state);
  return found == state_words().end() ? nullptr : &*found;
}

std::string value_text(const json::value* value) {
  if (value == nullptr || value->is_null()) return "nothing";
  if (value->is_string()) {
    return value->get_string().empty() ? "nothing" : printable(value->get_string(), 100);
  }
  if (value->is_bool()) return value->get_bool() ? "yes" : "no";
  if (value->is_object()) return timing_text(value->get_object());
  if (value->is_array()) return value->get_array().empty() ? "nothing" : listed(value->get_array());
  return printable(json::serialize(*value), 100);
}

}  // namespace

std::string interval_text(const json::object& interval) {
  const auto start = text_at(interval, "start");
  const auto end = text_at(interval, "end");
  return start.empty() && end.empty() ? std::string() : span_text(start, end);
}

std::string interval_text_utc(const json::object& interval) {
  const auto start = text_at(interval, "start");
  if (start.empty()) return "";
  if (is_always(start)) return "always";
  constexpr std::size_t to_minutes = 16;
  const auto from = local_time(start, TimeStyle::full).substr(0, to_minutes);
  const auto to = local_time(text_at(interval, "end"), TimeStyle::full).substr(0, to_minutes);
  return span_text(from, to);
}

std::string timing_text(const json::object& timing) {
  if (timing.contains("start")) return interval_text(timing);
  if (timing.contains("span")) return interval_text(object_at(timing, "span"));
  if (timing.contains("recurrence")) return recurrence_text(object_at(timing, "recurrence"));
  if (timing.contains("weekly")) return window_text(object_at(timing, "weekly"));
  if (timing.contains("daily")) return window_text(object_at(timing, "daily"));
  return flag_at(timing, "always") ? "always" : "";
}

std::string_view weekday_of(std::string_view date) {
  static constexpr std::array<std::string_view, 7> names{"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  if (date.size() < day_length || date[4] != '-' || date[7] != '-') return "";
  const auto year = parse_integer<int>(date.substr(0, 4), 1, 9999);
  const auto month = parse_integer<unsigned>(date.substr(5, 2), 1, 12);
  const auto day = parse_integer<unsigned>(date.substr(8, 2), 1, 31);
  if (!year || !month || !day) return "";
  const auto when = std::chrono::year(*year) / std::chrono::month(*month) / std::chrono::day(*day);
  if (!when.ok()) return "";
  return names[std::chrono::weekday(std::chrono::sys_days(when)).c_encoding()];
}

std::string why_words(std::string_view why) {
  const auto found = std::ranges::find(whys, why, &Why::why);
  if (found != whys.end()) return std::string(found->words);
  return spaced(printable(why, 60));
}

Toned key_state(const json::object& key) {
  if (const auto* word = word_of(key)) return word->text;
  return {printable(text_at(key, "state"), 30), Tone::plain};
}

std::string key_why(const json::object& key) {
  if (const auto sentence = text_at(key, "why_sentence"); !sentence.empty()) {
    return printable(sentence, 300);
  }
  const auto why = text_at(key, "why");
  return why.empty() || why == "none" ? "" : why_words(why);
}

Toned keys_summary(const json::array& keys) {
  std::size_t set = 0;
  const json::object* worst = nullptr;
  int gravity = -1;
  for (const auto& entry : keys) {
    const auto* key = entry.if_object();
    const auto* word = key == nullptr ? nullptr : word_of(*key);
    if (word == nullptr) continue;
    if (word->gravity == 0) ++set;
    if (word->gravity > gravity) {
      gravity = word->gravity;
      worst = key;
    }
  }
  if (worst == nullptr) return {"", Tone::dim};
  Toned said = key_state(*worst);
  if (set == keys.size()) return said;
  if (set > 0) said.text = cat(set, " of ", keys.size(), " set; ", said.text);
  const auto why = key_why(*worst);
  if (keys.size() > 1 && !why.empty()) {
    said.text += cat(" at ", printable(text_at(*worst, "device"), 48));
  }
  if (!why.empty()) said.text += cat(": ", why);
  return said;
}

std::string keys_table(const json::array& keys, const Paint& paint) {
  Table table;
  for (const auto& entry : keys) {
    const auto* key = entry.if_object();
    if (key == nullptr) continue;
    const auto slot = number_at(*key, "slot");
    table.row({{printable(text_at(*key, "device"), 48), Tone::plain},
               {printable(text_at(*key, "key"), 20), Tone::plain},
               key_state(*key),
               {printable(text_at(*key, "area"), 40), Tone::dim},
               {slot > 0 ? cat(slot) : "", Tone::plain},
               {interval_text(object_at(*key, "opens")), Tone::dim},
               {key_why(*key), Tone::notice}});
  }
  if (table.empty()) return "";
  table.heading({"DOOR", "KEY", "STATE", "AREA", "SLOT", "OPENS", "WHY"});
  return table.text(paint);
}

std::string overlap_text(const json::object& overlap) {
  return cat(printable(text_at(overlap, "name"), 200), " (", printable(text_at(overlap, "id"), 48),
             "): ", interval_text(overlap));
}

std::string reservation_lines(const json::object& reservation, std::string_view door,
                              const Paint& paint) {
  Table table;
  const auto line = [&table](std::string_view name, std::string text) {
    if (!text.empty()) table.row({{std::string(name), Tone::dim}, {std::move(text), Tone::plain}});
  };
  line("reservation", printable(text_at(reservation, "id"), 48));
  line("name", printable(text_at(reservation, "name"), 400));
  line("door", std::string(door));
  line("time", timing_text(object_at(reservation, "timing")));
  line("kind", why_words(text_at(reservation, "kind")));
  line("code", printable(text_at(reservation, "code"), 20));
  const auto& card = object_at(reservation, "card");
  line("card", cat(printable(text_at(card, "name"), 200), card.contains("number") ? " " : "",
                   printable(text_at(card, "number"), 60)));
  line("mail", listed(array_at(reservation, "mail")));
  if (const auto made = text_at(reservation, "made"); !made.empty()) {
    const auto origin = text_at(reservation, "origin");
    line("made", cat(local_time(made, TimeStyle::full),
                     origin == "here" ? "" : cat(", from a ", printable(origin, 20)), ", revision ",
                     number_at(reservation, "revision")));
  }
  return table.text(paint);
}

bool opens_door(const json::object& decision) {
  if (!flag_at(decision, "granted")) return false;
  const auto* memory = decision.if_contains("in_lock");
  if (memory == nullptr) return true;
  const auto state = text_at(object_at(decision, "in_lock"), "state");
  return state == "set" || state == "removing" || state == "still_opens";
}

Toned decision_sentence(const json::object& decision, std::string_view door, std::string_view what,
                        std::string_view when) {
  if (flag_at(decision, "granted") && !opens_door(decision)) {
    const auto& key = object_at(decision, "in_lock");
    const auto why = key_why(key);
    return {cat(printable(door, 48), " may be opened ", when, " with the ", what, " of ",
                printable(text_at(object_at(decision, "key"), "name"), 200), ", but the ", what,
                " is not in the lock", why.empty() ? "" : ": ", why, "."),
            Tone::bad};
  }
  const bool granted = flag_at(decision, "granted");
  std::string said = cat(printable(door, 48), granted ? " opens " : " stays shut ", when);
  if (!granted) said += cat(": ", why_words(text_at(decision, "reason")));
  const auto& key = object_at(decision, "key");
  if (!key.empty()) {
    const auto name = text_at(key, "name");
    const auto id = cat(why_words(text_at(key, "owner")), " ", printable(text_at(key, "id"), 48));
    said += cat(granted ? ": it is the " : "; it is the ", what, " of ",
                name.empty() ? id : cat(printable(name, 200), " (", id, ")"));
  }
  const auto opens = interval_text_utc(object_at(decision, "opens"));
  if (opens == "always" || (opens.empty() && granted)) {
    said += ", which always opens";
  } else if (!opens.empty()) {
    said += cat(", good from ", opens);
  }
  return {said + ".", granted ? Tone::good : Tone::notice};
}

std::string changes_text(const json::array& changes) {
  std::string out;
  for (const auto& entry : changes) {
    const auto* change = entry.if_object();
    if (change == nullptr) continue;
    out += cat(out.empty() ? "" : ", ", why_words(text_at(*change, "field")));
    if (!change->contains("old") && !change->contains("new")) continue;
    out += cat(": ", value_text(change->if_contains("old")), " → ",
               value_text(change->if_contains("new")));
  }
  return out;
}

}  // namespace genkan::cli
