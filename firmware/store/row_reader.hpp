#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/base/text.hpp"
#include "firmware/store/sqlite.hpp"

namespace genkan::store {

// Reads one row and remembers the first value that makes no sense.
class RowReader {
 public:
  RowReader(const Statement& row, std::string_view table) : row_(row), table_(table) {}

  std::string text(int column) const { return std::string(row_.text(column)); }
  bool is_null(int column) const { return row_.is_null(column); }
  std::optional<std::chrono::minutes> minutes(int column);  // none for NULL
  WallTime time(int column) const;
  bool flag(int column) { return integer<std::uint8_t>(column) != 0; }

  template <class Number>
  Number integer(int column) {
    const std::int64_t value = row_.integer(column);
    if (value < 0 || static_cast<std::uint64_t>(value) > std::numeric_limits<Number>::max()) {
      complain(column, cat(value));
      return 0;
    }
    return static_cast<Number>(value);
  }

  template <class Enum, std::size_t size>
  Enum word(int column, const std::array<std::string_view, size>& names) {
    for (std::size_t i = 0; i < size; ++i) {
      if (names[i] == row_.text(column)) return static_cast<Enum>(i);
    }
    complain(column, printable(row_.text(column)));
    return Enum{};
  }

  // `parse` gives a value for the text, or nothing.
  template <class Value>
  Value named(int column, std::optional<Value> (*parse)(std::string_view)) {
    if (auto value = parse(row_.text(column))) return *std::move(value);
    complain(column, printable(row_.text(column)));
    return Value{};
  }

  void complain(int column, std::string_view value);
  Result<> finish() const;

 private:
  const Statement& row_;
  std::string_view table_;
  std::string fault_;
};

// Calls `take(RowReader&, const Statement&)` for each row of the query; the first row that makes no
// sense ends it with `corrupt`.
template <class Take>
Result<> for_rows(const Connection& connection, std::string_view table, std::string_view sql,
                  Take take) {
  auto rows = connection.prepare(sql);
  if (!rows) return fail(rows.error());
  while (true) {
    const auto row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return {};
    RowReader reader(*rows, table);
    take(reader, *rows);
    if (auto read = reader.finish(); !read) return read;
  }
}

// Calls `make(RowReader&, const Statement&)` for each row and `keep` with what it made of those
// that make sense. The others are left out, and the first reason why is put into `fault`, if
// nothing is there yet: whoever reads a damaged file gets all that it holds.
template <class Make, class Keep>
void keep_rows(const Connection& connection, std::string_view table, std::string_view sql,
               std::optional<Error>& fault, Make make, Keep keep) {
  auto rows = connection.prepare(sql);
  Result<bool> row = rows ? rows->step() : Result<bool>(fail(rows.error()));
  for (; row && *row; row = rows->step()) {
    RowReader reader(*rows, table);
    auto made = make(reader, *rows);
    const auto read = reader.finish();
    if (read) {
      keep(std::move(made));
    } else if (!fault) {
      fault = read.error();
    }
  }
  if (!row && !fault) fault = row.error();
}

}  // namespace genkan::store
