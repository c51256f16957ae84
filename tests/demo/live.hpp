#pragma once

namespace genkan::demo {

// Shows the building until Ctrl-C or until the terminal goes; the exit code.
int show_live();

}  // namespace genkan::demo
