#include "firmware/api/routes.hpp"

#include <algorithm>
#include <array>

#include "firmware/api/handlers.hpp"
#include "firmware/base/text.hpp"
#include "firmware/services/transfer/transfer.hpp"

namespace genkan::api {

namespace {

using domain::Right;

// clang-format off
// A path with a word stands before the one with {…} in its place. Where secrets=1 is taken, showing
// them needs the keys' right.
constexpr std::array routes{
    Route{"GET",    "/v1/status",                     Right::read,    Body::none, get_status},
    Route{"GET",    "/v1/devices",                    Right::read,    Body::none, get_devices},
    Route{"GET",    "/v1/devices/{id}",               Right::read,    Body::none, get_device},
    Route{"POST",   "/v1/devices/{id}/commands",      Right::command, Body::json, post_command},
    Route{"GET",    "/v1/devices/{id}/keys",          Right::read,    Body::none, get_lock_keys},
    Route{"POST",   "/v1/devices/{id}/keys/check",    Right::keys,    Body::none, post_lock_check},
    Route{"POST",   "/v1/devices/{id}/decision",      Right::command, Body::json, post_decision},
    Route{"POST",   "/v1/devices/{id}/entries",       Right::command, Body::json, post_entry},
    Route{"GET",    "/v1/journal",                    Right::read,    Body::none, get_journal},
    Route{"GET",    "/v1/stream",                     Right::read,    Body::none, get_stream},
    Route{"GET",    "/v1/troubles",                   Right::read,    Body::none, get_troubles},
    Route{"GET",    "/v1/buses",                      Right::read,    Body::none, get_buses},
    Route{"POST",   "/v1/buses/{id}/read",            Right::install, Body::json, post_bus_read},
    Route{"POST",   "/v1/buses/{id}/write",           Right::install, Body::json, post_bus_write},
    Route{"POST",   "/v1/buses/{id}/scan",            Right::install, Body::json, post_bus_scan},
    Route{"GET",    "/v1/site",                       Right::read,    Body::none, get_site},
    Route{"PUT",    "/v1/site",                       Right::install, Body::toml, put_site},
    Route{"GET",    "/v1/models",                     Right::read,    Body::none, get_models},
    Route{"GET",    "/v1/reservations",               Right::read,    Body::none, get_reservations},
    Route{"POST",   "/v1/reservations",               Right::keys,    Body::json, post_reservation},
    Route{"POST",   "/v1/reservations/preview",       Right::keys,    Body::json, post_reservation_preview},
    Route{"GET",    "/v1/reservations/{id}",          Right::read,    Body::none, get_reservation},
    Route{"PUT",    "/v1/reservations/{id}",          Right::keys,    Body::json, put_reservation},
    Route{"DELETE", "/v1/reservations/{id}",          Right::keys,    Body::none, delete_reservation},
    Route{"POST",   "/v1/reservations/{id}/preview",  Right::keys,    Body::json, post_reservation_preview},
    Route{"GET",    "/v1/calendar",                   Right::read,    Body::none, get_calendar},
    Route{"GET",    "/v1/holidays",                   Right::read,    Body::none, get_holidays},
    Route{"PUT",    "/v1/holidays",                   Right::keys,    Body::csv,  put_holidays},
    Route{"DELETE", "/v1/holidays",                   Right::keys,    Body::none, delete_holidays},
    Route{"GET",    "/v1/key-groups",                 Right::read,    Body::none, get_key_groups},
    Route{"POST",   "/v1/key-groups",                 Right::keys,    Body::json, post_key_group},
    Route{"PUT",    "/v1/key-groups/{id}",            Right::keys,    Body::json, put_key_group},
    Route{"DELETE", "/v1/key-groups/{id}",            Right::keys,    Body::none, delete_key_group},
    Route{"GET",    "/v1/validity-groups",            Right::read,    Body::none, get_validity_groups},
    Route{"POST",   "/v1/validity-groups",            Right::keys,    Body::json, post_validity_group},
    Route{"PUT",    "/v1/validity-groups/{id}",       Right::keys,    Body::json, put_validity_group},
    Route{"DELETE", "/v1/validity-groups/{id}",       Right::keys,    Body::none, delete_validity_group},
    Route{"GET",    "/v1/holders",                    Right::read,    Body::none, get_holders},
    Route{"POST",   "/v1/holders",                    Right::keys,    Body::json, post_holder},
    Route{"POST",   "/v1/holders/import",             Right::keys,    Body::csv,  post_holder_import},
    Route{"GET",    "/v1/holders/sample.csv",         Right::read,    Body::none, get_holder_sample},
    Route{"GET",    "/v1/holders/{id}",               Right::read,    Body::none, get_holder},
    Route{"PUT",    "/v1/holders/{id}",               Right::keys,    Body::json, put_holder},
    Route{"DELETE", "/v1/holders/{id}",               Right::keys,    Body::none, delete_holder},
    Route{"GET",    "/v1/temporary-keys",             Right::read,    Body::none, get_temporary_keys},
    Route{"POST",   "/v1/temporary-keys",             Right::keys,    Body::json, post_temporary_key},
    Route{"POST",   "/v1/temporary-keys/{id}/revoke", Right::keys,    Body::none, post_temporary_key_revoke},
    Route{"GET",    "/v1/temporary-keys/{id}/qr",     Right::keys,    Body::none, get_temporary_key_qr},
    Route{"GET",    "/v1/rooms/{id}/code",            Right::read,    Body::none, get_room_code},
    Route{"PUT",    "/v1/rooms/{id}/code",            Right::keys,    Body::json, put_room_code},
    Route{"DELETE", "/v1/rooms/{id}/code",            Right::keys,    Body::none, delete_room_code},
    Route{"GET",    "/v1/receiver",                   Right::read,    Body::none, get_receiver},
    Route{"GET",    "/v1/export",                     Right::keys,    Body::none, get_export},
    Route{"PUT",    "/v1/import",                     Right::install, Body::keys, put_import},
    Route{"POST",   "/v1/secrets/rotate",             Right::install, Body::none, post_secrets_rotate},
    Route{"GET",    "/v1/readers/{name}",             Right::read,    Body::none, get_reader},
    Route{"PUT",    "/v1/readers/{name}",             Right::report,  Body::json, put_reader},
    Route{"POST",   "/v1/signed",                     Right::read,    Body::jose, post_signed},
    Route{"GET",    "/v1/trust",                      Right::read,    Body::none, get_trust},
    Route{"POST",   "/v1/trust/keys",                 Right::trust,   Body::json, post_trust_key},
    Route{"DELETE", "/v1/trust/keys/{kid}",           Right::trust,   Body::none, delete_trust_key},
    Route{"GET",    "/v1/identity",                   Right::read,    Body::none, get_identity},
    Route{"PUT",    "/v1/identity",                   Right::report,  Body::json, put_identity},
    Route{"GET",    "/v1/claim",                      Right::read,    Body::none, get_claim},
    Route{"PUT",    "/v1/claim",                      Right::claim,   Body::json, put_claim},
    Route{"DELETE", "/v1/claim",                      Right::release, Body::none, delete_claim},
    Route{"PUT",    "/v1/claim/certificate",          Right::trust,   Body::json, put_certificate},
    Route{"PUT",    "/v1/cloud/link",                 Right::report,  Body::json, put_cloud_link},
    Route{"GET",    "/v1/openapi.json",               Right::read,    Body::none, get_openapi},
    Route{"GET",    "/metrics",                       Right::read,    Body::none, get_metrics},
};
// clang-format on
constexpr std::array metrics{Route{"GET", "/metrics", Right::read, Body::none, get_metrics}};

// The arguments if the path fits the pattern; nothing otherwise.
std::optional<std::vector<std::string>> fit(std::string_view pattern,
                                            const std::vector<std::string>& path) {
  std::vector<std::string> arguments;
  for (const auto& part : path) {
    if (!pattern.starts_with('/')) return std::nullopt;
    pattern.remove_prefix(1);
    const auto expected = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(expected.size());
    if (expected.starts_with('{')) {
      arguments.push_back(part);
    } else if (expected != part) {
      return std::nullopt;
    }
  }
  if (!pattern.empty()) return std::nullopt;
  return arguments;
}

std::string_view right_name(Right right) {
  switch (right) {
    case Right::read: return "read";
    case Right::command: return "command devices";
    case Right::disarm: return "disarm";
    case Right::install: return "install";
    case Right::keys: return "change keys";
    case Right::trust: return "change whom the gateway trusts";
    case Right::claim: return "claim the gateway";
    case Right::release: return "release the gateway";
    case Right::report: return "report for the agent";
  }
  return "do that";
}

std::span<const std::string_view> content_types(Body body) {
  static constexpr std::string_view json_types[] = {"application/json"};
  static constexpr std::string_view toml_types[] = {"application/toml", "text/plain"};
  static constexpr std::string_view csv_types[] = {"text/csv"};
  static constexpr std::string_view jose_types[] = {"application/jose"};
  switch (body) {
    case Body::none: break;
    case Body::keys:
    case Body::json: return json_types;
    case Body::toml: return toml_types;
    case Body::csv: return csv_types;
    case Body::jose: return jose_types;
  }
  return {};
}

Response forbidden(const domain::Caller& caller, Right right) {
  const std::string why = caller.signed_for
                              ? cat("the key may not sign for this: ", right_name(right))
                              : cat(caller.name, " has the role ", domain::name_of(caller.role),
                                    ", which may not ", right_name(right));
  return error_response(Error(ErrorCode::forbidden, why));
}

// What keeps the request from its handler; nothing if it may go on.
std::optional<Response> obstacle(const Route& route, const Request& request) {
  if (!domain::allows(request.caller, route.right)) return forbidden(request.caller, route.right);
  if (route.body == Body::none) {
    if (request.body.empty()) return std::nullopt;
    return error_response(
        Error(ErrorCode::invalid, cat(route.method, " ", route.pattern, " takes no body")));
  }
  const auto allowed = content_types(route.body);
  const bool fits = std::ranges::find(allowed, request.content_type) != allowed.end();
  if (fits || (request.content_type.empty() && request.body.empty())) return std::nullopt;
  return error_response(415, "unsupported_media_type",
                        cat("the body must be ", alternatives(allowed), ", not '",
                            printable(request.content_type), "': set the header Content-Type"));
}

Response no_route(const Request& request, const std::string& allow,
                  std::span<const Route> offered) {
  std::string path;
  for (const auto& part : request.target.path) path += cat("/", part);
  if (allow.empty()) {
    const auto* hint = offered.data() == metrics.data() ? "; there is /metrics here, and no more"
                                                        : "; /v1/openapi.json lists what there is";
    return error_response(
        Error(ErrorCode::unknown, cat("there is nothing at ", printable(path), hint)));
  }
  auto response = error_response(
      405, "method_not_allowed",
      cat(printable(path), " takes ", allow, ", not ", printable(request.method, 20)));
  response.allow = allow;
  return response;
}

}  // namespace

std::size_t most_bytes(Body body) {
  switch (body) {
    case Body::none:
    case Body::json:
    case Body::jose: break;
    case Body::toml:
    case Body::csv: return std::size_t{1024} * 1024;
    case Body::keys: return services::most_transfer_bytes;
  }
  return std::size_t{64} * 1024;
}

std::string_view text_type(Body body) {
  const bool takes_text = body == Body::toml || body == Body::csv;
  return takes_text ? content_types(body).front() : "text/plain";
}

std::span<const Route> all_routes() { return routes; }

std::span<const Route> metrics_routes() { return metrics; }

Match find_route(std::span<const Route> offered, std::string_view method,
                 const std::vector<std::string>& path) {
  Match match;
  for (const auto& route : offered) {
    auto arguments = fit(route.pattern, path);
    if (!arguments) continue;
    if (route.method == method) return {&route, std::move(*arguments), ""};
    match.allow += cat(match.allow.empty() ? "" : ", ", route.method);
  }
  return match;
}

boost::asio::awaitable<Response> answer(services::Gateway& gateway, Request request,
                                        std::span<const Route> offered) {
  auto match = find_route(offered, request.method, request.target.path);
  if (match.route == nullptr) co_return no_route(request, match.allow, offered);
  if (auto refused = obstacle(*match.route, request)) co_return std::move(*refused);
  request.arguments = std::move(match.arguments);
  Call call{gateway, std::move(request)};
  auto response = co_await match.route->handler(std::move(call));
  co_return response;
}

}  // namespace genkan::api
