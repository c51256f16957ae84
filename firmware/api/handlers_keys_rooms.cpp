// What residents give out: visitors' keys as QR codes, and their room's own code.
#include "firmware/api/handlers_keys.hpp"
#include "firmware/api/qr.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using domain::TemporaryKeyId;

namespace {

constexpr std::string_view what = "temporary key";

// How the QR comes.
struct Form {
  std::string_view content_type;
  Result<std::string> (*draw)(std::string_view text);
};
Result<std::string> as_it_is(std::string_view text) { return std::string(text); }

constexpr std::string_view form_words[] = {"text", "svg", "png"};
constexpr Form forms[] = {
    {"text/plain; charset=utf-8", as_it_is}, {"image/svg+xml", qr_svg}, {"image/png", qr_png}};
static_assert(std::size(form_words) == std::size(forms));

}  // namespace

asio::awaitable<Response> get_temporary_keys(Call call) {
  QueryReader query(call.request.target);
  const auto room = query.optional_text("room");
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto id = query_id<RoomId>("room", room);
  if (!id) co_return error_response(id.error());
  co_return json_response(call.gateway.keys().temporary_keys().list(*id));
}

asio::awaitable<Response> post_temporary_key(Call call) {
  auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  const auto answer = co_await call.gateway.keys().temporary_keys().create(
      std::move(call.request.caller), std::move(*body));
  co_return reply(answer);
}

asio::awaitable<Response> post_temporary_key_revoke(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto id = path_id<TemporaryKeyId>(call.request, what);
  if (!id) co_return error_response(id.error());
  const auto answer =
      co_await call.gateway.keys().temporary_keys().revoke(std::move(call.request.caller), *id);
  co_return reply(answer);
}

asio::awaitable<Response> get_temporary_key_qr(Call call) {
  QueryReader query(call.request.target);
  const auto form = query.optional_word("form", form_words);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto id = path_id<TemporaryKeyId>(call.request, what);
  if (!id) co_return error_response(id.error());
  const auto token = call.gateway.keys().temporary_keys().token(call.request.caller, *id);
  if (!token) co_return error_response(token.error());
  const Form& wanted = forms[form.value_or(0)];
  auto drawn = wanted.draw(*token);
  if (!drawn) co_return error_response(drawn.error());
  co_return file_response(wanted.content_type, std::move(*drawn));
}

asio::awaitable<Response> get_room_code(Call call) {
  QueryReader query(call.request.target);
  const auto secrets = secrets_in(query);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto room = path_id<RoomId>(call.request, "room");
  if (!room) co_return error_response(room.error());
  co_return reply(call.gateway.keys().room_codes().one(call.request.caller, *room, secrets));
}

asio::awaitable<Response> put_room_code(Call call) {
  auto asked = secret_body(call.request);
  if (!asked) co_return error_response(asked.error());
  const auto room = path_id<RoomId>(call.request, "room");
  if (!room) co_return error_response(room.error());
  const auto answer = co_await call.gateway.keys().room_codes().set(
      std::move(call.request.caller), *room, std::move(asked->body), asked->secrets);
  co_return reply(answer);
}

asio::awaitable<Response> delete_room_code(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto room = path_id<RoomId>(call.request, "room");
  if (!room) co_return error_response(room.error());
  const auto answer =
      co_await call.gateway.keys().room_codes().remove(std::move(call.request.caller), *room);
  co_return reply(answer);
}

}  // namespace genkan::api
