// The command line of keys, why, visitors, rooms and holidays.
#include "firmware/cli/line_options.hpp"

namespace genkan::cli {

namespace {

void add_keys(CLI::App& app, Action& action) {
  auto* keys = app.add_subcommand("keys", "What is in a lock's memory, and what should be");
  const auto choice = std::make_shared<DoorKeysChoice>();
  keys->add_option("door", choice->door, "the door's id")->required();
  keys->add_flag("--check", choice->check, "read the lock now; this can take a minute");
  runs(keys, action, show_door_keys, choice);

  auto* why = app.add_subcommand("why", "What a key would do at a door, and why; nothing moves");
  const auto asked = std::make_shared<WhyChoice>();
  why->add_option("door", asked->door, "the door's id")->required();
  why->add_option("key", asked->key, "the code; - reads it from standard input")->required();
  why->add_option("--at", asked->at,
                  "at another time of the building: \"2026-11-20 15:00\"; or RFC 3339");
  struct Flag {
    const char* name;
    const char* how;
    const char* help;
  };
  static constexpr Flag flags[] = {{"--card", "card", "the key is a card's number"},
                                   {"--software", "software_code", "it is a software code"},
                                   {"--link", "link", "it is the secret of a link"},
                                   {"--token", "token", "it is what a visitor's QR code says"}};
  auto* how = why->add_option_group("how");
  for (const auto& flag : flags) {
    how->add_flag_callback(flag.name, [asked, &flag]() { asked->how = flag.how; }, flag.help);
  }
  how->require_option(0, 1);
  runs(why, action, tell_why, asked);
  why->footer("It ends with 0 if the door would open, with 1 if it would not.");
}

void add_visitor_line(CLI::App* parent, Action& action) {
  auto* sub = parent->add_subcommand("add", "Make a key for a visitor");
  const auto choice = std::make_shared<VisitorChoice>();
  sub->add_option("--name", choice->name, "the visitor")->required();
  sub->add_option("--room", choice->room, "the room that issues it")->required();
  text(sub, "--id-number", choice->id_number, "of the visitor's paper");
  text(sub, "--from", choice->from, "from when: \"2026-11-20 15:00\"");
  text(sub, "--to", choice->to, "until when");
  sub->add_option("--uses", choice->uses, "how often it opens between the two; not said: once");
  add_window(sub, choice->days);
  sub->footer(
      "--from and --to: so many uses in one time. --window: every day. With --every: on "
      "those weekdays.");
  runs(sub, action, add_visitor, choice);
}

void add_visitors(CLI::App& app, Action& action) {
  auto* visitors = app.add_subcommand("visitors", "Visitors' keys, as QR codes");
  const auto room = std::make_shared<std::string>();
  for (auto* sub : {visitors, visitors->add_subcommand("list", "All of them, the latest first")}) {
    sub->add_option("--room", *room, "only those of this room");
    runs(sub, action, show_visitors, room);
  }
  add_visitor_line(visitors, action);
  auto* revoke = visitors->add_subcommand("revoke", "It opens nothing any more, for good");
  const auto id = std::make_shared<std::string>();
  revoke->add_option("key", *id, "its id")->required();
  runs(revoke, action, revoke_visitor, id);
  auto* qr = visitors->add_subcommand("qr", "The QR code, or what it says");
  const auto choice = std::make_shared<QrChoice>();
  qr->add_option("key", choice->id, "its id")->required();
  qr->add_option("--form", choice->form, "text, svg or png; not said: by the file's name, or text");
  qr->add_option("--output", choice->file, "where to; - is standard output")->capture_default_str();
  runs(qr, action, show_qr, choice);
  visitors->require_subcommand(0, 1);
}

void add_rooms(CLI::App& app, Action& action) {
  auto* rooms = app.add_subcommand("rooms", "What rooms have: their door code");
  auto* sub =
      rooms->add_subcommand("code", "The door code that a room's family types in the lobby");
  const auto choice = std::make_shared<RoomCodeChoice>();
  sub->add_option("room", choice->room, "the room's id")->required();
  auto* code = text(sub, "code", choice->code,
                    "the new one: 4 to 8 digits or a pattern; - reads it from standard input");
  sub->add_flag("--remove", choice->remove, "take it away")->excludes(code);
  sub->add_flag("--codes", choice->codes, "show it");
  runs(sub, action, room_code, choice);
  rooms->require_subcommand(1);
}

void add_holidays(CLI::App& app, Action& action) {
  auto* holidays = app.add_subcommand("holidays", "The public holidays that reservations follow");
  const auto year = std::make_shared<std::string>();
  holidays->add_option("year", *year, "which year; not said: this one");
  runs(holidays, action, show_holidays, year);
  auto* import = holidays->add_subcommand("import", "Take the government's table (CSV) into use");
  const auto file = std::make_shared<std::string>();
  import->add_option("file", *file, "UTF-8 or Shift_JIS; - is standard input")->required();
  runs(import, action, import_holidays, file);
  holidays->add_subcommand("reset", "Go by the law and the product's data again")
      ->callback([&action]() { action = reset_holidays; });
  holidays->require_subcommand(0, 1);
}

}  // namespace

void add_key_commands(CLI::App& app, Action& action) {
  add_keys(app, action);
  add_visitors(app, action);
  add_rooms(app, action);
  add_holidays(app, action);
}

}  // namespace genkan::cli
