// Reservations, their calendar, and the holidays that they follow.
#include "firmware/api/handlers_keys.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using domain::ReservationId;

namespace {

constexpr std::string_view what = "reservation";

Result<services::ReservationQuery> list_query(const Target& target) {
  static constexpr std::string_view sorts[] = {"start", "name", "made"};
  QueryReader query(target);
  services::ReservationQuery wanted;
  const auto device = query.optional_text("device");
  const auto key_group = query.optional_text("key_group");
  const auto room = query.optional_text("room");
  const auto building = query.optional_text("building");
  wanted.from = query.optional_text("from");
  wanted.until = query.optional_text("until");
  wanted.text = query.optional_text("text").value_or("");
  wanted.page = static_cast<std::size_t>(query.optional_integer("page", 1, 1'000'000).value_or(1));
  wanted.page_size = static_cast<std::size_t>(
      query.optional_integer("page_size", 1, services::ReservationViews::most_page).value_or(50));
  const auto sort = query.optional_word("sort", sorts);
  wanted.past = query.flag("past");
  wanted.secrets = secrets_in(query);
  if (const auto read = query.finish(); !read) return fail(read.error());
  if (sort) wanted.sort = static_cast<services::ReservationQuery::Sort>(*sort);
  auto device_id = query_id<DeviceId>("device", device);
  if (!device_id) return fail(device_id.error());
  auto key_group_id = query_id<domain::KeyGroupId>("key_group", key_group);
  if (!key_group_id) return fail(key_group_id.error());
  auto room_id = query_id<RoomId>("room", room);
  if (!room_id) return fail(room_id.error());
  auto building_id = query_id<BuildingId>("building", building);
  if (!building_id) return fail(building_id.error());
  wanted.device = std::move(*device_id);
  wanted.key_group = std::move(*key_group_id);
  wanted.room = std::move(*room_id);
  wanted.building = std::move(*building_id);
  return wanted;
}

static_assert(static_cast<int>(services::ReservationQuery::Sort::start) == 0 &&
              static_cast<int>(services::ReservationQuery::Sort::name) == 1 &&
              static_cast<int>(services::ReservationQuery::Sort::made) == 2);

Result<services::CalendarQuery> calendar_query(const Target& target) {
  QueryReader query(target);
  services::CalendarQuery wanted;
  const auto building = query.optional_text("building");
  const auto room = query.optional_text("room");
  const auto device = query.optional_text("device");
  wanted.from = query.optional_text("from").value_or("");
  wanted.until = query.optional_text("until").value_or("");
  if (const auto read = query.finish(); !read) return fail(read.error());
  if (int{building.has_value()} + int{room.has_value()} + int{device.has_value()} > 1) {
    return fail(ErrorCode::invalid, "the query: give one of 'building', 'room' and 'device'");
  }
  auto building_id = query_id<BuildingId>("building", building);
  if (!building_id) return fail(building_id.error());
  auto room_id = query_id<RoomId>("room", room);
  if (!room_id) return fail(room_id.error());
  auto device_id = query_id<DeviceId>("device", device);
  if (!device_id) return fail(device_id.error());
  wanted.building = std::move(*building_id);
  wanted.room = std::move(*room_id);
  wanted.device = std::move(*device_id);
  return wanted;
}

Result<domain::Origin> origin_of(const Target& target) {
  static constexpr std::string_view origins[] = {"here", "calendar", "booking"};
  QueryReader query(target);
  const auto origin = query.optional_word("origin", origins);
  if (const auto read = query.finish(); !read) return fail(read.error());
  if (!origin) return domain::Origin::here;
  return *domain::origin_named(origins[*origin]);
}

}  // namespace

asio::awaitable<Response> get_reservations(Call call) {
  const auto query = list_query(call.request.target);
  if (!query) co_return error_response(query.error());
  co_return reply(call.gateway.keys().reservation_views().list(call.request.caller, *query));
}

asio::awaitable<Response> post_reservation(Call call) {
  auto asked = secret_body(call.request);
  if (!asked) co_return error_response(asked.error());
  const auto answer = co_await call.gateway.keys().reservations().create(
      std::move(call.request.caller), std::move(asked->body), asked->secrets);
  co_return reply(answer);
}

asio::awaitable<Response> post_reservation_preview(Call call) {
  const auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  std::optional<ReservationId> id;
  if (!call.request.arguments.empty()) {
    const auto given = path_id<ReservationId>(call.request, what);
    if (!given) co_return error_response(given.error());
    id = *given;
  }
  co_return reply(call.gateway.keys().reservations().preview(call.request.caller, *body, id));
}

asio::awaitable<Response> get_reservation(Call call) {
  QueryReader query(call.request.target);
  const auto secrets = secrets_in(query);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto id = path_id<ReservationId>(call.request, what);
  if (!id) co_return error_response(id.error());
  co_return reply(call.gateway.keys().reservation_views().one(call.request.caller, *id, secrets));
}

asio::awaitable<Response> put_reservation(Call call) {
  auto asked = secret_body(call.request);
  if (!asked) co_return error_response(asked.error());
  const auto id = path_id<ReservationId>(call.request, what);
  if (!id) co_return error_response(id.error());
  const auto answer = co_await call.gateway.keys().reservations().change(
      std::move(call.request.caller), *id, std::move(asked->body), asked->secrets);
  co_return reply(answer);
}

asio::awaitable<Response> delete_reservation(Call call) {
  const auto origin = origin_of(call.request.target);
  if (!origin) co_return error_response(origin.error());
  const auto id = path_id<ReservationId>(call.request, what);
  if (!id) co_return error_response(id.error());
  const auto answer = co_await call.gateway.keys().reservations().remove(
      std::move(call.request.caller), *id, *origin);
  co_return reply(answer);
}

asio::awaitable<Response> get_calendar(Call call) {
  const auto query = calendar_query(call.request.target);
  if (!query) co_return error_response(query.error());
  co_return reply(call.gateway.keys().reservation_views().calendar(*query));
}

}  // namespace genkan::api
