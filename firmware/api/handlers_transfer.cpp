// Site and keys from one gateway to another, and the key that they are sealed with at rest.
#include "firmware/api/handlers_keys.hpp"
#include "firmware/services/transfer/transfer_office.hpp"

namespace genkan::api {

namespace asio = boost::asio;

asio::awaitable<Response> get_receiver(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  co_return json_response({{"receiver", call.gateway.transfer().receiver()}});
}

asio::awaitable<Response> get_export(Call call) {
  QueryReader query(call.request.target);
  const auto receiver = query.optional_text("to");
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  if (!receiver) {
    co_return error_response(
        Error(ErrorCode::invalid,
              "the query: 'to' is missing; give the receiver, as the other gateway says it"));
  }
  const auto answer =
      co_await call.gateway.transfer().take_out(std::move(call.request.caller), *receiver);
  co_return reply(answer);
}

asio::awaitable<Response> put_import(Call call) {
  QueryReader query(call.request.target);
  const bool check_only = query.flag("check");
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto answer = co_await call.gateway.transfer().take_in(
      std::move(call.request.caller), std::move(call.request.body), check_only);
  if (!answer) co_return error_response(answer.error());
  if (!answer->problems.empty()) co_return mistakes_response("the file", answer->problems);
  co_return json_response(answer->brings);
}

asio::awaitable<Response> post_secrets_rotate(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto answer = co_await call.gateway.keys().secrets().rotate(std::move(call.request.caller));
  co_return reply(answer);
}

}  // namespace genkan::api
