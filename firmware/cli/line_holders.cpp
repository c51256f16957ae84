// The command line of holders and groups.
#include "firmware/cli/line_options.hpp"

namespace genkan::cli {

namespace {

void add_fields(CLI::App* sub, HolderChoice& choice) {
  text(sub, "--group", choice.group, "the key group, by id or name: which doors");
  auto* valid = text(sub, "--valid", choice.validity,
                     "the validity group, by id or name: when; none: always");
  text(sub, "--mail", choice.mail, "a mail address, for the record");
  auto* disabled = sub->add_flag("--disabled", choice.disabled, "the key opens nothing");
  sub->add_flag("--enabled", choice.enabled, "it opens again")->excludes(disabled);
  sub->add_flag("--always", choice.always, "no validity group any more")->excludes(valid);
}

void add_changes(CLI::App* parent, Action& action) {
  auto* add = parent->add_subcommand("add", "Give somebody a key");
  const auto added = std::make_shared<HolderChoice>();
  text(add, "--name", added->name, "whose it is")->required();
  add_fields(add, *added);
  add_secrets(add, added->secret, Removable::no);
  runs(add, action, add_holder, added);

  auto* change = parent->add_subcommand("change", "Change one; what is not said stays");
  const auto changed = std::make_shared<HolderChoice>();
  change->add_option("holder", changed->id, "its id")->required();
  text(change, "--name", changed->name, "whose it is");
  add_fields(change, *changed);
  add_secrets(change, changed->secret, Removable::yes);
  runs(change, action, change_holder, changed);

  auto* remove = parent->add_subcommand("delete", "Delete one or more; their keys are removed");
  const auto ids = std::make_shared<std::vector<std::string>>();
  remove->add_option("holder", *ids, "its id, or several")->required();
  runs(remove, action, delete_holders, ids);
}

void add_files(CLI::App* parent, Action& action) {
  auto* import = parent->add_subcommand("import", "Add, change and delete holders by a CSV file");
  const auto choice = std::make_shared<ImportChoice>();
  import->add_option("file", choice->file, "the file; - is standard input")->required();
  auto* preview = import->add_flag("--preview", choice->preview,
                                   "say what each row would do, and each wrong cell");
  import->add_option("--rows", choice->rows, "only these: 2,4-7; not said: all")->excludes(preview);
  import->add_option("--charset", choice->charset, "auto, utf-8 or shift_jis; not said: auto");
  import->footer(
      "Rows are counted as a spreadsheet does: the first behind the heading is row 2.\n"
      "It ends with 1 if a row is wrong or was not done.");
  runs(import, action, import_holders, choice);

  auto* sample = parent->add_subcommand("sample", "A file to begin with");
  const auto file = std::make_shared<std::string>("-");
  sample->add_option("file", *file, "where to; - is standard output")->capture_default_str();
  runs(sample, action, holder_sample, file);
}

void add_holders(CLI::App& app, Action& action) {
  auto* holders = app.add_subcommand("holders", "Holders of office keys");
  const auto choice = std::make_shared<HoldersChoice>();
  for (auto* sub : {holders, holders->add_subcommand("list", "All of them, by name")}) {
    sub->add_option("--group", choice->group, "only those of this key group, by id or name");
    add_pages(sub, choice->page);
    runs(sub, action, show_holders, choice);
  }
  auto* show = holders->add_subcommand("show", "All about one");
  const auto one = std::make_shared<OneChoice>();
  show->add_option("holder", one->id, "its id")->required();
  show->add_flag("--codes", one->codes, "with the code and card number");
  runs(show, action, show_holder, one);
  add_changes(holders, action);
  add_files(holders, action);
  holders->require_subcommand(0, 1);
}

void add_times(CLI::App* sub, GroupChoice& choice) {
  comma_list(sub, "--door", choice.doors, "a door's id; makes a key group");
  text(sub, "--from", choice.from, "validity: from when, \"2026-11-20 9:00\"");
  text(sub, "--to", choice.to, "validity: until when");
  add_window(sub, choice.days);
}

void add_groups(CLI::App& app, Action& action) {
  auto* groups =
      app.add_subcommand("groups", "Key groups (which doors) and validity groups (when)");
  const auto nothing = std::make_shared<GroupChoice>();
  const auto show = [](Daemon& daemon, const Console& console, const GroupChoice&) {
    return show_groups(daemon, console);
  };
  for (auto* sub : {groups, groups->add_subcommand("list", "All of both sorts")}) {
    runs<GroupChoice>(sub, action, show, nothing);
  }
  auto* add = groups->add_subcommand("add", "Make one: with doors, or with times");
  const auto added = std::make_shared<GroupChoice>();
  text(add, "name", added->name, "what it is called")->required();
  add_times(add, *added);
  runs(add, action, add_group, added);
  auto* change = groups->add_subcommand("change", "Change one; what is not said stays");
  const auto changed = std::make_shared<GroupChoice>();
  change->add_option("group", changed->group, "its id or name")->required();
  text(change, "--name", changed->name, "what it is called");
  add_times(change, *changed);
  comma_list(change, "--add", changed->add, "a door that comes to it");
  comma_list(change, "--remove", changed->remove, "a door that goes");
  runs(change, action, change_group, changed);
  auto* remove = groups->add_subcommand("delete", "Delete one that nobody needs any more");
  const auto removed = std::make_shared<GroupChoice>();
  remove->add_option("group", removed->group, "its id or name")->required();
  runs(remove, action, delete_group, removed);
  groups->require_subcommand(0, 1);
}

}  // namespace

void add_holder_commands(CLI::App& app, Action& action) {
  add_holders(app, action);
  add_groups(app, action);
}

}  // namespace genkan::cli
