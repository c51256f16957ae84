// A door's side of keys: what is in its lock's memory, and what is shown to the gateway there.
#include "firmware/api/handlers_keys.hpp"
#include "firmware/services/keys/entry_office.hpp"
#include "firmware/services/keys/lock_view.hpp"

namespace genkan::api {

namespace asio = boost::asio;

namespace {

constexpr std::string_view what = "device";
// A whole memory on a busy line takes its time; a caller has as much as a reader of the journal.
constexpr std::chrono::seconds check_limit{60};

}  // namespace

asio::awaitable<Response> get_lock_keys(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto device = path_id<DeviceId>(call.request, what);
  if (!device) co_return error_response(device.error());
  auto& keys = call.gateway.keys();
  co_return reply(services::lock_view(keys.desk(), keys.sync(), *device));
}

asio::awaitable<Response> post_lock_check(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto device = path_id<DeviceId>(call.request, what);
  if (!device) co_return error_response(device.error());
  auto& keys = call.gateway.keys();
  const auto answer = co_await services::check_lock(
      keys.desk(), keys.sync(), std::move(call.request.caller), *device, check_limit);
  co_return reply(answer);
}

asio::awaitable<Response> post_decision(Call call) {
  const auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  const auto door = path_id<DeviceId>(call.request, what);
  if (!door) co_return error_response(door.error());
  auto& keys = call.gateway.keys();
  const services::EntryOffice office(keys.desk(), keys.entries());
  co_return reply(office.why(call.request.caller, *door, *body));
}

asio::awaitable<Response> post_entry(Call call) {
  auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  const auto door = path_id<DeviceId>(call.request, what);
  if (!door) co_return error_response(door.error());
  auto& keys = call.gateway.keys();
  services::EntryOffice office(keys.desk(), keys.entries());
  const auto answer =
      co_await office.enter(std::move(call.request.caller), *door, std::move(*body));
  co_return reply(answer);
}

}  // namespace genkan::api
