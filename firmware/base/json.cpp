#include "firmware/base/json.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan {

namespace {

constexpr std::size_t max_depth = 16;

std::string_view kind_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "true or false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: return "a number";
    case json::kind::string: return "text";
    case json::kind::array: return "a list";
    case json::kind::object: return "an object";
  }
  return "something else";
}

// How many members the objects have, at all depths (bounded by max_depth).
std::size_t members_in(const json::value& value) {
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count += object->size();
    for (const auto& member : *object) count += members_in(member.value());
  }
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) count += members_in(element);
  }
  return count;
}

// How many members are written in well-formed JSON: each has one ':' outside of texts.
std::size_t members_written(std::string_view text) {
  std::size_t count = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[at] == ':') {
      ++count;
    }
  }
  return count;
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t most) {
  if (text.size() > most) {
    return fail(ErrorCode::invalid,
                cat("the JSON has ", text.size(), " bytes; at most ", most, " are taken"));
  }
  json::parse_options options;
  options.max_depth = max_depth;
  json::stream_parser parser({}, options);
  boost::system::error_code error;
  const std::size_t used = parser.write_some(text, error);
  if (!error && used < text.size()) {
    return fail(ErrorCode::invalid, cat("not JSON at byte ", used + 1, ": text behind the value"));
  }
  if (!error) parser.finish(error);
  if (error) {
    return fail(ErrorCode::invalid, cat("not JSON at byte ", used + 1, ": ", error.message()));
  }
  return parser.release();
}

Result<json::value> parse_unambiguous_json(std::string_view text, std::size_t most) {
  auto value = parse_json(text, most);
  if (value && members_in(*value) != members_written(text)) {
    return fail(ErrorCode::invalid, "not unambiguous JSON: an object has a member twice");
  }
  return value;
}

const json::value* JsonReader::take(std::string_view key) {
  taken_.push_back(key);
  return object_.if_contains(key);
}

std::string JsonReader::text(std::string_view key, std::size_t most) {
  auto value = optional_text(key, most);
  if (!value && !object_.contains(key)) complain(cat("'", key, "' is missing (text)"));
  return value.value_or("");
}

std::optional<std::string> JsonReader::optional_text(std::string_view key, std::size_t most) {
  const json::value* value = take(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    complain(cat("'", key, "' must be text, not ", kind_name(*value)));
    return std::nullopt;
  }
  const std::string_view content = value->get_string();
  if (content.size() > most) {
    complain(cat("'", key, "' has ", content.size(), " bytes; at most ", most, " are taken"));
    return std::nullopt;
  }
  return std::string(content);
}

std::int64_t JsonReader::integer(std::string_view key, std::int64_t low, std::int64_t high) {
  auto value = optional_integer(key, low, high);
  if (!value && !object_.contains(key)) {
    complain(cat("'", key, "' is missing (a number from ", low, " to ", high, ")"));
  }
  return value.value_or(low);
}

std::optional<std::int64_t> JsonReader::optional_integer(std::string_view key, std::int64_t low,
                                                         std::int64_t high) {
  const json::value* value = take(key);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const bool whole = value->is_int64() || value->is_uint64();
  const auto parsed = whole ? value->to_number<std::int64_t>(error) : 0;
  if (!whole || error || parsed < low || parsed > high) {
    complain(cat("'", key, "' must be a whole number from ", low, " to ", high));
    return std::nullopt;
  }
  return parsed;
}

std::optional<bool> JsonReader::optional_flag(std::string_view key) {
  const json::value* value = take(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) {
    complain(cat("'", key, "' must be true or false, not ", kind_name(*value)));
    return std::nullopt;
  }
  return value->get_bool();
}

const json::object* JsonReader::optional_object(std::string_view key) {
  const json::value* value = take(key);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) complain(cat("'", key, "' must be an object, not ", kind_name(*value)));
  return value->if_object();
}

const json::array* JsonReader::optional_array(std::string_view key) {
  const json::value* value = take(key);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) complain(cat("'", key, "' must be a list, not ", kind_name(*value)));
  return value->if_array();
}

Result<> JsonReader::finish() {
  for (const auto& member : object_) {
    const std::string_view key = member.key();
    if (std::ranges::find(taken_, key) != taken_.end()) continue;
    complain(cat("'", printable(key, 40), "' is not known; known are ", alternatives(taken_)));
  }
  if (complaints_.empty()) return {};
  std::string all;
  for (const auto& complaint : complaints_) {
    if (!all.empty()) all += "; ";
    all += complaint;
  }
  return fail(ErrorCode::invalid, cat(what_, ": ", all));
}

}  // namespace genkan
