#include "cloud-agent/relay/command_line.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

bool contains(const std::vector<std::string_view>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::unexpected<Error> no_option(std::string_view typed, const CommandLine::Form& form) {
  std::vector<std::string_view> known = form.options;
  known.insert(known.end(), form.flags.begin(), form.flags.end());
  const auto near = nearest(typed, known);
  return fail(ErrorCode::invalid, cat("--", printable(typed), " is no option here",
                                      near.empty() ? "" : cat("; did you mean --", near, "?")));
}

}  // namespace

Result<CommandLine> CommandLine::parse(const std::vector<std::string>& typed, const Form& form) {
  CommandLine line;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    if (!typed[i].starts_with("--")) {
      line.words_.push_back(typed[i]);
      continue;
    }
    const std::string name = typed[i].substr(2);
    if (contains(form.flags, name)) {
      line.options_.push_back({name, {}});
    } else if (!contains(form.options, name)) {
      return no_option(name, form);
    } else if (i + 1 == typed.size()) {
      return fail(ErrorCode::invalid, cat("--", name, " needs a value"));
    } else {
      line.options_.push_back({name, typed[++i]});
    }
  }
  return line;
}

std::optional<std::string> CommandLine::option(std::string_view name) const {
  const auto all = options(name);
  if (all.empty()) return std::nullopt;
  return all.back();
}

std::vector<std::string> CommandLine::options(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& option : options_) {
    if (option.name == name) values.push_back(option.value);
  }
  return values;
}

bool CommandLine::flag(std::string_view name) const { return option(name).has_value(); }

}  // namespace genkan::relay
