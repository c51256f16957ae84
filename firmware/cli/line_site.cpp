// The command line of site and secrets.
#include "firmware/cli/line_options.hpp"

namespace genkan::cli {

namespace {

void add_import(CLI::App* site, Action& action) {
  const auto checked = std::make_shared<ImportFile>();
  checked->check_only = true;
  auto* check = site->add_subcommand("check", "Tell all mistakes of a file; change nothing");
  check->add_option("file", checked->file, "the file; - is standard input")->required();
  runs(check, action, put_site, checked);

  const auto taken = std::make_shared<ImportFile>();
  auto* import = site->add_subcommand("import", "Make a file the site: all of it, or nothing");
  import->add_option("file", taken->file, "the file; - is standard input")->required();
  import->add_flag("--check", taken->check_only, "only tell what it would bring");
  import->add_flag("--yes", taken->sure, "also if that takes something away");
  runs(import, action, put_site, taken);
  import->footer("A file that 'site export --keys' made for this gateway replaces its keys too.");
}

void add_export(CLI::App* site, Action& action) {
  const auto choice = std::make_shared<ExportChoice>();
  auto* take_out = site->add_subcommand("export", "Write the site to a file or to standard output");
  take_out->add_option("file", choice->file, "where to");
  // It says what --for needs; the receiver alone is looked at.
  auto* keys = take_out->add_flag_callback("--keys", []() {}, "with all keys, for another gateway");
  auto* receiver = take_out->add_option("--for", choice->receiver,
                                        "what 'site receiver' says there; codes are sealed for it");
  keys->needs(receiver);
  receiver->needs(keys);
  runs(take_out, action, export_site, choice);
}

}  // namespace

void add_site_commands(CLI::App& app, Action& action) {
  auto* site = app.add_subcommand("site", "The site: buses, rooms and devices as one text");
  site->require_subcommand(1);
  add_import(site, action);
  add_export(site, action);
  site->add_subcommand("receiver", "This gateway as a receiver of another's keys")
      ->callback([&action]() { action = show_receiver; });
  auto* secrets = app.add_subcommand("secrets", "The key that codes and cards are sealed with");
  secrets->require_subcommand(1);
  secrets->add_subcommand("rotate", "Seal them all with a new key")->callback([&action]() {
    action = rotate_secrets;
  });
}

}  // namespace genkan::cli
