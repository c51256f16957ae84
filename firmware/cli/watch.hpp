#pragma once

#include "firmware/cli/commands.hpp"

namespace genkan::cli {

// Shows the building live until Ctrl-C, or until standard output is closed: drawn in place on a
// terminal, a line an event otherwise, a JSON object an event with --json ({"event", "data"}).
// On a terminal it connects again by itself when the daemon goes away; otherwise it ends.
Exit watch(Daemon& daemon, const Console& console);

}  // namespace genkan::cli
