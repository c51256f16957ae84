// One record of the journal as a line: a table of its kinds, and rules for what its body says.
#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/cli/key_text.hpp"
#include "firmware/cli/sentences.hpp"
#include "firmware/cli/width.hpp"

namespace genkan::cli {

namespace {

struct KindText {
  std::string_view kind;
  std::string_view text;
  Tone tone;
};

// The journal's kinds whose name with spaces would not do; the others are shown so.
constexpr std::array kind_texts{
    KindText{"started", "gateway started", Tone::active},
    KindText{"stopped", "gateway stopped", Tone::active},
    KindText{"site_changed", "site changed", Tone::active},
    KindText{"database_set_aside", "damaged database set aside", Tone::bad},
    KindText{"command_done", "command done", Tone::dim},
    KindText{"command_failed", "command failed", Tone::notice},
    KindText{"command_refused", "command refused", Tone::notice},
    KindText{"locked", "locked", Tone::good},
    KindText{"unlocked", "unlocked", Tone::notice},
    KindText{"forced_open", "FORCED OPEN", Tone::bad},
    KindText{"alarm", "ALARM", Tone::bad},
    KindText{"alarm_restored", "alarm restored", Tone::good},
    KindText{"compartment_forced", "COMPARTMENT FORCED", Tone::bad},
    KindText{"sensor_call", "call for help", Tone::bad},
    KindText{"elevator_fault", "elevator fault", Tone::bad},
    KindText{"elevator_fire", "elevator in fire mode", Tone::bad},
    KindText{"elevator_trapped", "SOMEBODY IS TRAPPED", Tone::bad},
    KindText{"elevator_normal", "elevator normal again", Tone::good},
    KindText{"armed", "armed", Tone::good},
    KindText{"disarmed", "disarmed", Tone::notice},
    KindText{"hold_began", "held open", Tone::notice},
    KindText{"hold_ended", "no longer held open", Tone::good},
    KindText{"temporary_key_made", "visitor's key made", Tone::plain},
    KindText{"temporary_key_changed", "visitor's key changed", Tone::plain},
    KindText{"holidays_changed", "public holidays changed", Tone::active},
    KindText{"keys_exported", "all keys exported, sealed", Tone::notice},
    KindText{"keys_imported", "all keys imported", Tone::active},
    KindText{"secrets_rotated", "codes and cards sealed anew", Tone::active},
    KindText{"foreign_key", "a key was programmed at the lock", Tone::notice},
    KindText{"foreign_key_gone", "a key was erased at the lock", Tone::notice},
    KindText{"lock_swapped", "another lock, or one that was emptied", Tone::notice},
    KindText{"lock_clock_set", "the lock's clock was set", Tone::notice},
    KindText{"entry_granted", "entry granted", Tone::good},
    KindText{"entry_refused", "entry refused", Tone::notice},
    KindText{"keypad_locked", "KEYPAD LOCKED", Tone::bad},
    KindText{"trust_key_added", "a key is trusted", Tone::notice},
    KindText{"trust_key_removed", "a key is no longer trusted", Tone::notice},
    KindText{"claimed", "claimed by a contract", Tone::notice},
    KindText{"released", "released from its contract", Tone::notice},
    KindText{"request_refused", "signed request refused", Tone::notice},
    KindText{"request_repeated", "signed request came again", Tone::dim},
    KindText{"trouble", "trouble", Tone::bad},
    KindText{"trouble_cleared", "trouble cleared", Tone::good},
};

// What became of a key in a lock; in front stands "code" or "card".
constexpr std::array key_texts{
    KindText{"key_written", "written to the lock", Tone::good},
    KindText{"key_removed", "removed from the lock", Tone::good},
    KindText{"key_already_there", "was in the lock already", Tone::good},
    KindText{"key_handed_over", "handed over", Tone::good},
    KindText{"key_not_set", "not set", Tone::bad},
    KindText{"key_set_again", "set after all", Tone::good},
    KindText{"key_write_failed", "could not be written", Tone::bad},
    KindText{"key_remove_failed", "could not be removed", Tone::bad},
    KindText{"key_lost", "is no longer in the lock", Tone::notice},
};

std::string with_how(std::string_view text, const json::object& body) {
  const auto how = text_at(body, "how");
  if (how.empty()) return std::string(text);
  return cat(text, " by ", how == "qr" ? "QR code" : spaced(printable(how, 30)));
}

// "unlock refused", "lock failed", "code not set": some records name what they are about.
Toned kind_text(const json::object& record) {
  const auto kind = text_at(record, "kind");
  const auto& body = object_at(record, "body");
  const auto command = text_at(body, "command");
  if (!command.empty() && kind.starts_with("command_")) {
    return {spaced(printable(cat(command, " ", kind.substr(8)), 60)),
            kind == "command_done" ? Tone::dim : Tone::notice};
  }
  const auto of_key = std::ranges::find(key_texts, kind, &KindText::kind);
  if (of_key != key_texts.end()) {
    const auto key = text_at(body, "key");
    return {cat(key.empty() ? "key" : printable(key, 20), " ", of_key->text), of_key->tone};
  }
  const auto found = std::ranges::find(kind_texts, kind, &KindText::kind);
  if (found == kind_texts.end()) {
    return {spaced(printable(kind, 40)),
            text_at(record, "lane") == "alarm" ? Tone::bad : Tone::plain};
  }
  if (kind.starts_with("entry_")) return {with_how(found->text, body), found->tone};
  return {std::string(found->text), found->tone};
}

// What programs need of a body and people do not, or what is said elsewhere in the line.
constexpr std::string_view unsaid[] = {"request", "took_ms", "verdict", "how",  "command",
                                       "purpose", "alarm",   "key",     "area", "signed_by"};
// Whose value says enough.
constexpr std::string_view bare[] = {"reason", "detail",  "mode", "name", "text",
                                     "what",   "trouble", "bus",  "kind"};
// Whose record this is about; said behind its name.
constexpr std::string_view owners[] = {"reservation", "holder", "temporary_key", "key_group",
                                       "validity_group"};

template <std::size_t size>
bool is_one_of(const std::string_view (&words)[size], std::string_view key) {
  return std::ranges::find(words, key) != std::end(words);
}

std::string value_text(const json::value& value) {
  if (value.is_string()) return printable(value.get_string(), 300);
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  return printable(json::serialize(value), 300);
}

// "Anna (r-1)": the name with the id of whom the record is about.
std::string name_text(const json::object& body) {
  auto name = printable(text_at(body, "name"), 300);
  for (const auto owner : owners) {
    const auto id = printable(text_at(body, owner), 48);
    if (!id.empty()) return name.empty() ? id : cat(name, " (", id, ")");
  }
  return name;
}

// The times that were reserved, and what a change changed.
std::string structure_text(std::string_view key, const json::value& value) {
  if (key == "timing" && value.is_object()) return timing_text(value.get_object());
  if (key == "changed" && value.is_array()) return changes_text(value.get_array());
  const bool is_rule = key == "once" || key == "daily" || key == "weekly";
  if (!is_rule || !value.is_object()) return "";
  return timing_text(json::object{{key == "once" ? "span" : "weekly", value}});
}

// One member of a body in words; empty: not worth any.
std::string member_text(const json::object& record, std::string_view key,
                        const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_structured()) return structure_text(key, value);
  if (is_one_of(unsaid, key) || is_one_of(owners, key) || key == "name") return "";
  const auto& body = object_at(record, "body");
  auto text = value_text(value);
  if (text.empty()) return "";
  if (key == "already") return "it was so already";
  if (key == "number") return cat("room ", text);
  if (key == "why") return why_words(text);
  if (key == "reason" && text_at(record, "kind").starts_with("entry_")) return why_words(text);
  if (key == "slot" && body.contains("area")) {
    return cat("slot ", text, " of ", printable(text_at(body, "area"), 40));
  }
  if (key == "card" && value.is_bool()) return value.get_bool() ? "with a card" : "";
  if (key == "off_s") return cat("it was ", clock_text(number_at(body, key)));
  if (key == "import") return cat("by an import, id ", text);
  if (key == "reason" || key == "trouble" || key == "kind") return spaced(text);
  if (is_one_of(bare, key)) return text;
  return cat(spaced(std::string(key)), " ", text);
}

// A record's body: its own sentence, or its members one behind the other.
std::string body_text(const json::object& record) {
  const auto& body = object_at(record, "body");
  for (const std::string_view key : {"message", "sentence"}) {
    if (auto text = text_at(body, key); !text.empty()) {
      const auto detail = text_at(body, "detail");
      return printable(detail.empty() || text.contains(detail) ? text : cat(text, ": ", detail),
                       300);
    }
  }
  std::string out = name_text(body);
  for (const auto& member : body) {
    const auto text = member_text(record, member.key(), member.value());
    if (!text.empty()) out += cat(out.empty() ? "" : ", ", text);
  }
  return out;
}

struct ActorText {
  std::string_view prefix;
  std::string_view before;
  std::string_view after;
};
// Who: "user:anna" is by anna, "slot:12" is with key 12.
constexpr std::array actor_texts{
    ActorText{"user:", "by ", ""},
    ActorText{"slot:", "with key ", ""},
    ActorText{"cloud:", "by ", " (cloud)"},
    ActorText{"reservation:", "with the key of reservation ", ""},
    ActorText{"holder:", "with the key of holder ", ""},
    ActorText{"temporary_key:", "with visitor's key ", ""},
    ActorText{"room:", "with the code of room ", ""},
    ActorText{"resident:", "with the key of resident ", ""},
};

std::string actor_text(const json::object& record) {
  const auto actor = text_at(record, "actor");
  if (actor.empty()) return "";
  const auto row = std::ranges::find_if(
      actor_texts, [&actor](const ActorText& one) { return actor.starts_with(one.prefix); });
  const bool of_key = text_at(record, "kind").starts_with("key_");
  const auto colon = actor.find(':');
  if (of_key && row != actor_texts.end() && row->before.starts_with("with")) {
    return cat("of ", spaced(printable(actor.substr(0, colon), 30)), " ",
               printable(actor.substr(colon + 1), 60));
  }
  if (row == actor_texts.end()) return cat("by ", spaced(printable(actor, 60)));
  const auto key = printable(text_at(object_at(record, "body"), "signed_by"), 64);
  const auto after = key.empty() ? std::string(row->after) : cat(" (cloud, signed by ", key, ")");
  return cat(row->before, printable(actor.substr(row->prefix.size()), 60), after);
}

}  // namespace

std::string record_line(const json::object& record, const Paint& paint, TimeStyle style) {
  const auto kind = kind_text(record);
  auto place = text_at(record, "device");
  if (place.empty()) place = text_at(record, "room");
  std::string line = paint(Tone::dim, local_time(text_at(record, "time"), style));
  if (text_at(record, "clock") == "untrusted") line += paint(Tone::dim, "?");
  line += cat("  ", padded(printable(place, 48), 14), "  ", paint(kind));
  if (const auto body = body_text(record); !body.empty()) line += cat(": ", body);
  if (const auto actor = actor_text(record); !actor.empty()) {
    line += paint(Tone::dim, cat("  ", actor));
  }
  return line;
}

}  // namespace genkan::cli
