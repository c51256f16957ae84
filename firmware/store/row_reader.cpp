#include "firmware/store/row_reader.hpp"

namespace genkan::store {

std::optional<std::chrono::minutes> RowReader::minutes(int column) {
  if (row_.is_null(column)) return std::nullopt;
  return std::chrono::minutes{integer<std::uint32_t>(column)};
}

WallTime RowReader::time(int column) const {
  return WallTime{std::chrono::milliseconds{row_.integer(column)}};
}

void RowReader::complain(int column, std::string_view value) {
  if (fault_.empty()) {
    fault_ = cat("table ", table_, ": column ", column + 1, " cannot be '", value, "'");
  }
}

Result<> RowReader::finish() const {
  if (!fault_.empty()) return fail(ErrorCode::corrupt, fault_);
  return {};
}

}  // namespace genkan::store
