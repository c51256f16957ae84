// Key groups and validity groups.
#include "firmware/api/handlers_keys.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using domain::KeyGroupId;
using domain::ValidityGroupId;
using services::GroupOffice;

namespace {

constexpr std::string_view key_group = "key group";
constexpr std::string_view validity_group = "validity group";

using Answer = asio::awaitable<Result<json::object>>;

asio::awaitable<Response> list(Call call, json::object (GroupOffice::*all)() const) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  co_return json_response((call.gateway.keys().groups().*all)());
}

asio::awaitable<Response> create(Call call,
                                 Answer (GroupOffice::*make)(domain::Caller, json::object)) {
  auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  const auto answer = co_await (call.gateway.keys().groups().*make)(std::move(call.request.caller),
                                                                    std::move(*body));
  co_return reply(answer);
}

template <class IdType>
asio::awaitable<Response> change(Call call, std::string_view what,
                                 Answer (GroupOffice::*put)(domain::Caller, IdType, json::object)) {
  auto body = plain_body(call.request);
  if (!body) co_return error_response(body.error());
  const auto id = path_id<IdType>(call.request, what);
  if (!id) co_return error_response(id.error());
  const auto answer = co_await (call.gateway.keys().groups().*put)(std::move(call.request.caller),
                                                                   *id, std::move(*body));
  co_return reply(answer);
}

template <class IdType>
asio::awaitable<Response> remove(Call call, std::string_view what,
                                 Answer (GroupOffice::*drop)(domain::Caller, IdType)) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto id = path_id<IdType>(call.request, what);
  if (!id) co_return error_response(id.error());
  const auto answer =
      co_await (call.gateway.keys().groups().*drop)(std::move(call.request.caller), *id);
  co_return reply(answer);
}

}  // namespace

asio::awaitable<Response> get_key_groups(Call call) {
  return list(std::move(call), &GroupOffice::key_groups);
}
asio::awaitable<Response> post_key_group(Call call) {
  return create(std::move(call), &GroupOffice::create_key_group);
}
asio::awaitable<Response> put_key_group(Call call) {
  return change<KeyGroupId>(std::move(call), key_group, &GroupOffice::change_key_group);
}
asio::awaitable<Response> delete_key_group(Call call) {
  return remove<KeyGroupId>(std::move(call), key_group, &GroupOffice::remove_key_group);
}

asio::awaitable<Response> get_validity_groups(Call call) {
  return list(std::move(call), &GroupOffice::validity_groups);
}
asio::awaitable<Response> post_validity_group(Call call) {
  return create(std::move(call), &GroupOffice::create_validity_group);
}
asio::awaitable<Response> put_validity_group(Call call) {
  return change<ValidityGroupId>(std::move(call), validity_group,
                                 &GroupOffice::change_validity_group);
}
asio::awaitable<Response> delete_validity_group(Call call) {
  return remove<ValidityGroupId>(std::move(call), validity_group,
                                 &GroupOffice::remove_validity_group);
}

}  // namespace genkan::api
