#pragma once

#include <string_view>
#include <utility>

#include "firmware/api/handlers.hpp"
#include "firmware/base/charset.hpp"
#include "firmware/base/text.hpp"
#include "firmware/services/keys/keys.hpp"

// What the handlers of keys share.
namespace genkan::api {

Response reply(const Result<json::object>& answer);
// A body that is no JSON: a picture, a table.
Response file_response(std::string_view content_type, std::string body);

// Takes secrets=0|1.
services::Secrets secrets_in(QueryReader& query);
// Takes charset=auto|utf-8|shift_jis.
Charset charset_in(QueryReader& query);

// The query must be empty.
Result<> no_query(const Request& request);
// Likewise, and the body is a JSON object.
Result<json::object> plain_body(const Request& request);
// Nothing but secrets=0|1, and the body is a JSON object.
struct SecretBody {
  services::Secrets secrets;
  json::object body;
};
Result<SecretBody> secret_body(const Request& request);

// The id in the path; what is no id names nothing that there is: unknown.
template <class IdType>
Result<IdType> path_id(const Request& request, std::string_view what) {
  const auto& text = request.arguments[0];
  auto id = parse_id<IdType>(text);
  if (!id)
    return fail(ErrorCode::unknown, cat("there is no ", what, " '", printable(text, 48), "'"));
  return id;
}

// An id in the query, which may be left out.
template <class IdType>
Result<std::optional<IdType>> query_id(std::string_view key,
                                       const std::optional<std::string>& text) {
  if (!text) return std::optional<IdType>();
  auto id = parse_id<IdType>(*text);
  if (!id) return fail(id.error().in(cat("the query: '", key, "'")));
  return std::optional<IdType>(std::move(*id));
}

}  // namespace genkan::api
