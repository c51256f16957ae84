#include <map>

#include "drivers/profile/draft.hpp"
#include "drivers/profile/profile.hpp"

namespace genkan::profile {

std::optional<Profile> parse(std::string_view text, std::string_view file, Problems& problems) {
  Problems found;
  auto root = TomlTable::parse(text, file, found);
  Draft draft{found, {}, false, true, false, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  draft.profile.file = std::string(file);
  draft.profile.text = sha256(text);
  if (root) {
    parse_model(*root, draft);
    parse_registers(*root, draft);
    parse_states(*root, draft);
    parse_commands(*root, draft);
    parse_lock(*root, draft);
    parse_memory(*root, draft);
    check_draft(draft);
    root->finish();
  }
  if (found.empty()) return std::move(draft.profile);
  // People mend a file from top to bottom. What is on one line stays in the order it was found.
  std::multimap<std::uint32_t, Problem> by_line;
  for (const auto& problem : found.list()) by_line.emplace(problem.line, problem);
  for (auto& [line, problem] : by_line) problems.add(problem.file, line, problem.message);
  return std::nullopt;
}

}  // namespace genkan::profile
