#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/charset.hpp"
#include "firmware/services/keys/holder_office.hpp"

namespace genkan::services {

// What a row of an import does (RES-52).
enum class RowAction : std::uint8_t { none, add, change, remove };
std::string_view name_of(RowAction action);  // "none", "add", "change", "delete"

struct CellFault {
  std::string column;
  std::string message;
};

struct ImportRow {
  std::size_t number = 0;  // as a spreadsheet counts: the header is row 1
  RowAction action = RowAction::none;
  std::string outside_id;
  std::vector<CellFault> faults;         // with any the row does nothing
  domain::Holder holder;                 // as it will be; removed: as it is
  std::optional<domain::Holder> before;  // change
  std::string draw;                      // a pattern with '*' whose code is drawn when it is run
};

struct ImportPlan {
  std::vector<std::string> columns;  // as the file has them
  std::vector<ImportRow> rows;       // rows without any text are left out
};

// The columns of an import, all needed, in any order.
std::vector<std::string_view> import_columns();

// Reads a file of holders and says what each row would do now: id unknown: add; known and something
// differs: change; only the id filled: delete. Holders made by hand have no id and are not touched.
// An error is for what makes the whole file unreadable: its charset, its quotes, its columns.
Result<ImportPlan> plan_import(std::string_view bytes, Charset charset, const KeyDesk& desk);

// "all", or "2,4-7": which rows. Strict.
class RowChoice {
 public:
  static Result<RowChoice> parse(std::string_view text);
  bool has(std::size_t row) const;

 private:
  bool all_ = false;
  std::vector<std::pair<std::size_t, std::size_t>> ranges_;
};

}  // namespace genkan::services
