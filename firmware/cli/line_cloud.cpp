// The command line of claim, identity and trust.
#include "firmware/cli/cloud_commands.hpp"
#include "firmware/cli/line_options.hpp"

namespace genkan::cli {

namespace {

using Plain = Exit (*)(Daemon&, const Console&);

// Runs a command without options, unless a subcommand of `sub` was typed.
void runs_plain(CLI::App* sub, Action& action, Plain command) {
  sub->callback([sub, &action, command]() {
    if (sub->get_subcommands().empty()) action = command;
  });
}

void add_claim(CLI::App& app, Action& action) {
  auto* claim_app = app.add_subcommand("claim", "Whose gateway this is");
  const auto file = std::make_shared<FileChoice>();
  auto* show = claim_app->add_subcommand("show", "The contract, its cloud and the certificate");
  runs_plain(show, action, show_claim);
  auto* release_app =
      claim_app->add_subcommand("release", "Take the gateway from its contract (administrators)");
  const auto sure = std::make_shared<ReleaseChoice>();
  release_app->add_flag("--yes", sure->sure, "every trusted key is forgotten, too");
  runs(release_app, action, release, sure);
  auto* take = claim_app->add_subcommand("take", "Take an enrolment file: all of it, or nothing");
  take->add_option("file", file->file, "the file; - is standard input")->required();
  runs(take, action, claim, file);
  // `genkan claim FILE` is the same.
  claim_app->add_option("enrolment", file->file, "an enrolment file; - is standard input");
  claim_app->callback([claim_app, &action, file]() {
    if (!claim_app->get_subcommands().empty()) return;
    action = [file](Daemon& daemon, const Console& console) {
      return file->file.empty() ? show_claim(daemon, console) : claim(daemon, console, *file);
    };
  });
}

void add_trust_commands(CLI::App& app, Action& action) {
  auto* trust = app.add_subcommand("trust", "Keys whose signatures the gateway believes");
  runs_plain(trust, action, show_trust);
  runs_plain(trust->add_subcommand("list", "All of them"), action, show_trust);
  auto* add = trust->add_subcommand("add", "Trust a key: a file with kid, key, name and scopes");
  const auto file = std::make_shared<FileChoice>();
  add->add_option("file", file->file, "the file; - is standard input")->required();
  runs(add, action, add_trust, file);
  auto* remove = trust->add_subcommand("remove", "Trust it no longer");
  const auto key = std::make_shared<KeyChoice>();
  remove->add_option("kid", key->kid, "the key's id")->required();
  runs(remove, action, remove_trust, key);
}

}  // namespace

void add_cloud_commands(CLI::App& app, Action& action) {
  add_claim(app, action);
  runs_plain(app.add_subcommand(
                 "identity", "The gateway's certificate request and receiving key, for its cloud"),
             action, show_identity);
  add_trust_commands(app, action);
}

}  // namespace genkan::cli
