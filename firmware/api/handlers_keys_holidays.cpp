// The public holidays and the government's table of them.
#include "firmware/api/handlers_keys.hpp"

namespace genkan::api {

namespace asio = boost::asio;

asio::awaitable<Response> get_holidays(Call call) {
  QueryReader query(call.request.target);
  const auto year =
      query.optional_integer("year", domain::first_holiday_year, domain::last_holiday_year);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  co_return json_response(call.gateway.keys().holidays().year(year));
}

asio::awaitable<Response> put_holidays(Call call) {
  QueryReader query(call.request.target);
  const auto charset = charset_in(query);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto answer = co_await call.gateway.keys().holidays().import(
      std::move(call.request.caller), std::move(call.request.body), charset);
  co_return reply(answer);
}

asio::awaitable<Response> delete_holidays(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto answer = co_await call.gateway.keys().holidays().reset(std::move(call.request.caller));
  co_return reply(answer);
}

}  // namespace genkan::api
