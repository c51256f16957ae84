// Making, changing and deleting reservations.
#include "firmware/base/text.hpp"
#include "firmware/cli/group_names.hpp"
#include "firmware/cli/key_commands.hpp"
#include "firmware/cli/key_text.hpp"

namespace genkan::cli {

namespace {

// Puts the door into the request: a key group if one is called so and no device is.
Result<> put_target(Daemon& daemon, const std::string& typed, json::object& body) {
  if (typed.empty()) return {};
  const auto groups = all_groups(daemon, GroupSort::key);
  if (!groups) return fail(groups.error());
  const auto* group = group_named(*groups, typed);
  const bool is_device = group != nullptr && daemon.get(cat("/v1/devices/", escaped(typed)));
  if (group == nullptr || is_device) {
    body["device"] = typed;
  } else {
    body["key_group"] = text_at(*group, "id");
  }
  return {};
}

void say_told(const Console& console, const json::object& answer) {
  for (const auto& told : array_at(answer, "told")) {
    if (!told.is_string()) continue;
    console.say(console.paint(Tone::notice, cat("  ", printable(told.get_string(), 400))));
  }
  for (const auto& entry : array_at(answer, "overlaps")) {
    const auto* overlap = entry.if_object();
    if (overlap == nullptr) continue;
    console.say(console.paint(Tone::notice, cat("  overlaps ", overlap_text(*overlap))));
  }
}

std::string head_of(Daemon& daemon, const json::object& reservation) {
  return cat(
      printable(text_at(reservation, "name"), 300), ", ", TargetNames(daemon).of(reservation), ", ",
      timing_text(object_at(reservation, "timing")), ", ", why_words(text_at(reservation, "kind")));
}

void say_occurrences(const Console& console, const json::object& preview) {
  const auto& times = array_at(preview, "occurrences");
  if (times.size() < 2) return;  // once: it was said already
  console.say("First times:");
  for (const auto& entry : times) {
    const auto* time = entry.if_object();
    if (time == nullptr) continue;
    console.say(cat("  ", weekday_of(text_at(*time, "start")), " ", interval_text(*time)));
  }
}

void say_slots(const Console& console, const json::object& preview) {
  Table table;
  for (const auto& entry : array_at(preview, "slots")) {
    const auto* slot = entry.if_object();
    if (slot == nullptr) continue;
    const auto number = number_at(*slot, "slot");
    const auto key = text_at(*slot, "key");
    table.row({{cat("  ", printable(text_at(*slot, "device"), 48)), Tone::plain},
               {printable(key.empty() ? "key" : key, 20), Tone::plain},
               number > 0
                   ? Toned{cat("slot ", number, " of ", printable(text_at(*slot, "area"), 40)),
                           Tone::good}
                   : Toned{"no slot", Tone::notice},
               {printable(text_at(*slot, "why"), 300), Tone::notice}});
  }
  if (table.empty()) return;
  console.say("In the locks:");
  console.print(table.text(console.paint));
}

Exit say_preview(Daemon& daemon, const Console& console, const json::object& preview) {
  if (console.said_json(preview)) return Exit::done;
  const auto& reservation = object_at(preview, "reservation");
  console.say(
      cat(console.paint(Tone::heading, head_of(daemon, reservation)), ". Nothing is saved yet."));
  say_told(console, preview);
  say_occurrences(console, preview);
  say_slots(console, preview);
  return Exit::done;
}

enum class ShowCode { no, yes };

Exit say_saved(Daemon& daemon, const Console& console, std::string_view done,
               const json::object& reservation, ShowCode show) {
  if (console.said_json(reservation)) return Exit::done;
  const auto id = printable(text_at(reservation, "id"), 48);
  console.say(console.paint(Tone::good, cat(done, ": ", head_of(daemon, reservation), ".")));
  say_told(console, reservation);
  const auto code = printable(text_at(reservation, "code"), 20);
  if (show == ShowCode::yes && !code.empty()) {
    console.say(cat("The code is ", console.paint(Tone::heading, code), "."));
  }
  if (const auto keys = keys_summary(array_at(reservation, "keys")); !keys.text.empty()) {
    console.say(cat("In the locks: ", console.paint(keys)));
  }
  console.say(console.paint(Tone::dim, cat("genkan reservations show ", id)));
  return Exit::done;
}

// What the change begins with: the recurrence that is there, if the change is about one.
Result<json::object> recurrence_before(Daemon& daemon, const ReserveChoice& choice) {
  if (choice.id.empty() || !is_recurring(choice)) return json::object();
  const auto before = daemon.get(cat("/v1/reservations/", escaped(choice.id)));
  if (!before) return fail(before.error());
  return object_at(object_at(*before, "timing"), "recurrence");
}

Result<json::object> body_of(Daemon& daemon, const ReserveChoice& choice) {
  const auto before = recurrence_before(daemon, choice);
  if (!before) return fail(before.error());
  auto body = reservation_request(choice, *before);
  if (!body) return fail(body.error());
  if (auto put = put_target(daemon, choice.target, *body); !put) return fail(put.error());
  return body;
}

// What was refused; if there is no such door, that is why.
Exit refused(Daemon& daemon, const Console& console, const json::object& body, const Error& error) {
  const auto end = console.failed(error);
  const auto door = text_at(body, "device");
  if (end != Exit::usage || door.empty()) return end;
  const auto device = daemon.get(cat("/v1/devices/", escaped(door)));
  return !device && device.error().code() == ErrorCode::unknown ? Exit::unknown : end;
}

Exit preview(Daemon& daemon, const Console& console, const std::string& target,
             const json::object& body) {
  const auto answer = daemon.send("POST", target, body);
  return answer ? say_preview(daemon, console, *answer)
                : refused(daemon, console, body, answer.error());
}

}  // namespace

Exit reserve(Daemon& daemon, const Console& console, const ReserveChoice& choice) {
  const auto body = body_of(daemon, choice);
  if (!body) return console.failed(body.error());
  if (choice.preview) return preview(daemon, console, "/v1/reservations/preview", *body);
  const auto saved = daemon.send("POST", "/v1/reservations?secrets=1", *body);
  if (!saved) return refused(daemon, console, *body, saved.error());
  return say_saved(daemon, console, "Reserved", *saved, ShowCode::yes);
}

Exit change_reservation(Daemon& daemon, const Console& console, const ReserveChoice& choice) {
  const auto body = body_of(daemon, choice);
  if (!body) return console.failed(body.error());
  if (body->empty()) {
    console.complain(
        "nothing is to be changed; give --name, --from, --to, --code or another "
        "option (genkan reservations change --help)");
    return Exit::usage;
  }
  const auto target = cat("/v1/reservations/", escaped(choice.id));
  if (choice.preview) return preview(daemon, console, cat(target, "/preview"), *body);
  const bool secret = body->contains("code") || body->contains("kind");
  const auto saved = daemon.send("PUT", cat(target, secret ? "?secrets=1" : ""), *body);
  if (!saved) return refused(daemon, console, *body, saved.error());
  return say_saved(daemon, console, "Changed", *saved, secret ? ShowCode::yes : ShowCode::no);
}

Exit delete_reservations(Daemon& daemon, const Console& console,
                         const std::vector<std::string>& ids) {
  Exit end = Exit::done;
  for (const auto& id : ids) {
    const auto answer = daemon.send("DELETE", cat("/v1/reservations/", escaped(id)), std::nullopt);
    if (!answer) {
      end = worse(end, console.failed(answer.error()));
    } else if (!console.said_json(*answer)) {
      console.say(
          console.paint(Tone::good, cat("Reservation ", printable(id, 48),
                                        " is deleted; its keys are taken out of the locks now.")));
    }
  }
  return end;
}

}  // namespace genkan::cli
