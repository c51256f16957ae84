#include "firmware/cli/paint.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"
#include "firmware/cli/width.hpp"

namespace genkan::cli {

namespace {

// Select graphic rendition; the sixteen colours that every terminal's theme sets.
std::string_view code_of(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::dim: return "2";
    case Tone::good: return "32";
    case Tone::notice: return "33";
    case Tone::bad: return "1;31";
    case Tone::active: return "36";
    case Tone::heading: return "1";
  }
  return "";
}

}  // namespace

std::string Paint::operator()(Tone tone, std::string_view text) const {
  const auto code = code_of(tone);
  if (!colours_ || code.empty() || text.empty()) return std::string(text);
  return cat("\x1b[", code, "m", text, "\x1b[0m");
}

void Table::heading(std::vector<std::string> cells) {
  std::vector<Toned> row;
  for (auto& cell : cells) row.push_back({std::move(cell), Tone::heading});
  rows_.insert(rows_.begin(), std::move(row));
}

std::string Table::text(const Paint& paint) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i].text));
    }
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += paint(row[i]);
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i].text) + 2, ' ');
    }
    while (line.ends_with(' ')) line.pop_back();
    out += line;
    out += '\n';
  }
  return out;
}

}  // namespace genkan::cli
