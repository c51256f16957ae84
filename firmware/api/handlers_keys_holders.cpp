// Holders of office keys, by hand and from a file.
#include "firmware/api/handlers_keys.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using domain::HolderId;

namespace {

constexpr std::string_view what = "holder";
constexpr std::int64_t most_page = 200;
constexpr std::size_t most_rows_text = 4096;

Result<services::HolderQuery> list_query(const Target& target) {
  QueryReader query(target);
  services::HolderQuery wanted;
  wanted.text = query.optional_text("text").value_or("");
  const auto key_group = query.optional_text("key_group");
  wanted.page = static_cast<std::size_t>(query.optional_integer("page", 1, 1'000'000).value_or(1));
  wanted.page_size =
      static_cast<std::size_t>(query.optional_integer("page_size", 1, most_page).value_or(50));
  wanted.secrets = secrets_in(query);
  if (const auto read = query.finish(); !read) return fail(read.error());
  auto id = query_id<domain::KeyGroupId>("key_group", key_group);
  if (!id) return fail(id.error());
  wanted.key_group = std::move(*id);
  return wanted;
}

struct ImportQuery {
  Charset charset = Charset::automatic;
  std::optional<services::RowChoice> rows;  // none: a preview
};

Result<ImportQuery> import_query(const Target& target) {
  QueryReader query(target);
  ImportQuery wanted;
  const bool preview = query.flag("preview");
  wanted.charset = charset_in(query);
  const auto rows = query.optional_text("rows", most_rows_text);
  if (const auto read = query.finish(); !read) return fail(read.error());
  if (preview == rows.has_value()) {
    return fail(
        ErrorCode::invalid,
        "the query: give preview=1 to see what each row would do, or rows=1,3-7 or rows=all "
        "to do it");
  }
  if (preview) return wanted;
  auto choice = services::RowChoice::parse(*rows);
  if (!choice) return fail(choice.error().in("the query: 'rows'"));
  wanted.rows = std::move(*choice);
  return wanted;
}

}  // namespace

asio::awaitable<Response> get_holders(Call call) {
  const auto query = list_query(call.request.target);
  if (!query) co_return error_response(query.error());
  co_return reply(call.gateway.keys().holders().list(call.request.caller, *query));
}

asio::awaitable<Response> post_holder(Call call) {
  auto asked = secret_body(call.request);
  if (!asked) co_return error_response(asked.error());
  const auto answer = co_await call.gateway.keys().holders().create(
      std::move(call.request.caller), std::move(asked->body), asked->secrets);
  co_return reply(answer);
}

asio::awaitable<Response> post_holder_import(Call call) {
  auto query = import_query(call.request.target);
  if (!query) co_return error_response(query.error());
  auto& import = call.gateway.keys().holder_import();
  if (!query->rows) {
    co_return reply(import.preview(call.request.caller, call.request.body, query->charset));
  }
  const auto answer =
      co_await import.run(std::move(call.request.caller), std::move(call.request.body),
                          query->charset, std::move(*query->rows));
  co_return reply(answer);
}

asio::awaitable<Response> get_holder_sample(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  co_return file_response("text/csv; charset=utf-8", services::HolderImport::sample());
}

asio::awaitable<Response> get_holder(Call call) {
  QueryReader query(call.request.target);
  const auto secrets = secrets_in(query);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto id = path_id<HolderId>(call.request, what);
  if (!id) co_return error_response(id.error());
  co_return reply(call.gateway.keys().holders().one(call.request.caller, *id, secrets));
}

asio::awaitable<Response> put_holder(Call call) {
  auto asked = secret_body(call.request);
  if (!asked) co_return error_response(asked.error());
  const auto id = path_id<HolderId>(call.request, what);
  if (!id) co_return error_response(id.error());
  const auto answer = co_await call.gateway.keys().holders().change(
      std::move(call.request.caller), *id, std::move(asked->body), asked->secrets);
  co_return reply(answer);
}

asio::awaitable<Response> delete_holder(Call call) {
  if (const auto read = no_query(call.request); !read) co_return error_response(read.error());
  const auto id = path_id<HolderId>(call.request, what);
  if (!id) co_return error_response(id.error());
  const auto answer =
      co_await call.gateway.keys().holders().remove(std::move(call.request.caller), *id);
  co_return reply(answer);
}

}  // namespace genkan::api
