#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/error.hpp"

namespace genkan::relay {

// What was typed, taken apart: words in order, and options of the form --name VALUE or, if they
// are flags, --name.
class CommandLine {
 public:
  struct Form {
    std::vector<std::string_view> options;  // with a value
    std::vector<std::string_view> flags;
  };
  // ErrorCode::invalid: an option that is none, or without its value; "did you mean" included.
  static Result<CommandLine> parse(const std::vector<std::string>& typed, const Form& form);

  const std::vector<std::string>& words() const { return words_; }
  std::optional<std::string> option(std::string_view name) const;  // the last
  std::vector<std::string> options(std::string_view name) const;   // all
  bool flag(std::string_view name) const;

 private:
  struct Option {
    std::string name;
    std::string value;
  };
  std::vector<std::string> words_;
  std::vector<Option> options_;
};

}  // namespace genkan::relay
