#pragma once

#include <functional>
#include <string>
#include <vector>

#include "firmware/cli/commands.hpp"

namespace CLI {
class App;
}

// The command line about keys, the site and the cloud; the rest of it is in main.cpp.
namespace genkan::cli {

// What the command line asked for.
using Action = std::function<Exit(Daemon&, const Console&)>;

// Each adds its subcommands; the one that was typed sets `action`, which must outlive the parsing.
void add_reservation_commands(CLI::App& app, Action& action);  // reserve, reservations, calendar
void add_key_commands(CLI::App& app, Action& action);     // keys, why, visitors, rooms, holidays
void add_holder_commands(CLI::App& app, Action& action);  // holders, groups
void add_cloud_commands(CLI::App& app, Action& action);   // claim, identity, trust
void add_site_commands(CLI::App& app, Action& action);    // site, secrets

// What is wrong with a command line that was refused, in one sentence. `otherwise`: the parser's
// own words, for what is not about which command was meant.
std::string line_fault(const CLI::App& app, const std::vector<std::string>& typed,
                       const std::string& otherwise);

}  // namespace genkan::cli
