// Trust, claim, identity, the line to the cloud, and metrics.
#include "firmware/api/handlers_keys.hpp"
#include "firmware/base/metrics_text.hpp"
#include "firmware/services/cloud/cloud.hpp"

namespace genkan::api {

namespace asio = boost::asio;

asio::awaitable<Response> get_trust(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  co_return json_response(call.gateway.cloud().trust().list());
}

asio::awaitable<Response> post_trust_key(Call call) {
  auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  const auto answer =
      co_await call.gateway.cloud().trust().add(std::move(call.request.caller), std::move(*body));
  co_return reply(answer);
}

asio::awaitable<Response> delete_trust_key(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto answer = co_await call.gateway.cloud().trust().remove(
      std::move(call.request.caller), std::move(call.request.arguments[0]));
  co_return reply(answer);
}

asio::awaitable<Response> get_identity(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  co_return json_response(call.gateway.cloud().claim().identity());
}

asio::awaitable<Response> put_identity(Call call) {
  auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  const auto answer = co_await call.gateway.cloud().claim().set_identity(
      std::move(call.request.caller), std::move(*body));
  co_return reply(answer);
}

asio::awaitable<Response> get_claim(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  co_return reply(call.gateway.cloud().claim().get());
}

asio::awaitable<Response> put_claim(Call call) {
  auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  const auto answer =
      co_await call.gateway.cloud().claim().claim(std::move(call.request.caller), std::move(*body));
  co_return reply(answer);
}

asio::awaitable<Response> delete_claim(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto answer = co_await call.gateway.cloud().claim().release(std::move(call.request.caller));
  co_return reply(answer);
}

asio::awaitable<Response> put_certificate(Call call) {
  auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  const auto answer =
      co_await call.gateway.cloud().claim().renew(std::move(call.request.caller), std::move(*body));
  co_return reply(answer);
}

asio::awaitable<Response> put_cloud_link(Call call) {
  const auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  co_return reply(call.gateway.cloud().link().report(call.request.caller, *body));
}

asio::awaitable<Response> get_metrics(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  co_return file_response(MetricsText::content_type, call.gateway.metrics_text());
}

}  // namespace genkan::api
