#include "firmware/base/toml.hpp"

#include <algorithm>

#include <toml++/toml.h>

#include "firmware/base/text.hpp"

namespace genkan {

namespace {

constexpr std::size_t most_problems = 100;

std::string_view kind_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a fraction";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time: return "a date or time";
    case toml::node_type::none: break;
  }
  return "nothing";
}

// Text as it is, integers in decimal, true or false; nothing for anything else.
std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* string = node.as_string()) return string->get();
  if (const auto* integer = node.as_integer()) return cat(integer->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

}  // namespace

std::string Problem::text() const {
  return line == 0 ? cat(file, ": ", message) : cat(file, ":", line, ": ", message);
}

void Problems::add(std::string_view file, std::uint32_t line, std::string message) {
  if (list_.size() < most_problems) list_.push_back({std::string(file), line, std::move(message)});
}

Error Problems::as_error() const {
  std::string all;
  for (const auto& problem : list_) {
    if (!all.empty()) all += '\n';
    all += problem.text();
  }
  return {ErrorCode::invalid, std::move(all)};
}

struct TomlTable::Document {
  toml::table root;
  std::string file;
  Problems& problems;
};

struct TomlTable::Node {
  const toml::table& table;
  std::vector<std::string> taken;
  std::vector<TomlTable> children;

  const toml::node* take(std::string_view key) {
    taken.emplace_back(key);
    return table.get(key);
  }
};

TomlTable::TomlTable(std::shared_ptr<Document> document, std::shared_ptr<Node> node)
    : document_(std::move(document)), node_(std::move(node)) {}

std::optional<TomlTable> TomlTable::parse(std::string_view text, std::string_view file,
                                          Problems& problems) {
  if (!is_utf8(text)) {
    problems.add(file, 0, "the file is not UTF-8");
    return std::nullopt;
  }
  std::shared_ptr<Document> document(new Document{{}, std::string(file), problems});
  try {
    document->root = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    problems.add(file, error.source().begin.line,
                 cat("not TOML: ", printable(error.description(), 200)));
    return std::nullopt;
  }
  std::shared_ptr<Node> node(new Node{document->root, {}, {}});
  return TomlTable(std::move(document), std::move(node));
}

bool TomlTable::has(std::string_view key) const { return node_->table.contains(key); }

std::uint32_t TomlTable::line() const { return node_->table.source().begin.line; }

std::uint32_t TomlTable::line(std::string_view key) const {
  const toml::node* node = node_->table.get(key);
  return node == nullptr ? line() : node->source().begin.line;
}

const std::string& TomlTable::file() const { return document_->file; }

void TomlTable::complain(std::string message) const {
  document_->problems.add(file(), line(), std::move(message));
}

void TomlTable::complain(std::string_view key, std::string message) const {
  document_->problems.add(file(), line(key), cat("'", printable(key, 40), "' ", message));
}

std::string TomlTable::text(std::string_view key, std::size_t most) {
  if (!has(key)) complain(key, "is missing (text)");
  return optional_text(key, most).value_or("");
}

std::int64_t TomlTable::integer(std::string_view key, std::int64_t low, std::int64_t high) {
  if (!has(key)) complain(key, cat("is missing (a whole number from ", low, " to ", high, ")"));
  return optional_integer(key, low, high).value_or(low);
}

std::size_t TomlTable::word(std::string_view key, std::span<const std::string_view> words) {
  if (!has(key)) complain(key, cat("is missing (", alternatives(words), ")"));
  return optional_word(key, words).value_or(0);
}

std::optional<std::string> TomlTable::optional_text(std::string_view key, std::size_t most) {
  const toml::node* node = node_->take(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_string();
  if (value == nullptr) {
    complain(key, cat("must be text in quotes, not ", kind_name(*node)));
    return std::nullopt;
  }
  if (value->get().size() > most) {
    complain(key, cat("has ", value->get().size(), " bytes; at most ", most, " are taken"));
    return std::nullopt;
  }
  return value->get();
}

std::optional<std::int64_t> TomlTable::optional_integer(std::string_view key, std::int64_t low,
                                                        std::int64_t high) {
  const toml::node* node = node_->take(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_integer();
  if (value == nullptr || value->get() < low || value->get() > high) {
    complain(key, cat("must be a whole number from ", low, " to ", high));
    return std::nullopt;
  }
  return value->get();
}

std::optional<double> TomlTable::optional_number(std::string_view key, double low, double high) {
  const toml::node* node = node_->take(key);
  if (node == nullptr) return std::nullopt;
  const std::optional<double> value = node->value<double>();
  if (!value || !(*value >= low && *value <= high)) {
    complain(key, cat("must be a number from ", static_cast<std::int64_t>(low), " to ",
                      static_cast<std::int64_t>(high)));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> TomlTable::optional_flag(std::string_view key) {
  const toml::node* node = node_->take(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_boolean();
  if (value == nullptr) {
    complain(key, cat("must be true or false, not ", kind_name(*node)));
    return std::nullopt;
  }
  return value->get();
}

std::optional<std::size_t> TomlTable::optional_word(std::string_view key,
                                                    std::span<const std::string_view> words) {
  const auto value = optional_text(key);
  if (!value) return std::nullopt;
  const auto found = std::ranges::find(words, *value);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const auto near = nearest(*value, words);
  complain(key, cat("is '", printable(*value, 40), "'; allowed: ", alternatives(words),
                    near.empty() ? "" : cat(" (did you mean '", near, "'?)")));
  return std::nullopt;
}

std::optional<std::vector<std::string>> TomlTable::optional_texts(std::string_view key,
                                                                  std::size_t most_entries,
                                                                  std::size_t most) {
  const toml::node* node = node_->take(key);
  if (node == nullptr) return std::nullopt;
  const auto* list = node->as_array();
  std::vector<std::string> values;
  bool right = list != nullptr && list->size() <= most_entries;
  if (right) {
    for (const auto& entry : *list) {
      const auto* value = entry.as_string();
      right = right && value != nullptr && value->get().size() <= most;
      if (value != nullptr) values.push_back(value->get());
    }
  }
  if (!right) {
    complain(key,
             cat("must be a list of at most ", most_entries, " texts of at most ", most, " bytes"));
    return std::nullopt;
  }
  return values;
}

std::optional<std::vector<std::int64_t>> TomlTable::optional_integers(std::string_view key,
                                                                      std::int64_t low,
                                                                      std::int64_t high,
                                                                      std::size_t most_entries) {
  const toml::node* node = node_->take(key);
  if (node == nullptr) return std::nullopt;
  const auto* list = node->as_array();
  std::vector<std::int64_t> values;
  bool right = list != nullptr && list->size() <= most_entries;
  if (right) {
    for (const auto& entry : *list) {
      const auto* value = entry.as_integer();
      right = right && value != nullptr && value->get() >= low && value->get() <= high;
      if (value != nullptr) values.push_back(value->get());
    }
  }
  if (!right) {
    complain(key, cat("must be a list of at most ", most_entries, " whole numbers from ", low,
                      " to ", high));
    return std::nullopt;
  }
  return values;
}

std::optional<std::vector<std::string>> TomlTable::optional_scalars(std::string_view key,
                                                                    std::size_t most_entries) {
  const toml::node* node = node_->take(key);
  if (node == nullptr) return std::nullopt;
  std::vector<std::string> values;
  const auto add = [&values](const toml::node& entry) {
    auto text = scalar_text(entry);
    if (text) values.push_back(std::move(*text));
    return text.has_value();
  };
  bool right = true;
  if (const auto* list = node->as_array()) {
    right = !list->empty() && list->size() <= most_entries;
    for (const auto& entry : *list) right = right && add(entry);
  } else {
    right = add(*node);
  }
  if (!right) {
    complain(key, cat("must be text, a whole number, true or false, or a list of 1 to ",
                      most_entries, " of them"));
    return std::nullopt;
  }
  return values;
}

bool TomlTable::is_list(std::string_view key) const {
  const toml::node* node = node_->table.get(key);
  return node != nullptr && node->is_array();
}

std::optional<TomlTable> TomlTable::optional_table(std::string_view key) {
  const toml::node* node = node_->take(key);
  if (node == nullptr) return std::nullopt;
  const auto* table = node->as_table();
  if (table == nullptr) {
    complain(key, cat("must be a table, not ", kind_name(*node)));
    return std::nullopt;
  }
  TomlTable child(document_, std::shared_ptr<Node>(new Node{*table, {}, {}}));
  node_->children.push_back(child);
  return child;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  const toml::node* node = node_->take(key);
  std::vector<TomlTable> list;
  if (node == nullptr) return list;
  const auto* array = node->as_array();
  if (array == nullptr) {
    complain(key, cat("must be a list of tables: [[", key, "]]"));
    return list;
  }
  for (const auto& entry : *array) {
    const auto* table = entry.as_table();
    if (table == nullptr) {
      complain(key, cat("must be a list of tables: [[", key, "]]"));
      return list;
    }
    list.push_back(TomlTable(document_, std::shared_ptr<Node>(new Node{*table, {}, {}})));
    node_->children.push_back(list.back());
  }
  return list;
}

std::vector<std::pair<std::string, TomlTable>> TomlTable::named_tables() {
  std::vector<std::pair<std::string, TomlTable>> list;
  for (const auto& [key, value] : node_->table) {
    if (!value.is_table()) continue;
    if (auto table = optional_table(key.str())) list.emplace_back(std::string(key.str()), *table);
  }
  // toml++ keeps keys sorted; people read a file from top to bottom.
  std::ranges::sort(list, {}, [](const auto& entry) { return entry.second.line(); });
  return list;
}

std::vector<std::pair<std::string, std::string>> TomlTable::scalars() {
  struct Entry {
    std::pair<std::string, std::string> pair;
    toml::source_position at;
  };
  std::vector<Entry> entries;
  for (const auto& [key, value] : node_->table) {
    const toml::node* node = node_->take(key.str());
    auto text = scalar_text(*node);
    if (!text) {
      complain(key.str(),
               cat("must be text, a whole number, true or false, not ", kind_name(*node)));
      continue;
    }
    entries.push_back({{std::string(key.str()), std::move(*text)}, node->source().begin});
  }
  std::ranges::sort(entries, {},
                    [](const Entry& entry) { return std::pair(entry.at.line, entry.at.column); });
  std::vector<std::pair<std::string, std::string>> list;
  for (auto& entry : entries) list.push_back(std::move(entry.pair));
  return list;
}

void TomlTable::finish() {
  std::vector<std::string_view> known(node_->taken.begin(), node_->taken.end());
  std::ranges::sort(known);
  const auto repeated = std::ranges::unique(known);
  known.erase(repeated.begin(), repeated.end());
  for (const auto& [key, value] : node_->table) {
    if (std::ranges::binary_search(known, key.str())) continue;
    const auto near = nearest(key.str(), known);
    document_->problems.add(file(), key.source().begin.line,
                            cat("'", printable(key.str(), 40), "' is not known here; ",
                                near.empty() ? cat("known are ", alternatives(known))
                                             : cat("did you mean '", near, "'?")));
  }
  for (auto& child : node_->children) child.finish();
}

}  // namespace genkan
