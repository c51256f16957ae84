#pragma once

#include <boost/asio/awaitable.hpp>

#include "firmware/api/routes.hpp"

// The handlers of the route table: each reads its request strictly, asks the gateway, and answers.
namespace genkan::api {

boost::asio::awaitable<Response> get_status(Call call);
boost::asio::awaitable<Response> get_devices(Call call);
boost::asio::awaitable<Response> get_device(Call call);
boost::asio::awaitable<Response> post_command(Call call);
boost::asio::awaitable<Response> get_troubles(Call call);
boost::asio::awaitable<Response> get_models(Call call);

boost::asio::awaitable<Response> get_journal(Call call);
boost::asio::awaitable<Response> get_stream(Call call);
boost::asio::awaitable<Response> get_reader(Call call);
boost::asio::awaitable<Response> put_reader(Call call);

boost::asio::awaitable<Response> get_buses(Call call);
boost::asio::awaitable<Response> post_bus_read(Call call);
boost::asio::awaitable<Response> post_bus_write(Call call);
boost::asio::awaitable<Response> post_bus_scan(Call call);
boost::asio::awaitable<Response> get_site(Call call);
boost::asio::awaitable<Response> put_site(Call call);

boost::asio::awaitable<Response> get_openapi(Call call);

// The body as a JSON object.
Result<json::object> body_object(const Request& request);

}  // namespace genkan::api
