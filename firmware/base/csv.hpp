#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/error.hpp"

namespace genkan {

using CsvRow = std::vector<std::string>;

struct CsvBounds {
  std::size_t bytes = 1024 * 1024;
  std::size_t rows = 10'000;
  std::size_t columns = 64;
};

// Comma-separated values (RFC 4180) in UTF-8: fields may be quoted, "" in them is a quote; rows end
// with CRLF or LF; the last end may be missing. Strict: no quote inside an unquoted field, nothing
// between a closing quote and the next comma, no zero byte. A line without any text is a row of one
// empty field. Errors name row and column, both from 1, and never repeat what stands there.
Result<std::vector<CsvRow>> parse_csv(std::string_view text, const CsvBounds& bounds);

// One row as it is read back, without its end.
std::string csv_line(const CsvRow& row);

}  // namespace genkan
