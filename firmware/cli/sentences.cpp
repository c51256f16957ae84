#include "firmware/cli/sentences.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "firmware/base/text.hpp"
#include "firmware/cli/width.hpp"

namespace genkan::cli {

namespace {

// One digit behind the point, without the locale.
std::string tenths(std::int64_t value) { return cat(value / 10, ".", value % 10); }

std::string value_text(const json::value& value) {
  if (value.is_string()) return printable(value.get_string(), 300);
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  return printable(json::serialize(value), 300);
}

std::string spaced(std::string text) {
  std::ranges::replace(text, '_', ' ');
  return text;
}

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
    KindText{"trouble", "trouble", Tone::bad},
    KindText{"trouble_cleared", "trouble cleared", Tone::good},
};

// "unlock refused", "lock failed", "on done": records of commands name the command.
Toned kind_text(const json::object& record) {
  const auto kind = text_at(record, "kind");
  const bool alarm = text_at(record, "lane") == "alarm";
  if (auto command = text_at(object_at(record, "body"), "command");
      !command.empty() && kind.starts_with("command_")) {
    return {spaced(printable(cat(command, " ", kind.substr(8)), 60)),
            kind == "command_done" ? Tone::dim : Tone::notice};
  }
  const auto found = std::ranges::find(kind_texts, kind, &KindText::kind);
  if (found != kind_texts.end()) return {std::string(found->text), found->tone};
  return {spaced(printable(kind, 40)), alarm ? Tone::bad : Tone::plain};
}

// What programs need of a body and people do not.
constexpr std::string_view unsaid[] = {"request", "took_ms", "verdict", "how",
                                       "command", "purpose", "alarm"};
// Whose value says enough.
constexpr std::string_view bare[] = {"reason", "detail", "mode", "name", "text", "trouble", "bus"};

// One member of a body in words; empty: not worth any.
std::string member_text(std::string_view key, const json::value& value) {
  if (value.is_structured() || value.is_null()) return "";
  if (std::ranges::find(unsaid, key) != std::end(unsaid)) return "";
  auto text = value_text(value);
  if (text.empty()) return "";
  if (key == "already") return "it was so already";
  if (key == "number") return cat("room ", text);
  if (key == "reason" || key == "trouble") return spaced(text);
  if (std::ranges::find(bare, key) != std::end(bare)) return text;
  return cat(spaced(std::string(key)), " ", text);
}

// A record's body: its own sentence, or its scalars one behind the other.
std::string body_text(const json::object& body) {
  for (const std::string_view key : {"message", "sentence"}) {
    if (auto text = text_at(body, key); !text.empty()) {
      const auto detail = text_at(body, "detail");
      return printable(detail.empty() || text.contains(detail) ? text : cat(text, ": ", detail),
                       300);
    }
  }
  std::string out;
  for (const auto& member : body) {
    const auto text = member_text(member.key(), member.value());
    if (!text.empty()) out += cat(out.empty() ? "" : ", ", text);
  }
  return out;
}

// Who: "user:anna" is by anna, "slot:12" is with key 12.
std::string actor_text(const std::string& actor) {
  if (actor.empty()) return "";
  if (actor.starts_with("user:")) return cat("by ", printable(actor.substr(5), 60));
  if (actor.starts_with("slot:")) return cat("with key ", printable(actor.substr(5), 60));
  if (actor.starts_with("cloud:")) return cat("by ", printable(actor.substr(6), 60), " (cloud)");
  return cat("by ", spaced(printable(actor, 60)));
}

}  // namespace

std::string local_time(std::string_view rfc3339, TimeStyle style) {
  const auto time = parse_time(rfc3339);
  if (!time) return printable(rfc3339, 30);
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  char text[32];
  const char* form = style == TimeStyle::clock ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S";
  return std::string(text, std::strftime(text, sizeof text, form, &local));
}

std::string duration_text(std::chrono::seconds span) {
  const auto count = span.count();
  if (count < 120) return cat(count, " s");
  if (count < 2 * 3600) return cat(count / 60, " min");
  if (count < 48 * 3600) return cat(count / 3600, " h");
  return cat(count / 86'400, " days");
}

std::string bytes_text(std::int64_t bytes) {
  static constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return cat(bytes, " B");
  std::size_t unit = 0;
  std::int64_t scale = 1024;
  while (unit + 1 < std::size(units) && bytes / scale >= 1024) {
    scale *= 1024;
    ++unit;
  }
  return cat(tenths((bytes * 10 + scale / 2) / scale), " ", units[unit]);
}

Toned outcome_sentence(const json::object& answer) {
  const auto verdict = text_at(answer, "verdict");
  auto message = printable(text_at(answer, "message"), 500);
  if (message.empty()) {
    message = cat(text_at(answer, "device"), ": ", spaced(text_at(answer, "command")), ": ",
                  spaced(verdict), ", ", spaced(text_at(answer, "reason")), ".");
  }
  if (message.ends_with('.')) message.pop_back();
  if (verdict != "done") {
    return {message + ".", verdict == "refused" ? Tone::notice : Tone::bad};
  }
  const auto took = (number_at(answer, "took_ms") + 50) / 100;
  return {cat(message, " (", tenths(took), " s)."), Tone::good};
}

Exit outcome_exit(const json::object& answer) {
  if (text_at(answer, "verdict") == "done") return Exit::done;
  const auto reason = text_at(answer, "reason");
  if (reason == "not_allowed") return Exit::forbidden;
  if (reason == "busy") return Exit::busy;
  return Exit::failed;
}

std::string record_line(const json::object& record, const Paint& paint, TimeStyle style) {
  const auto kind = kind_text(record);
  auto place = text_at(record, "device");
  if (place.empty()) place = text_at(record, "room");
  std::string line = paint(Tone::dim, local_time(text_at(record, "time"), style));
  if (text_at(record, "clock") == "untrusted") line += paint(Tone::dim, "?");
  line += cat("  ", padded(printable(place, 48), 14), "  ", paint(kind));
  if (const auto body = body_text(object_at(record, "body")); !body.empty()) {
    line += cat(": ", body);
  }
  if (const auto actor = actor_text(text_at(record, "actor")); !actor.empty()) {
    line += paint(Tone::dim, cat("  ", actor));
  }
  return line;
}

std::string trouble_text(const json::object& trouble) {
  auto sentence = text_at(trouble, "sentence");
  if (sentence.empty()) sentence = spaced(text_at(trouble, "kind"));
  const auto detail = text_at(trouble, "detail");
  return printable(detail.empty() ? sentence : cat(sentence, ": ", detail), 300);
}

std::string trouble_place(const json::object& trouble) {
  for (const std::string_view key : {"device", "bus"}) {
    if (auto place = text_at(trouble, key); !place.empty()) return printable(place, 48);
  }
  return "gateway";
}

}  // namespace genkan::cli
