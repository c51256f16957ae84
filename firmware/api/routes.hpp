#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "firmware/api/http.hpp"
#include "firmware/domain/caller.hpp"
#include "firmware/services/gateway.hpp"

// What the API offers, as one table, and how a request finds its row.
namespace genkan::api {

// What a handler works with.
struct Call {
  services::Gateway& gateway;
  Request request;
};
using Handler = boost::asio::awaitable<Response> (*)(Call);

// What a route takes as body.
enum class Body : std::uint8_t {
  none,
  json,  // at most 64 KiB of application/json
  toml,  // at most 1 MiB of application/toml or text/plain
  csv,   // at most 1 MiB of text/csv
  jose,  // at most 64 KiB of application/jose
  keys,  // at most 16 MiB of application/json, from those who may send it; from others 64 KiB
};
std::size_t most_bytes(Body body);
// The content type of a body that comes as text; for a route that takes none, one that it refuses.
std::string_view text_type(Body body);

struct Route {
  std::string_view method;
  std::string_view pattern;  // "/v1/devices/{id}": {…} stands for one part of the path
  domain::Right right;
  Body body;
  Handler handler;
};
std::span<const Route> all_routes();
// GET /metrics alone.
std::span<const Route> metrics_routes();

struct Match {
  const Route* route = nullptr;
  std::vector<std::string> arguments;
  std::string allow;  // no route, but other methods have one: which
};
Match find_route(std::span<const Route> routes, std::string_view method,
                 const std::vector<std::string>& path);

// Finds the route, checks role, content type and body, and calls the handler. Always answers; ends
// when the handler does (each has a deadline: commands and waiting readers 60 s, scans what the bus
// takes).
boost::asio::awaitable<Response> answer(services::Gateway& gateway, Request request,
                                        std::span<const Route> routes = all_routes());

}  // namespace genkan::api
