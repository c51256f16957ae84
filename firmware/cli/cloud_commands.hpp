#pragma once

#include <string>

#include "firmware/cli/commands.hpp"

// The commands about the cloud: claim, identity, trust.
namespace genkan::cli {

struct FileChoice {
  std::string file;  // "-": standard input
};
struct ReleaseChoice {
  bool sure = false;
};
struct KeyChoice {
  std::string kid;
};

// Takes an enrolment file; each of its mistakes is a line on standard error.
Exit claim(Daemon& daemon, const Console& console, const FileChoice& choice);
Exit show_claim(Daemon& daemon, const Console& console);
Exit release(Daemon& daemon, const Console& console, const ReleaseChoice& choice);
// The certificate request, as PEM.
Exit show_identity(Daemon& daemon, const Console& console);
Exit show_trust(Daemon& daemon, const Console& console);
Exit add_trust(Daemon& daemon, const Console& console, const FileChoice& choice);
Exit remove_trust(Daemon& daemon, const Console& console, const KeyChoice& choice);

}  // namespace genkan::cli
