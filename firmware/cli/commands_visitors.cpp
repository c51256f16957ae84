// What residents give out: visitors' keys as QR codes, and the door code of their room.
#include <unistd.h>

#include "firmware/base/files.hpp"
#include "firmware/base/text.hpp"
#include "firmware/cli/files.hpp"
#include "firmware/cli/key_commands.hpp"
#include "firmware/cli/key_text.hpp"
#include "firmware/cli/query.hpp"

namespace genkan::cli {

namespace {

Toned standing_of(const json::object& key) {
  if (flag_at(key, "revoked")) return {"revoked", Tone::dim};
  const auto uses = number_at(object_at(key, "once"), "uses");
  if (uses > 0 && number_at(key, "used") >= uses) return {"used up", Tone::dim};
  return flag_at(key, "valid_now") ? Toned{"opens now", Tone::good} : Toned{"", Tone::plain};
}

std::string time_text(const json::object& key) {
  return key.contains("once") ? interval_text(object_at(key, "once")) : timing_text(key);
}

std::string uses_text(const json::object& key) {
  const auto uses = number_at(object_at(key, "once"), "uses");
  return uses > 0 ? cat(number_at(key, "used"), " of ", uses) : cat(number_at(key, "used"));
}

std::string form_of(const QrChoice& choice) {
  if (!choice.form.empty()) return choice.form;
  for (const std::string_view form : {"svg", "png"}) {
    if (choice.file.ends_with(cat(".", form))) return std::string(form);
  }
  return "text";
}

Result<json::object> ask_room(Daemon& daemon, const RoomCodeChoice& choice, bool* drawn) {
  const auto path = cat("/v1/rooms/", escaped(choice.room), "/code");
  if (choice.remove) return daemon.send("DELETE", path, std::nullopt);
  if (!choice.code) return daemon.get(cat(path, choice.codes ? "?secrets=1" : ""));
  const auto code = typed_secret(*choice.code);
  *drawn = code.empty() || code.contains('*');
  return daemon.send("PUT", cat(path, *drawn ? "?secrets=1" : ""), json::object{{"code", code}});
}

}  // namespace

Exit show_visitors(Daemon& daemon, const Console& console, const std::string& room) {
  Query query("/v1/temporary-keys");
  query.add("room", room);
  const auto answer = daemon.get(query.text());
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  Table table;
  for (const auto& entry : array_at(*answer, "temporary_keys")) {
    const auto* key = entry.if_object();
    if (key == nullptr) continue;
    table.row({{printable(text_at(*key, "id"), 48), Tone::plain},
               {printable(text_at(*key, "name"), 100), Tone::plain},
               {printable(text_at(*key, "id_number"), 64), Tone::dim},
               {printable(text_at(*key, "room"), 48), Tone::plain},
               {time_text(*key), Tone::plain},
               {uses_text(*key), Tone::plain},
               standing_of(*key)});
  }
  if (table.empty()) {
    console.say("No visitors' keys.");
    return Exit::done;
  }
  table.heading({"KEY", "NAME", "ID NUMBER", "ROOM", "TIME", "USED", ""});
  console.print(table.text(console.paint));
  return Exit::done;
}

Exit add_visitor(Daemon& daemon, const Console& console, const VisitorChoice& choice) {
  const auto body = visitor_request(choice);
  if (!body) return console.failed(body.error());
  const auto answer = daemon.send("POST", "/v1/temporary-keys", *body);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  const auto id = printable(text_at(*answer, "id"), 48);
  const auto uses = number_at(object_at(*answer, "once"), "uses");
  console.say(console.paint(Tone::good,
                            cat("A key for ", printable(text_at(*answer, "name"), 300), " of room ",
                                printable(text_at(*answer, "room"), 48), ": ", time_text(*answer),
                                uses == 1  ? std::string(", once")
                                : uses > 1 ? cat(", ", uses, " times")
                                           : std::string(),
                                ".")));
  console.say(console.paint(Tone::dim, cat("genkan visitors qr ", id, " --output ", id, ".png")));
  return Exit::done;
}

Exit revoke_visitor(Daemon& daemon, const Console& console, const std::string& id) {
  const auto answer =
      daemon.send("POST", cat("/v1/temporary-keys/", escaped(id), "/revoke"), std::nullopt);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.say(console.paint(Tone::good, cat("The key of ", printable(text_at(*answer, "name"), 300),
                                            " is revoked; it opens nothing any more.")));
  return Exit::done;
}

Exit show_qr(Daemon& daemon, const Console& console, const QrChoice& choice) {
  const auto form = form_of(choice);
  if (form == "png" && choice.file == "-" && ::isatty(::fileno(console.out)) == 1) {
    console.complain("a PNG is nothing for a terminal; give --output FILE");
    return Exit::usage;
  }
  ApiRequest request;
  request.target = cat("/v1/temporary-keys/", escaped(choice.id), "/qr?form=", escaped(form));
  const auto answer = daemon.ask(std::move(request));
  if (!answer) return console.failed(answer.error());
  if (answer->status != 200) return console.failed(error_of(*answer));
  if (choice.file == "-") {
    console.print(form == "text" ? cat(answer->body, "\n") : answer->body);
    return Exit::done;
  }
  const auto written = write_file(choice.file, answer->body, Readers::owner);
  if (!written) return console.failed(written.error());
  console.say(cat("The QR code is in ", choice.file, "; whoever has it can open."));
  return Exit::done;
}

Exit room_code(Daemon& daemon, const Console& console, const RoomCodeChoice& choice) {
  bool drawn = false;
  const auto answer = ask_room(daemon, choice, &drawn);
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  const auto room = printable(text_at(*answer, "room"), 48);
  if (!flag_at(*answer, "set")) {
    console.say(cat("Room ", room, " has no door code."));
    return Exit::done;
  }
  const auto code = printable(text_at(*answer, "code"), 20);
  if ((drawn || choice.codes) && !code.empty()) {
    console.say(
        cat("The door code of room ", room, " is ", console.paint(Tone::heading, code), "."));
  } else {
    console.say(console.paint(Tone::good, choice.code
                                              ? cat("Room ", room, " has its new door code.")
                                              : cat("Room ", room, " has a door code.")));
  }
  return Exit::done;
}

}  // namespace genkan::cli
