#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"

namespace genkan::services {

// The mistakes of one request. People get the first: what follows from it is noise.
class Faults {
 public:
  // `path` names the key, "recurrence.weekdays"; `sentence` what is wrong and what would be right.
  void add(std::string_view path, std::string_view sentence);
  bool any() const { return first_.has_value(); }
  // ErrorCode::invalid with the first one.
  Result<> result() const;

 private:
  std::optional<std::string> first_;
};

// One object of a request, read strictly: keys that are not in `known` and values of the wrong type
// go to `faults`, with the key's path. Null is the same as absent but for is_null(). Values are
// never repeated in faults: they may be secrets. Holds references: object and faults must outlive
// it.
class JsonFields {
 public:
  JsonFields(const json::object& object, std::string path, std::span<const std::string_view> known,
             Faults& faults);

  bool has(std::string_view key) const;      // there, and not null
  bool is_null(std::string_view key) const;  // there, and null
  bool is_object(std::string_view key) const;
  std::string path(std::string_view key) const;
  void fault(std::string_view key, std::string_view sentence) const;
  Faults& faults() const { return faults_; }

  // Nothing when absent, null or wrong.
  std::optional<std::string> text(std::string_view key, std::size_t most = 256) const;
  std::optional<bool> flag(std::string_view key) const;
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low,
                                      std::int64_t high) const;
  // The place of the text in `words`; a word that is not there is repeated, with the nearest.
  std::optional<std::size_t> word(std::string_view key,
                                  std::span<const std::string_view> words) const;
  std::optional<std::vector<std::string>> texts(std::string_view key, std::size_t most_entries,
                                                std::size_t most = 256) const;
  const json::object* object(std::string_view key) const;
  // The same, but absent is a fault: `what` would be right, "a name".
  std::string needed_text(std::string_view key, std::string_view what,
                          std::size_t most = 256) const;

 private:
  const json::value* find(std::string_view key) const;

  const json::object& object_;
  std::string path_;
  Faults& faults_;
};

}  // namespace genkan::services
