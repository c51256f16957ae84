#include "firmware/base/api_text.hpp"

#include <algorithm>

#include "firmware/base/json.hpp"
#include "firmware/base/text.hpp"

namespace genkan {

namespace {

bool plain(std::string_view text, bool spaces) {
  return std::ranges::all_of(text, [spaces](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f ? true : spaces && (c == ' ' || c == '\t');
  });
}

bool is_token(std::string_view text) {
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.contains(c);
  });
}

}  // namespace

Result<std::string> request_text(const ApiRequest& request) {
  if (!is_token(request.method)) return fail(ErrorCode::invalid, "the method is no HTTP method");
  if (!request.target.starts_with('/') || !plain(request.target, false)) {
    return fail(ErrorCode::invalid, cat("the path '", printable(request.target),
                                        "' must begin with '/' and have no "
                                        "spaces or control characters"));
  }
  std::string text;
  text.reserve(160 + request.target.size() + request.body.size());
  text += request.method;
  text += ' ';
  text += request.target;
  text += " HTTP/1.1\r\nHost: genkan\r\n";
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || !plain(value, true)) {
      return fail(ErrorCode::invalid, cat("the header '", printable(name), "' is malformed"));
    }
    text += cat(name, ": ", value, "\r\n");
  }
  const bool carries = request.method != "GET" && request.method != "HEAD";
  if (!request.body.empty()) {
    if (!plain(request.content_type, true)) {
      return fail(ErrorCode::invalid, "the content type is malformed");
    }
    text += cat("Content-Type: ", request.content_type, "\r\n");
  }
  if (carries || !request.body.empty())
    text += cat("Content-Length: ", request.body.size(), "\r\n");
  text += "\r\n";
  text += request.body;
  return text;
}

Error refusal(int status, std::string_view body) {
  const auto parsed = parse_json(body, 64 * 1024);
  if (parsed && parsed->is_object()) {
    const auto* error = parsed->get_object().if_contains("error");
    const auto* message = error != nullptr && error->is_object()
                              ? error->get_object().if_contains("message")
                              : nullptr;
    if (message != nullptr && message->is_string()) {
      const auto code = status == 403                    ? ErrorCode::forbidden
                        : status == 404                  ? ErrorCode::unknown
                        : status == 400                  ? ErrorCode::invalid
                        : status == 429 || status == 503 ? ErrorCode::busy
                                                         : ErrorCode::rejected;
      return Error(code, std::string(message->get_string()));
    }
  }
  return Error(ErrorCode::rejected, cat("the daemon answered with status ", status));
}

}  // namespace genkan
