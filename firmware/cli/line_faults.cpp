#include <CLI/CLI.hpp>

#include "firmware/base/text.hpp"
#include "firmware/cli/line.hpp"

namespace genkan::cli {

namespace {

// The command that was reached, and the first word behind it that is none of its own.
struct Reached {
  const CLI::App* app;
  std::string path;
  std::string word;
};

Reached reached(const CLI::App& app, const std::vector<std::string>& typed) {
  Reached at{&app, "genkan", ""};
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const auto& word = typed[i];
    if (word.starts_with('-')) {
      const auto* option = at.app->get_option_no_throw(word);
      if (option == nullptr) option = app.get_option_no_throw(word);
      if (option != nullptr && option->get_items_expected_max() > 0) ++i;  // its value
      continue;
    }
    const auto commands =
        at.app->get_subcommands([&word](const CLI::App* each) { return each->check_name(word); });
    if (commands.empty()) {
      at.word = word;
      break;
    }
    at.app = commands.front();
    at.path += " " + word;
  }
  return at;
}

}  // namespace

std::string line_fault(const CLI::App& app, const std::vector<std::string>& typed,
                       const std::string& otherwise) {
  const auto at = reached(app, typed);
  if (at.app->get_require_subcommand_min() == 0) return cat(otherwise, " (", at.path, " --help)");
  std::vector<std::string_view> known;
  std::vector<std::string> names;
  for (const auto* command : at.app->get_subcommands({})) names.push_back(command->get_name());
  known.assign(names.begin(), names.end());
  if (at.word.empty()) {
    constexpr std::size_t most_named = 8;
    if (known.size() > most_named) return cat("say what to do: ", at.path, " --help lists it");
    return cat("say which: ", at.path, " ", alternatives(known));
  }
  const auto near = nearest(at.word, known);
  return cat("there is no command '", printable(at.word, 40), "'",
             near.empty() ? "" : cat("; did you mean '", near, "'?"), " (", at.path, " --help)");
}

}  // namespace genkan::cli
