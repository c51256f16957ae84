#pragma once

#include <functional>

#include "firmware/cli/commands.hpp"

namespace CLI {
class App;
}

// The command line about keys and the cloud; the rest of it is in main.cpp.
namespace genkan::cli {

// What the command line asked for.
using Action = std::function<Exit(Daemon&, const Console&)>;

// Each adds its subcommands; the one that was typed sets `action`, which must outlive the parsing.
void add_reservation_commands(CLI::App& app, Action& action);  // reserve, reservations, calendar
void add_key_commands(CLI::App& app, Action& action);     // keys, why, visitors, rooms, holidays
void add_holder_commands(CLI::App& app, Action& action);  // holders, groups
void add_cloud_commands(CLI::App& app, Action& action);   // claim, identity, trust

}  // namespace genkan::cli
