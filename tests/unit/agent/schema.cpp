#include "tests/unit/agent/schema.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

#include "firmware/base/text.hpp"

namespace genkan::test {

namespace {

constexpr std::array<std::string_view, 5> annotations{"$schema", "$id", "title", "description",
                                                      "format"};

bool is_type(const json::value& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "null") return value.is_null();
  throw std::runtime_error(cat("a type that the check does not know: ", type));
}

// The number that minimum, maxLength and their like are about.
std::int64_t measure(std::string_view word, const json::value& value) {
  if (word.ends_with("Length")) return static_cast<std::int64_t>(value.as_string().size());
  if (word.ends_with("Properties")) return static_cast<std::int64_t>(value.as_object().size());
  if (word.ends_with("Items")) return static_cast<std::int64_t>(value.as_array().size());
  return value.to_number<std::int64_t>();
}

}  // namespace

json::value read_json(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(cat("cannot be read: ", file.string()));
  return json::parse(std::string{std::istreambuf_iterator<char>(stream), {}});
}

std::string Schemas::fault(const std::string& name, const json::value& value) const {
  return check(read_json(folder_ / (name + ".json")).as_object(), value, name);
}

std::string Schemas::check(const json::object& schema, const json::value& value,
                           const std::string& where) const {
  for (const auto& [word, rule] : schema) {
    if (auto fault = check_word(word, rule, value, schema, where); !fault.empty()) return fault;
  }
  return {};
}

std::string Schemas::check_word(std::string_view word, const json::value& rule,
                                const json::value& value, const json::object& schema,
                                const std::string& where) const {
  const auto wrong = [&](std::string_view what) { return cat(where, ": ", what); };
  if (std::find(annotations.begin(), annotations.end(), word) != annotations.end()) return {};
  if (word == "$ref") {
    return check(read_json(folder_ / std::string(rule.as_string())).as_object(), value, where);
  }
  if (word == "type") return is_type(value, rule.as_string()) ? "" : wrong("wrong type");
  if (word == "const") return value == rule ? "" : wrong("not the constant");
  if (word == "enum") {
    const auto& words = rule.as_array();
    return std::find(words.begin(), words.end(), value) != words.end() ? "" : wrong("no such word");
  }
  if (word == "pattern") {
    if (!value.is_string()) return {};
    const std::regex pattern{std::string(rule.as_string())};
    return std::regex_search(std::string(value.as_string()), pattern)
               ? ""
               : wrong("does not have the form that it should");
  }
  if (word == "oneOf") {
    const auto fits = [&](const json::value& each) {
      return check(each.as_object(), value, where).empty();
    };
    const auto& forms = rule.as_array();
    return std::count_if(forms.begin(), forms.end(), fits) == 1 ? "" : wrong("not just one form");
  }
  if (word == "not") {
    return check(rule.as_object(), value, where).empty() ? wrong("has a form that it must not")
                                                         : "";
  }
  if (word == "required") {
    for (const auto& key : rule.as_array()) {
      if (!value.as_object().contains(key.as_string())) {
        return wrong(cat("lacks ", std::string_view(key.as_string())));
      }
    }
    return {};
  }
  if (word == "properties") {
    for (const auto& [key, sub] : rule.as_object()) {
      const json::value* member = value.as_object().if_contains(key);
      if (member == nullptr) continue;
      auto fault = check(sub.as_object(), *member, cat(where, ".", std::string_view(key)));
      if (!fault.empty()) return fault;
    }
    return {};
  }
  if (word == "additionalProperties" && rule.is_object()) {
    const json::value* named = schema.if_contains("properties");
    for (const auto& member : value.as_object()) {
      if (named != nullptr && named->as_object().contains(member.key())) continue;
      auto fault =
          check(rule.as_object(), member.value(), cat(where, ".", std::string_view(member.key())));
      if (!fault.empty()) return fault;
    }
    return {};
  }
  if (word == "additionalProperties") {
    for (const auto& member : value.as_object()) {
      if (!schema.at("properties").as_object().contains(member.key())) {
        return wrong(cat("has no ", std::string_view(member.key())));
      }
    }
    return {};
  }
  if (word == "items") {
    for (const auto& each : value.as_array()) {
      auto fault = check(rule.as_object(), each, where + "[]");
      if (!fault.empty()) return fault;
    }
    return {};
  }
  if (word.starts_with("min")) {
    return measure(word, value) >= rule.as_int64() ? "" : wrong("too small");
  }
  if (word.starts_with("max")) {
    return measure(word, value) <= rule.as_int64() ? "" : wrong("too large");
  }
  return wrong(cat("the check does not know '", word, "'"));
}

}  // namespace genkan::test
