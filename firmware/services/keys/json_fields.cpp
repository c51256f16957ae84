#include "firmware/services/keys/json_fields.hpp"

#include <algorithm>

#include "firmware/base/text.hpp"

namespace genkan::services {

namespace {

std::string not_known(std::string_view key, std::span<const std::string_view> known) {
  const auto near = nearest(key, known);
  return near.empty() ? cat("is not known here; known are ", alternatives(known))
                      : cat("is not known here; did you mean '", near, "'?");
}

}  // namespace

void Faults::add(std::string_view path, std::string_view sentence) {
  if (first_) return;
  first_ = path.empty() ? std::string(sentence) : cat(path, ": ", sentence);
}

Result<> Faults::result() const {
  if (!first_) return {};
  return fail(ErrorCode::invalid, *first_);
}

JsonFields::JsonFields(const json::object& object, std::string path,
                       std::span<const std::string_view> known, Faults& faults)
    : object_(object), path_(std::move(path)), faults_(faults) {
  for (const auto& member : object) {
    const std::string_view key = member.key();
    if (std::ranges::find(known, key) != known.end()) continue;
    fault(printable(key, 40), not_known(key, known));
  }
}

std::string JsonFields::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : cat(path_, ".", key);
}

void JsonFields::fault(std::string_view key, std::string_view sentence) const {
  faults_.add(path(key), sentence);
}

const json::value* JsonFields::find(std::string_view key) const {
  const json::value* value = object_.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool JsonFields::has(std::string_view key) const { return find(key) != nullptr; }

bool JsonFields::is_null(std::string_view key) const {
  const json::value* value = object_.if_contains(key);
  return value != nullptr && value->is_null();
}

bool JsonFields::is_object(std::string_view key) const {
  const json::value* value = find(key);
  return value != nullptr && value->is_object();
}

std::optional<std::string> JsonFields::text(std::string_view key, std::size_t most) const {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    fault(key, "must be text in quotes");
    return std::nullopt;
  }
  const std::string_view content = value->get_string();
  if (content.size() > most) {
    fault(key, cat("has ", content.size(), " bytes; at most ", most, " are taken"));
    return std::nullopt;
  }
  if (!is_utf8(content)) {
    fault(key, "is not UTF-8; send it as UTF-8 text");
    return std::nullopt;
  }
  return std::string(content);
}

std::optional<bool> JsonFields::flag(std::string_view key) const {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  fault(key, "must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> JsonFields::integer(std::string_view key, std::int64_t low,
                                                std::int64_t high) const {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const bool whole = value->is_int64() || value->is_uint64();
  const auto number = whole ? value->to_number<std::int64_t>(error) : 0;
  if (whole && !error && number >= low && number <= high) return number;
  fault(key, cat("must be a whole number from ", low, " to ", high));
  return std::nullopt;
}

std::optional<std::size_t> JsonFields::word(std::string_view key,
                                            std::span<const std::string_view> words) const {
  const auto typed = text(key, 64);
  if (!typed) return std::nullopt;
  const auto found = std::ranges::find(words, std::string_view(*typed));
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const auto near = nearest(*typed, words);
  fault(key, cat("is '", printable(*typed, 40), "'; allowed: ", alternatives(words),
                 near.empty() ? std::string() : cat(" (did you mean '", near, "'?)")));
  return std::nullopt;
}

std::optional<std::vector<std::string>> JsonFields::texts(std::string_view key,
                                                          std::size_t most_entries,
                                                          std::size_t most) const {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  const json::array* list = value->if_array();
  if (list == nullptr) {
    fault(key, "must be a list of texts");
    return std::nullopt;
  }
  if (list->size() > most_entries) {
    fault(key, cat("has ", list->size(), " entries; at most ", most_entries, " are taken"));
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const auto& entry : *list) {
    const json::string* text = entry.if_string();
    if (text == nullptr || text->size() > most || !is_utf8(*text)) {
      fault(cat(key, "[", texts.size(), "]"),
            cat("must be text in quotes of at most ", most, " bytes"));
      return std::nullopt;
    }
    texts.emplace_back(*text);
  }
  return texts;
}

const json::object* JsonFields::object(std::string_view key) const {
  const json::value* value = find(key);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) fault(key, "must be an object {…}");
  return value->if_object();
}

std::string JsonFields::needed_text(std::string_view key, std::string_view what,
                                    std::size_t most) const {
  if (!has(key)) fault(key, cat("is missing; give ", what));
  return text(key, most).value_or("");
}

}  // namespace genkan::services
