// genkand: runs the doors of a building. docs/SETTINGS.md has the settings.
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/app/daemon.hpp"
#include "firmware/app/models.hpp"
#include "firmware/app/settings.hpp"

namespace {

constexpr std::string_view usage =
    "usage: genkand [--config FILE] [--check] [--check-profile FILE…] [--version]\n"
    "\n"
    "Runs the doors of a building. Reads /etc/genkan/genkan.toml, or FILE.\n"
    "  --config FILE  read the settings from there\n"
    "  --check        read the settings, tell all mistakes, and end\n"
    "  --check-profile FILE…\n"
    "                 tell all mistakes of model profiles, and end\n"
    "  --version      say the version, and end\n";

enum ExitCode : int { ended = 0, failed = 1, misused = 2 };

int say(std::FILE* stream, std::string_view text, ExitCode code) {
  std::fwrite(text.data(), 1, text.size(), stream);
  return code;
}

}  // namespace

int main(int count, char** values) {
  std::string config = "/etc/genkan/genkan.toml";
  bool check_only = false;
  const std::span arguments(values, static_cast<std::size_t>(count));
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--config" && i + 1 < arguments.size()) {
      config = arguments[++i];
    } else if (argument == "--check") {
      check_only = true;
    } else if (argument == "--check-profile" && i + 1 < arguments.size()) {
      const auto report = genkan::app::check_profiles(std::vector<std::string>(
          arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end()));
      return say(stdout, report.text, report.right ? ended : failed);
    } else if (argument == "--version") {
      return say(stdout, "genkand " GENKAN_VERSION "\n", ended);
    } else if (argument == "--help" || argument == "-h") {
      return say(stdout, usage, ended);
    } else {
      return say(stderr, usage, misused);
    }
  }
  const auto settings = genkan::app::load_settings(config);
  if (!settings) return say(stderr, settings.error().message() + "\n", misused);
  if (check_only) return say(stdout, config + ": right\n", ended);
  const auto ran = genkan::app::run_daemon(*settings);
  if (!ran) return say(stderr, "genkand: " + ran.error().message() + "\n", failed);
  return ended;
}
