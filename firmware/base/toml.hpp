#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "firmware/base/error.hpp"

namespace genkan {

// One mistake in a file that a person wrote.
struct Problem {
  std::string file;
  std::uint32_t line = 0;  // 1-based; 0 where the whole file is meant
  std::string message;     // one sentence: what is wrong and what would be right

  std::string text() const;  // "locks.toml:12: …"
};

// Collects every mistake, so that all are told at once; keeps at most 100.
class Problems {
 public:
  void add(std::string_view file, std::uint32_t line, std::string message);
  bool empty() const { return list_.empty(); }
  const std::vector<Problem>& list() const { return list_; }
  // All of them as one error, a line each.
  Error as_error() const;

 private:
  std::vector<Problem> list_;
};

// A table of a TOML file, read strictly. Each accessor takes one key; a wrong type or a value out
// of range is added to the problems and the default returned; finish() adds a problem for every key
// that nobody took, naming the nearest that is known. A copy refers to the same document.
// One thread.
class TomlTable {
 public:
  // Parses `text`; `file` names it in problems. Nothing if it is no TOML (one problem added).
  static std::optional<TomlTable> parse(std::string_view text, std::string_view file,
                                        Problems& problems);

  bool has(std::string_view key) const;
  std::uint32_t line() const;                      // of this table
  std::uint32_t line(std::string_view key) const;  // of a key's value; the table's if absent
  const std::string& file() const;
  // Adds a problem at this table's or at `key`'s line.
  void complain(std::string message) const;
  void complain(std::string_view key, std::string message) const;

  // Required values: absence is a problem, and then the lowest or an empty value is returned.
  std::string text(std::string_view key, std::size_t most = 256);
  std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high);
  // One of `words`; returns its index, 0 after a problem.
  std::size_t word(std::string_view key, std::span<const std::string_view> words);

  // Optional ones: nothing when absent or wrong.
  std::optional<std::string> optional_text(std::string_view key, std::size_t most = 256);
  std::optional<std::int64_t> optional_integer(std::string_view key, std::int64_t low,
                                               std::int64_t high);
  std::optional<double> optional_number(std::string_view key, double low, double high);
  std::optional<bool> optional_flag(std::string_view key);
  std::optional<std::size_t> optional_word(std::string_view key,
                                           std::span<const std::string_view> words);
  std::optional<std::vector<std::string>> optional_texts(std::string_view key,
                                                         std::size_t most_entries = 64,
                                                         std::size_t most = 256);
  std::optional<std::vector<std::int64_t>> optional_integers(std::string_view key, std::int64_t low,
                                                             std::int64_t high,
                                                             std::size_t most_entries = 256);

  // A scalar, or a list of at least one and at most `most_entries` scalars; each as scalars()
  // spells it. Taken even if absent, so that finish() knows the key.
  std::optional<std::vector<std::string>> optional_scalars(std::string_view key,
                                                           std::size_t most_entries = 64);
  // Whether the key's value is a list ([…] or [[…]]). Does not take the key.
  bool is_list(std::string_view key) const;

  // Tables below: one, all of a list ([[device]]), all of a map ([registers.NAME], in file order).
  std::optional<TomlTable> optional_table(std::string_view key);
  std::vector<TomlTable> tables(std::string_view key);
  // Takes this table as a map of tables: takes every key whose value is a table.
  std::vector<std::pair<std::string, TomlTable>> named_tables();
  // Takes this table as a map of scalars: every key of it with its text (strings as they are,
  // integers in decimal, true/false), in file order. Other values are problems.
  std::vector<std::pair<std::string, std::string>> scalars();

  // Complains about keys that nobody took, here and in every table taken from here.
  void finish();

 private:
  struct Document;
  struct Node;
  TomlTable(std::shared_ptr<Document> document, std::shared_ptr<Node> node);

  std::shared_ptr<Document> document_;
  std::shared_ptr<Node> node_;
};

}  // namespace genkan
