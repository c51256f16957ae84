#include "firmware/services/keys/holder_rows.hpp"

#include <algorithm>
#include <unordered_map>

#include "firmware/base/text.hpp"
#include "firmware/services/keys/holder_row_reader.hpp"

namespace genkan::services {

namespace {

Result<ImportPlaces> places_of(const CsvRow& header) {
  constexpr std::size_t nowhere = SIZE_MAX;
  ImportPlaces places;
  places.fill(nowhere);
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string title = small_cell(trimmed_cell(header[i]));
    const auto found = std::ranges::find(import_column_names, std::string_view(title));
    if (found == import_column_names.end()) {
      return fail(ErrorCode::invalid,
                  cat("row 1, column ", i + 1, ": '", printable(header[i], 40),
                      "' is no column; there are ", alternatives(import_column_names)));
    }
    std::size_t& place = places[static_cast<std::size_t>(found - import_column_names.begin())];
    if (place != nowhere) {
      return fail(ErrorCode::invalid, cat("row 1, column ", i + 1, ": '", title,
                                          "' is there twice; name each column once"));
    }
    place = i;
  }
  for (std::size_t i = 0; i < column_count; ++i) {
    if (places[i] != nowhere) continue;
    return fail(ErrorCode::invalid,
                cat("row 1: the column '", import_column_names[i],
                    "' is missing; a file has the columns ", alternatives(import_column_names)));
  }
  return places;
}

void mark_duplicates(std::vector<ImportRow>& rows) {
  std::unordered_map<std::string_view, ImportRow*> first;
  for (auto& row : rows) {
    if (row.outside_id.empty()) continue;
    const auto [at, is_new] = first.emplace(row.outside_id, &row);
    if (is_new) continue;
    const auto told = [](std::size_t other) {
      return cat("stands in row ", other, " too; give each holder an id of its own");
    };
    if (at->second->number != row.number) {
      row.faults.push_back({"id", told(at->second->number)});
      at->second->faults.push_back({"id", told(row.number)});
    }
  }
}

bool is_blank(const CsvRow& cells) {
  return std::ranges::all_of(cells, [](const auto& cell) { return trimmed_cell(cell).empty(); });
}

}  // namespace

std::string_view name_of(RowAction action) {
  static constexpr std::array<std::string_view, 4> names{"none", "add", "change", "delete"};
  return names[static_cast<std::size_t>(action)];
}

std::vector<std::string_view> import_columns() {
  return {import_column_names.begin(), import_column_names.end()};
}

Result<ImportPlan> plan_import(std::string_view bytes, Charset charset, const KeyDesk& desk) {
  const CsvBounds bounds;
  if (bytes.size() > bounds.bytes) {
    return fail(ErrorCode::invalid,
                cat("the file has ", bytes.size(), " bytes; at most ", bounds.bytes, " are taken"));
  }
  const auto text = to_utf8(bytes, charset);
  if (!text) return fail(text.error());
  // Japanese in UTF-8 is half as long again as in Shift_JIS.
  const auto rows = parse_csv(*text, {bounds.bytes * 2, bounds.rows, bounds.columns});
  if (!rows) return fail(rows.error());
  if (rows->empty()) {
    return fail(ErrorCode::invalid, cat("the file is empty; row 1 names the columns ",
                                        alternatives(import_column_names)));
  }
  const auto places = places_of(rows->front());
  if (!places) return fail(places.error());
  ImportPlan plan;
  for (const auto& title : rows->front()) plan.columns.push_back(small_cell(trimmed_cell(title)));
  const KnownHolders known(desk.book());
  for (std::size_t i = 1; i < rows->size(); ++i) {
    if (is_blank((*rows)[i])) continue;
    ImportRow row;
    row.number = i + 1;
    read_import_row(known, *places, (*rows)[i], row);
    plan.rows.push_back(std::move(row));
  }
  mark_duplicates(plan.rows);
  return plan;
}

Result<RowChoice> RowChoice::parse(std::string_view text) {
  constexpr std::size_t most_ranges = 1000;
  RowChoice choice;
  if (text == "all") {
    choice.all_ = true;
    return choice;
  }
  const auto wrong = [&text] {
    return fail(ErrorCode::invalid,
                cat("'rows' is '", printable(text), "'; give rows like 2,4-7, or all"));
  };
  while (!text.empty() || choice.ranges_.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, comma);
    const auto dash = std::min(part.find('-'), part.size());
    const auto first = parse_integer<std::size_t>(part.substr(0, dash), 1, 1'000'000);
    const auto last = dash == part.size()
                          ? first
                          : parse_integer<std::size_t>(part.substr(dash + 1), 1, 1'000'000);
    const bool more = comma < text.size();
    if (!first || !last || *last < *first || choice.ranges_.size() == most_ranges) return wrong();
    choice.ranges_.emplace_back(*first, *last);
    text.remove_prefix(more ? comma + 1 : text.size());
    if (more && text.empty()) return wrong();
  }
  return choice;
}

bool RowChoice::has(std::size_t row) const {
  return all_ || std::ranges::any_of(ranges_, [row](const auto& range) {
           return range.first <= row && row <= range.second;
         });
}

}  // namespace genkan::services
