// genkan-cloud: the cloud's end of the contract, small. docs/RELAY.md tells all of it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cloud-agent/relay/commands.hpp"
#include "firmware/base/text.hpp"

namespace {

using namespace genkan;
using namespace genkan::relay;

constexpr std::string_view first_words =
    "genkan-cloud: enrols gateways, mirrors what they tell, sends them signed commands.\n\n";
constexpr std::string_view last_words =
    "\nEach takes --folder DIR, the cloud's folder (else $GENKAN_CLOUD, else this folder).\n"
    "Exit: 0 done, 1 refused or failed, 2 wrong command line, 3 no answer.\n";

std::string usage() {
  std::string text(first_words);
  for (const auto& command : commands()) {
    text +=
        cat("  genkan-cloud ", command.name, command.usage.empty() ? "" : " ", command.usage, "\n");
  }
  return text + std::string(last_words);
}

std::string folder_of(const CommandLine& line) {
  if (auto given = line.option("folder")) return *given;
  const char* set = std::getenv("GENKAN_CLOUD");  // NOLINT(concurrency-mt-unsafe): one thread
  return set != nullptr && *set != '\0' ? set : ".";
}

// Takes the command's name out of what was typed: the first word, --folder may stand before it.
std::string take_name(std::vector<std::string>& typed) {
  for (auto each = typed.begin(); each != typed.end(); ++each) {
    if (*each == "--folder" && each + 1 != typed.end()) {
      ++each;
    } else if (!each->starts_with("--") || *each == "--help") {
      std::string name = *each;
      typed.erase(each);
      return name;
    }
  }
  return {};
}

int wrong(const std::string& sentence) {
  return complain(Error(ErrorCode::invalid, sentence), wrong_line);
}

int begin(std::vector<std::string> typed) {
  const std::string name = take_name(typed);
  if (name == "--help" || name == "help") {
    print(usage());
    return done;
  }
  const auto& all = commands();
  const auto command = std::find_if(all.begin(), all.end(),
                                    [&name](const Command& each) { return each.name == name; });
  if (command == all.end()) {
    return wrong(name.empty() ? "what should be done? genkan-cloud help"
                              : cat("there is no command ", printable(name),
                                    "; genkan-cloud help tells those that are"));
  }
  CommandLine::Form form = command->form;
  form.options.push_back("folder");
  const auto line = CommandLine::parse(typed, form);
  if (!line) return wrong(line.error().message());
  const auto words = line->words().size();
  if (words < command->least_words || words > command->most_words) {
    return wrong(cat("it would be: genkan-cloud ", name, " ", command->usage));
  }
  return command->run(Folder(folder_of(*line)), *line);
}

}  // namespace

int main(int argc, char** argv) { return begin({argv + 1, argv + argc}); }
