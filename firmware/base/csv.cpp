#include "firmware/base/csv.hpp"

#include <utility>

#include "firmware/base/text.hpp"

namespace genkan {

namespace {

class CsvParser {
 public:
  CsvParser(std::string_view text, const CsvBounds& bounds) : text_(text), bounds_(bounds) {}

  Result<std::vector<CsvRow>> parse() {
    while (at_ < text_.size()) {
      if (rows_.size() >= bounds_.rows) {
        return fail(ErrorCode::invalid,
                    cat("there are more than ", bounds_.rows, " rows; split the file"));
      }
      rows_.emplace_back();
      if (auto row = parse_row(); !row) return fail(row.error());
    }
    return std::move(rows_);
  }

 private:
  Result<> parse_row() {
    for (;;) {
      CsvRow& row = rows_.back();
      if (row.size() >= bounds_.columns) {
        return wrong(cat("there are more than ", bounds_.columns, " columns"));
      }
      row.emplace_back();
      const bool quoted = at_ < text_.size() && text_[at_] == '"';
      if (auto field = quoted ? parse_quoted() : parse_plain(); !field) return field;
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      return end_row();
    }
  }

  Result<> parse_plain() {
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    const std::string_view field = text_.substr(at_, end - at_);
    if (field.find('"') != std::string_view::npos) {
      return wrong(
          "a quote stands inside a field without quotes; put the field in quotes and "
          "write the quote twice");
    }
    at_ = end;
    return put(field);
  }

  Result<> parse_quoted() {
    for (++at_;;) {
      const std::size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) return wrong("the closing quote is missing");
      if (auto taken = put(text_.substr(at_, end - at_)); !taken) return taken;
      at_ = end + 1;
      if (at_ >= text_.size() || text_[at_] != '"') break;
      if (auto taken = put("\""); !taken) return taken;
      ++at_;
    }
    const bool ends =
        at_ >= text_.size() || text_[at_] == ',' || text_[at_] == '\r' || text_[at_] == '\n';
    if (!ends) return wrong("text stands behind the closing quote; a comma must follow it");
    return {};
  }

  Result<> put(std::string_view part) {
    if (part.find('\0') != std::string_view::npos) {
      return wrong("there is a zero byte; this is no text file");
    }
    rows_.back().back() += part;
    return {};
  }

  Result<> end_row() {
    if (at_ >= text_.size()) return {};
    if (text_[at_] == '\r') ++at_;
    if (at_ >= text_.size() || text_[at_] != '\n') {
      return wrong("a carriage return stands without a line feed; rows end with CRLF or LF");
    }
    ++at_;
    return {};
  }

  std::unexpected<Error> wrong(std::string what) const {
    return fail(ErrorCode::invalid,
                cat("row ", rows_.size(), ", column ", rows_.back().size(), ": ", what));
  }

  std::string_view text_;
  const CsvBounds& bounds_;
  std::size_t at_ = 0;
  std::vector<CsvRow> rows_;
};

}  // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view text, const CsvBounds& bounds) {
  if (text.size() > bounds.bytes) {
    return fail(ErrorCode::invalid,
                cat("the file has ", text.size(), " bytes; at most ", bounds.bytes, " are taken"));
  }
  return CsvParser(text, bounds).parse();
}

std::string csv_line(const CsvRow& row) {
  std::string line;
  for (const auto& field : row) {
    if (&field != &row.front()) line += ',';
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"';
    for (const char c : field) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line;
}

}  // namespace genkan
