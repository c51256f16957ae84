// Reservations as a list, one by one and as a calendar.
#include "firmware/base/text.hpp"
#include "firmware/cli/group_names.hpp"
#include "firmware/cli/key_commands.hpp"
#include "firmware/cli/key_text.hpp"
#include "firmware/cli/query.hpp"

namespace genkan::cli {

namespace {

void print_list(Daemon& daemon, const Console& console, const json::object& answer, bool codes) {
  TargetNames targets(daemon);
  Table table;
  for (const auto& entry : array_at(answer, "reservations")) {
    const auto* one = entry.if_object();
    if (one == nullptr) continue;
    std::vector<Toned> row{{printable(text_at(*one, "id"), 48), Tone::plain},
                           {printable(text_at(*one, "name"), 100), Tone::plain},
                           {targets.of(*one), Tone::plain},
                           {timing_text(object_at(*one, "timing")), Tone::plain},
                           {why_words(text_at(*one, "kind")), Tone::dim}};
    if (codes) row.push_back({printable(text_at(*one, "code"), 20), Tone::plain});
    row.push_back(keys_summary(array_at(*one, "keys")));
    table.row(std::move(row));
  }
  if (table.empty()) return console.say("No reservations.");
  std::vector<std::string> heading{"RESERVATION", "NAME", "DOOR", "TIME", "KIND"};
  if (codes) heading.emplace_back("CODE");
  heading.emplace_back("IN THE LOCKS");
  table.heading(std::move(heading));
  console.print(table.text(console.paint));
}

void print_calendar(const Console& console, const json::object& answer) {
  Table table;
  std::string day;
  for (const auto& entry : array_at(answer, "entries")) {
    const auto* one = entry.if_object();
    if (one == nullptr) continue;
    const auto start = text_at(*one, "start");
    const auto this_day = start.substr(0, 10);
    const auto time = interval_text(*one);
    table.row(
        {{this_day == day ? "" : cat(weekday_of(start), " ", printable(this_day, 10)),
          Tone::heading},
         {time.starts_with(this_day) && time.size() > 11 ? time.substr(11) : time, Tone::plain},
         {printable(text_at(*one, "device"), 48), Tone::plain},
         {printable(text_at(*one, "name"), 100), Tone::plain},
         {printable(text_at(*one, "reservation"), 48), Tone::dim}});
    day = this_day;
  }
  if (table.empty()) return console.say("Nothing is reserved in these days.");
  table.heading({"DAY", "TIME", "DOOR", "NAME", "RESERVATION"});
  console.print(table.text(console.paint));
  if (flag_at(answer, "truncated")) {
    console.say(
        console.paint(Tone::notice, "There is more; choose fewer days or doors to see the rest."));
  }
}

}  // namespace

Exit show_reservations(Daemon& daemon, const Console& console, const ReservationsChoice& choice) {
  Query query("/v1/reservations");
  query.add("device", choice.door);
  query.add("room", choice.room);
  query.add("building", choice.building);
  if (!choice.group.empty()) {
    const auto groups = all_groups(daemon, GroupSort::key);
    if (!groups) return console.failed(groups.error());
    query.add("key_group", group_id(*groups, choice.group));
  }
  query.add("from", choice.from);
  query.add("until", choice.until);
  query.add("sort", choice.sort);
  query.add("past", choice.past ? "1" : "");
  add_page(query, choice.page);
  const auto answer = daemon.get(query.text());
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  print_list(daemon, console, *answer, choice.page.codes);
  say_rest(console, *answer, choice.page);
  return Exit::done;
}

Exit show_reservation(Daemon& daemon, const Console& console, const OneChoice& choice) {
  const auto answer =
      daemon.get(cat("/v1/reservations/", escaped(choice.id), choice.codes ? "?secrets=1" : ""));
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  console.print(reservation_lines(*answer, TargetNames(daemon).of(*answer), console.paint));
  console.print(keys_table(array_at(*answer, "keys"), console.paint));
  return Exit::done;
}

Exit show_calendar(Daemon& daemon, const Console& console, const CalendarChoice& choice) {
  Query query("/v1/calendar");
  query.add("device", choice.door);
  query.add("room", choice.room);
  query.add("building", choice.building);
  query.add("from", choice.from);
  query.add("until", choice.until);
  const auto answer = daemon.get(query.text());
  if (!answer) return console.failed(answer.error());
  if (console.said_json(*answer)) return Exit::done;
  print_calendar(console, *answer);
  return Exit::done;
}

}  // namespace genkan::cli
