// A call in a signed envelope: proven, run as any other, and its answer kept (docs/CLOUD.md).
#include "firmware/api/handlers_keys.hpp"
#include "firmware/services/cloud/cloud.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using services::SignedDesk;

namespace {

// A command names its device and itself: after a power cut the device is read back.
void look_at_command(const domain::InnerRequest& inner, const std::string& device,
                     services::RouteNeeds& needs) {
  const auto* word = inner.body ? inner.body->if_contains("command") : nullptr;
  const auto* text = word == nullptr ? nullptr : word->if_string();
  const auto command = text == nullptr ? std::nullopt : domain::command_named(*text);
  if (!command) return;
  needs.right = domain::right_to(*command);
  needs.command = domain::spec(*command).name;
  if (auto id = parse_id<DeviceId>(device)) needs.device = *std::move(id);
}

// A call that no route takes changes nothing and is answered as everywhere.
services::RouteNeeds needs_of(const domain::InnerRequest& inner) {
  services::RouteNeeds needs;
  const auto target = parse_target(inner.path);
  if (!target) return needs;
  const auto match = find_route(all_routes(), inner.method, target->path);
  if (match.route == nullptr || match.route->handler == post_signed) return needs;
  needs.right = match.route->right;
  needs.changes = match.route->method != "GET";
  needs.moves = match.route->handler == post_bus_write;
  if (match.route->handler == post_command) look_at_command(inner, match.arguments[0], needs);
  return needs;
}

Response response_of(services::SignedAnswer answer) {
  Response response;
  response.status = answer.status;
  response.body = std::move(answer.body);
  return response;
}

Result<Request> request_of(SignedDesk::Admitted& admitted) {
  auto target = parse_target(admitted.request.path);
  if (!target) return fail(target.error());
  Request request;
  request.method = admitted.request.method;
  request.target = std::move(*target);
  request.caller = admitted.caller;
  if (admitted.request.body) {
    request.content_type = "application/json";
    request.body = json::serialize(*admitted.request.body);
  }
  if (admitted.request.text) {
    const auto match = find_route(all_routes(), request.method, request.target.path);
    request.content_type = text_type(match.route == nullptr ? Body::none : match.route->body);
    request.body = *std::move(admitted.request.text);
  }
  return request;
}

asio::awaitable<Response> run(services::Gateway& gateway, SignedDesk::Admitted& admitted) {
  auto request = request_of(admitted);
  if (!request) co_return error_response(request.error());
  auto response = co_await answer(gateway, std::move(*request));
  if (response.events) {
    co_return error_response(
        Error(ErrorCode::unsupported, "a stream of events cannot be answered to a signed request"));
  }
  co_return response;
}

}  // namespace

asio::awaitable<Response> post_signed(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  if (call.request.caller.signed_for) {
    co_return error_response(Error(ErrorCode::invalid, "an envelope cannot hold another envelope"));
  }
  services::Gateway& gateway = call.gateway;
  auto& desk = gateway.cloud().desk();
  auto admission =
      co_await desk.admit(std::move(call.request.caller), std::move(call.request.body), needs_of);
  if (!admission) co_return error_response(admission.error());
  if (auto* known = std::get_if<services::SignedAnswer>(&*admission)) {
    co_return response_of(std::move(*known));
  }
  auto& admitted = std::get<SignedDesk::Admitted>(*admission);
  auto response = co_await run(gateway, admitted);
  co_await desk.settle(std::move(admitted), response.status, response.body);
  co_return response;
}

}  // namespace genkan::api
