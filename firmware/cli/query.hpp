#pragma once

#include <string>
#include <string_view>

#include "firmware/cli/key_commands.hpp"

namespace genkan::cli {

// A target with its query; what is empty is left out.
class Query {
 public:
  explicit Query(std::string path) : text_(std::move(path)) {}
  void add(std::string_view key, std::string_view value);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool any_ = false;
};

void add_page(Query& query, const PageChoice& choice);
// Says how many there are beyond the page that was shown.
void say_rest(const Console& console, const json::object& answer, const PageChoice& choice);

}  // namespace genkan::cli
