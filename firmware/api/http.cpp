#include "firmware/api/http.hpp"

#include <algorithm>
#include <array>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "firmware/base/text.hpp"

namespace genkan::api {

namespace {

constexpr std::size_t most_segments = 16;
constexpr std::size_t most_parameters = 32;

struct StatusText {
  int status;
  std::string_view text;
};
constexpr std::array status_texts{
    StatusText{200, "OK"},
    StatusText{400, "Bad Request"},
    StatusText{401, "Unauthorized"},
    StatusText{403, "Forbidden"},
    StatusText{404, "Not Found"},
    StatusText{405, "Method Not Allowed"},
    StatusText{408, "Request Timeout"},
    StatusText{409, "Conflict"},
    StatusText{413, "Content Too Large"},
    StatusText{415, "Unsupported Media Type"},
    StatusText{417, "Expectation Failed"},
    StatusText{429, "Too Many Requests"},
    StatusText{431, "Request Header Fields Too Large"},
    StatusText{500, "Internal Server Error"},
    StatusText{503, "Service Unavailable"},
};

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return 400;
    case ErrorCode::unknown: return 404;
    case ErrorCode::forbidden: return 403;
    case ErrorCode::conflict:
    case ErrorCode::rejected:
    case ErrorCode::unsupported: return 409;
    case ErrorCode::busy: return 429;
    case ErrorCode::timeout:
    case ErrorCode::unreachable:
    case ErrorCode::cancelled:
    case ErrorCode::io:
    case ErrorCode::corrupt: return 503;
    case ErrorCode::internal: return 500;
  }
  return 500;
}

}  // namespace

std::string_view status_text(int status) {
  const auto found = std::ranges::find(status_texts, status, &StatusText::status);
  return found == status_texts.end() ? "Unknown" : found->text;
}

Result<Target> parse_target(std::string_view text) {
  const auto url = boost::urls::parse_origin_form(text);
  if (!url) {
    return fail(ErrorCode::invalid, cat("'", printable(text), "' is no path; one begins with '/'"));
  }
  if (url->segments().size() > most_segments || url->params().size() > most_parameters) {
    return fail(ErrorCode::invalid, cat("the path has more than ", most_segments,
                                        " parts or the query more than ", most_parameters));
  }
  Target target;
  for (const auto segment : url->segments()) target.path.push_back(std::string(segment));
  for (const auto& parameter : url->params()) {
    target.query.push_back({std::string(parameter.key), std::string(parameter.value)});
  }
  return target;
}

Response json_response(const json::value& value) {
  Response response;
  response.body = json::serialize(value);
  return response;
}

Response error_response(int status, std::string_view code, std::string_view message) {
  Response response;
  response.status = status;
  response.body = json::serialize(json::value{{"error", {{"code", code}, {"message", message}}}});
  return response;
}

Response error_response(const Error& error) {
  return error_response(status_of(error.code()), name_of(error.code()), error.message());
}

std::string event_text(std::string_view name, std::string_view id, std::string_view data) {
  if (id.empty()) return cat("event: ", name, "\ndata: ", data, "\n\n");
  return cat("id: ", id, "\nevent: ", name, "\ndata: ", data, "\n\n");
}

const std::string* QueryReader::take(std::string_view key) {
  taken_.push_back(key);
  const auto found = std::ranges::find(query_, key, &Parameter::name);
  return found == query_.end() ? nullptr : &found->value;
}

std::optional<std::string> QueryReader::optional_text(std::string_view key, std::size_t most) {
  const std::string* value = take(key);
  if (value == nullptr) return std::nullopt;
  if (value->size() > most || !is_utf8(*value)) {
    complaints_.push_back(cat("'", key, "' must be text of at most ", most, " bytes"));
    return std::nullopt;
  }
  return *value;
}

std::optional<std::int64_t> QueryReader::optional_integer(std::string_view key, std::int64_t low,
                                                          std::int64_t high) {
  const std::string* value = take(key);
  if (value == nullptr) return std::nullopt;
  const auto number = parse_integer(*value, low, high);
  if (!number) {
    complaints_.push_back(cat("'", key, "' must be a whole number from ", low, " to ", high));
  }
  return number;
}

std::optional<std::size_t> QueryReader::optional_word(std::string_view key,
                                                      std::span<const std::string_view> words) {
  const std::string* value = take(key);
  if (value == nullptr) return std::nullopt;
  const auto found = std::ranges::find(words, *value);
  if (found == words.end()) {
    complaints_.push_back(cat("'", key, "' must be ", alternatives(words)));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - words.begin());
}

bool QueryReader::flag(std::string_view key) {
  return optional_integer(key, 0, 1).value_or(0) != 0;
}

Result<> QueryReader::finish() {
  for (std::size_t i = 0; i < query_.size(); ++i) {
    const std::string_view name = query_[i].name;
    if (std::ranges::find(taken_, name) == taken_.end()) {
      complaints_.push_back(
          taken_.empty()
              ? cat("'", printable(name, 40), "' is not known; this path takes no query")
              : cat("'", printable(name, 40), "' is not known; known are ", alternatives(taken_)));
    }
    const auto before = std::span(query_).first(i);
    if (std::ranges::find(before, name, &Parameter::name) != before.end()) {
      complaints_.push_back(cat("'", printable(name, 40), "' is given twice"));
    }
  }
  if (complaints_.empty()) return {};
  std::string all = "the query: ";
  for (std::size_t i = 0; i < complaints_.size(); ++i) {
    if (i > 0) all += "; ";
    all += complaints_[i];
  }
  return fail(ErrorCode::invalid, std::move(all));
}

}  // namespace genkan::api
