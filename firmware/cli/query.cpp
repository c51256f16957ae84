#include "firmware/cli/query.hpp"

#include "firmware/base/text.hpp"

namespace genkan::cli {

void Query::add(std::string_view key, std::string_view value) {
  if (value.empty()) return;
  text_ += cat(any_ ? "&" : "?", key, "=", escaped(value));
  any_ = true;
}

void add_page(Query& query, const PageChoice& choice) {
  query.add("text", choice.text);
  query.add("page", choice.page == 1 ? "" : cat(choice.page));
  query.add("page_size", cat(choice.count));
  query.add("secrets", choice.codes ? "1" : "");
}

void say_rest(const Console& console, const json::object& answer, const PageChoice& choice) {
  const auto total = number_at(answer, "total");
  const auto first = (choice.page - 1) * choice.count + 1;
  const auto last = choice.page * choice.count;
  if (total <= choice.count) return;
  const auto shown = first > total ? cat("None of ", total, " is on page ", choice.page, ".")
                                   : cat(first, " to ", std::min(last, total), " of ", total, ".");
  console.say(console.paint(
      Tone::dim,
      last < total ? cat(shown, " --page ", choice.page + 1, " shows the next.") : shown));
}

}  // namespace genkan::cli
