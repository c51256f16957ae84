#pragma once

#include <string>

#include "firmware/cli/commands.hpp"

namespace genkan::cli {

// Shows the building live until Ctrl-C, or until standard output is closed: drawn in place on a
// terminal, a line an event otherwise, a JSON object an event with --json ({"event", "data"}).
// On a terminal it connects again by itself when the daemon goes away; otherwise it ends. `note`:
// lines for whoever looks: at the bottom of the screen, said once before the events otherwise, and
// left out of the JSON.
Exit watch(Daemon& daemon, const Console& console, const std::string& note);

}  // namespace genkan::cli
