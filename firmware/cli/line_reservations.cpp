// The command line of reserve, reservations and calendar.
#include "firmware/cli/line_options.hpp"

namespace genkan::cli {

namespace {

constexpr const char* reserve_footer = R"(Examples:
  genkan reserve lock-101 --name Anna --from "2026-11-20 15:00" --to "2026-11-22 10:00"
  genkan reserve lock-101 --name Anna --kind code --code '**12**' --preview
  genkan reserve Staff --name Cleaning --every mon,thu --window 9:00-12:00 \
      --first 2026-11-20 --last 2027-03-31 --holidays not_valid --kind code

Times are those of the building, and forgiving: 2500 on 7 March is 01:00 on 8 March. What came of
them is said. What is left out is by the building's settings.)";

void add_fields(CLI::App* sub, ReserveChoice& choice, Removable removable) {
  text(sub, "--from", choice.from,
       "the start: \"2026-11-20 15:00\"; a day or a time alone will do");
  text(sub, "--to", choice.to, "the end");
  add_window(sub, choice.days);
  text(sub, "--first", choice.first, "recurring: the first day");
  text(sub, "--last", choice.last, "recurring: the last day");
  text(sub, "--holidays", choice.holidays,
       "recurring, on public holidays: valid, not_valid or as_weekday");
  comma_list(sub, "--extra", choice.extra, "recurring: a day that counts too; up to 10");
  comma_list(sub, "--except", choice.except, "recurring: a day that does not count; up to 10");
  text(sub, "--kind", choice.kind,
       "link, code, code_and_link, person, software_code or card_only; a card goes with any");
  add_secrets(sub, choice.secret, removable);
  auto* mail = list(sub, "--mail", choice.mail, "a mail address to send it to; up to 10");
  if (removable == Removable::yes) {
    sub->add_flag("--no-mail", choice.no_mail, "send it to nobody")->excludes(mail);
  }
  sub->add_flag("--preview", choice.preview,
                "say what would come of it: times, overlaps, slots; save nothing");
}

void add_reserve(CLI::App& app, Action& action) {
  auto* sub = app.add_subcommand("reserve", "Give somebody a key for a time, once or recurring");
  const auto choice = std::make_shared<ReserveChoice>();
  sub->add_option("door", choice->target, "the door's id, or a key group's id or name")->required();
  text(sub, "--name", choice->name, "whose it is, or what for")->required();
  add_fields(sub, *choice, Removable::no);
  sub->footer(reserve_footer);
  runs(sub, action, reserve, choice);
}

void add_change(CLI::App* parent, Action& action) {
  auto* sub = parent->add_subcommand("change", "Change one; what is not said stays");
  const auto choice = std::make_shared<ReserveChoice>();
  sub->add_option("reservation", choice->id, "its id")->required();
  sub->add_option("--door", choice->target, "another door's id, or a key group's id or name");
  text(sub, "--name", choice->name, "whose it is, or what for");
  add_fields(sub, *choice, Removable::yes);
  runs(sub, action, change_reservation, choice);
}

void add_one(CLI::App* parent, Action& action) {
  auto* show = parent->add_subcommand("show", "All about one");
  const auto one = std::make_shared<OneChoice>();
  show->add_option("reservation", one->id, "its id")->required();
  show->add_flag("--codes", one->codes, "with the code and card number");
  runs(show, action, show_reservation, one);
  auto* remove = parent->add_subcommand("delete", "Delete one or more; their keys are removed");
  const auto ids = std::make_shared<std::vector<std::string>>();
  remove->add_option("reservation", *ids, "its id, or several")->required();
  runs(remove, action, delete_reservations, ids);
}

void add_list(CLI::App& app, Action& action) {
  auto* sub = app.add_subcommand("reservations", "Today's reservations and later ones");
  const auto choice = std::make_shared<ReservationsChoice>();
  sub->add_option("--door", choice->door, "only those on this door");
  sub->add_option("--room", choice->room, "only those on doors of this room");
  sub->add_option("--building", choice->building, "only those of this building");
  sub->add_option("--group", choice->group, "only those on this key group, by id or name");
  sub->add_option("--from", choice->from, "only those that end after this");
  sub->add_option("--until", choice->until, "only those that start before this");
  sub->add_option("--sort", choice->sort, "by start, name or made");
  sub->add_flag("--past", choice->past, "those that are over too");
  add_pages(sub, choice->page);
  runs(sub, action, show_reservations, choice);
  add_one(sub, action);
  add_change(sub, action);
  sub->require_subcommand(0, 1);
}

void add_calendar(CLI::App& app, Action& action) {
  auto* sub = app.add_subcommand("calendar", "Which door is reserved when, by day");
  const auto choice = std::make_shared<CalendarChoice>();
  sub->add_option("--building", choice->building, "only doors of this building");
  sub->add_option("--room", choice->room, "only doors of this room");
  sub->add_option("--door", choice->door, "only this door");
  sub->add_option("--from", choice->from, "the first day; not said: a month ago");
  sub->add_option("--until", choice->until,
                  "the day behind the last; at most 62 days later, and that if not said");
  runs(sub, action, show_calendar, choice);
}

}  // namespace

void add_reservation_commands(CLI::App& app, Action& action) {
  add_reserve(app, action);
  add_list(app, action);
  add_calendar(app, action);
}

}  // namespace genkan::cli
