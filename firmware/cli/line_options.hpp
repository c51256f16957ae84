#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "firmware/cli/key_commands.hpp"
#include "firmware/cli/line.hpp"

// Options as the command line's subcommands need them. For line_*.cpp alone.
namespace genkan::cli {

// Runs `command` with what was typed, unless a subcommand of `sub` was.
template <class Choice>
void runs(CLI::App* sub, Action& action, Exit (*command)(Daemon&, const Console&, const Choice&),
          const std::shared_ptr<Choice>& choice) {
  sub->callback([sub, &action, command, choice]() {
    if (!sub->get_subcommands().empty()) return;
    action = [command, choice](Daemon& daemon, const Console& console) {
      return command(daemon, console, *choice);
    };
  });
}

// A text that may be empty, which is something else than not typed.
CLI::Option* text(CLI::App* sub, const std::string& name, std::optional<std::string>& into,
                  const std::string& help);
// May be typed several times, one value each.
CLI::Option* list(CLI::App* sub, const std::string& name, std::vector<std::string>& into,
                  const std::string& help);
// Likewise, or several in one with commas between.
CLI::Option* comma_list(CLI::App* sub, const std::string& name, std::vector<std::string>& into,
                        const std::string& help);

void add_window(CLI::App* sub, WindowChoice& choice);
enum class Removable { no, yes };
void add_secrets(CLI::App* sub, SecretChoice& choice, Removable removable);
void add_pages(CLI::App* sub, PageChoice& choice);

}  // namespace genkan::cli
