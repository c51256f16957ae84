#include "firmware/store/key_tables_parts.hpp"

namespace genkan::store {

Result<> apply_holiday_table(const Connection& connection, const ports::KeyChange& change) {
  if (!change.holiday_table) return {};
  if (change.holiday_table->empty()) return connection.run("DELETE FROM holiday_table");
  auto put = connection.prepare("INSERT OR REPLACE INTO holiday_table VALUES (1, ?1)");
  if (!put) return fail(put.error());
  return put->bind(1, *change.holiday_table).run();
}

void load_holiday_table(const Connection& connection, ports::KeyMemory& memory,
                        std::optional<Error>& fault) {
  keep_rows(
      connection, "holiday_table", "SELECT csv FROM holiday_table", fault,
      [](RowReader& row, const Statement&) { return row.text(0); },
      [&memory](std::string csv) { memory.holiday_table = std::move(csv); });
}

}  // namespace genkan::store
