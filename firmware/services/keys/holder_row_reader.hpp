#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "firmware/base/csv.hpp"
#include "firmware/services/keys/holder_rows.hpp"

// One row of an import of holders. Pure.
namespace genkan::services {

enum ImportColumn : std::size_t {
  id,
  name,
  key_group,
  validity_group,
  code,
  card,
  card_name,
  enabled,
  mail,
  column_count
};
inline constexpr std::array<std::string_view, column_count> import_column_names{
    "id", "name", "key_group", "validity_group", "code", "card", "card_name", "enabled", "mail"};

// At which place of a row each column stands.
using ImportPlaces = std::array<std::size_t, column_count>;

// Without blanks around; with ASCII letters small.
std::string_view trimmed_cell(std::string_view text);
std::string small_cell(std::string_view text);

// What rows are compared with. Good until the book changes.
struct KnownHolders {
  explicit KnownHolders(const domain::KeyBook& its_book);
  const domain::KeyBook& book;
  std::unordered_map<std::string, const domain::Holder*> holders;  // by outside id
  // By name and by id.
  std::unordered_map<std::string, domain::KeyGroupId> groups;
  std::unordered_map<std::string, domain::ValidityGroupId> validities;
};

// Fills all of `row` but its number.
void read_import_row(const KnownHolders& known, const ImportPlaces& places, const CsvRow& cells,
                     ImportRow& row);

}  // namespace genkan::services
