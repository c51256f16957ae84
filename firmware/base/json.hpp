#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "firmware/base/error.hpp"

namespace genkan {

namespace json = boost::json;

// Parses one JSON value from outside: at most `most` bytes, at most 16 levels deep, nothing behind
// it. The error says at which byte and what is wrong.
Result<json::value> parse_json(std::string_view text, std::size_t most);

// The same, and no object anywhere in it has a member twice: of two, one reader believes the first,
// another the last. For what is signed.
Result<json::value> parse_unambiguous_json(std::string_view text, std::size_t most);

// Reads an object from outside strictly: each accessor takes one key, and finish() complains about
// wrong types, values out of range, missing keys and keys that nobody took, all in one error.
// Holds a reference: the object must outlive the reader.
class JsonReader {
 public:
  // `what` names the object in messages: "the request", "args".
  JsonReader(const json::object& object, std::string_view what) : object_(object), what_(what) {}

  std::string text(std::string_view key, std::size_t most = 256);
  std::optional<std::string> optional_text(std::string_view key, std::size_t most = 256);
  std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::optional<std::int64_t> optional_integer(std::string_view key, std::int64_t low,
                                               std::int64_t high);
  std::optional<bool> optional_flag(std::string_view key);
  // Null if the key is absent or is no object (the latter is complained about).
  const json::object* optional_object(std::string_view key);
  const json::array* optional_array(std::string_view key);

  Result<> finish();

 private:
  const json::value* take(std::string_view key);
  void complain(std::string complaint) { complaints_.push_back(std::move(complaint)); }

  const json::object& object_;
  std::string_view what_;
  std::vector<std::string_view> taken_;
  std::vector<std::string> complaints_;
};

}  // namespace genkan
