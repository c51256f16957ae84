#include "firmware/api/handlers_keys.hpp"

namespace genkan::api {

Response reply(const Result<json::object>& answer) {
  return answer ? json_response(*answer) : error_response(answer.error());
}

Response file_response(std::string_view content_type, std::string body) {
  Response response;
  response.content_type = content_type;
  response.body = std::move(body);
  return response;
}

services::Secrets secrets_in(QueryReader& query) {
  return query.flag("secrets") ? services::Secrets::shown : services::Secrets::hidden;
}

Charset charset_in(QueryReader& query) {
  static constexpr std::string_view charsets[] = {"auto", "utf-8", "shift_jis"};
  const auto wanted = query.optional_word("charset", charsets);
  return wanted ? *charset_named(charsets[*wanted]) : Charset::automatic;
}

Result<> no_query(const Request& request) {
  QueryReader query(request.target);
  return query.finish();
}

Result<json::object> plain_body(const Request& request) {
  if (const auto read = no_query(request); !read) return fail(read.error());
  return body_object(request);
}

Result<SecretBody> secret_body(const Request& request) {
  QueryReader query(request.target);
  const auto secrets = secrets_in(query);
  if (const auto read = query.finish(); !read) return fail(read.error());
  auto body = body_object(request);
  if (!body) return fail(body.error());
  return SecretBody{secrets, std::move(*body)};
}

}  // namespace genkan::api
