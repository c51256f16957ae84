#include "firmware/api/handlers.hpp"

#include <algorithm>
#include <array>
#include <ranges>

#include "firmware/base/text.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using services::LiveKinds;

namespace {

constexpr std::int64_t most_milliseconds = 60'000;
constexpr std::int64_t default_milliseconds = 10'000;
constexpr std::chrono::seconds refresh_limit{5};

Response no_device(std::string_view id) {
  return error_response(
      Error(ErrorCode::unknown, cat("there is no device '", printable(id, 48), "'")));
}

std::string unknown_command(std::string_view typed) {
  std::vector<std::string_view> names;
  for (const auto& command : domain::all_commands()) names.push_back(command.name);
  const auto near = nearest(typed, names);
  return cat(
      "there is no command '", printable(typed, 40), "'; ",
      near.empty() ? cat("there are ", alternatives(names)) : cat("did you mean '", near, "'?"));
}

// An answer without parameters: no query, no body.
asio::awaitable<Response> view(Call call, json::object (services::Gateway::*make)() const) {
  QueryReader query(call.request.target);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  co_return json_response((call.gateway.*make)());
}

}  // namespace

Result<json::object> body_object(const Request& request) {
  auto value = parse_json(request.body, most_bytes(Body::json));
  if (!value) return fail(value.error().in("the body"));
  if (!value->is_object()) return fail(ErrorCode::invalid, "the body must be a JSON object");
  return std::move(value->get_object());
}

Response mistakes_response(std::string_view what, const std::vector<Problem>& problems) {
  constexpr std::size_t most = 100;
  auto response =
      error_response(Error(ErrorCode::invalid, cat(what, " has ", problems.size(),
                                                   problems.size() == 1 ? " mistake" : " mistakes",
                                                   "; nothing was changed")));
  auto body = json::parse(response.body).as_object();
  json::array list;
  for (const auto& problem : problems | std::views::take(most)) {
    list.push_back(
        json::object{{"file", problem.file}, {"line", problem.line}, {"message", problem.message}});
  }
  body["problems"] = std::move(list);
  response.body = json::serialize(body);
  return response;
}

asio::awaitable<Response> get_status(Call call) {
  return view(std::move(call), &services::Gateway::status_json);
}
asio::awaitable<Response> get_devices(Call call) {
  return view(std::move(call), &services::Gateway::devices_json);
}
asio::awaitable<Response> get_troubles(Call call) {
  return view(std::move(call), &services::Gateway::troubles_json);
}
asio::awaitable<Response> get_models(Call call) {
  return view(std::move(call), &services::Gateway::models_json);
}

asio::awaitable<Response> get_device(Call call) {
  QueryReader query(call.request.target);
  const bool refresh = query.flag("refresh");
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const std::string& name = call.request.arguments[0];
  const auto id = parse_id<DeviceId>(name);
  if (!id) co_return no_device(name);
  if (refresh) {
    const auto reported = co_await call.gateway.refresh(*id, refresh_limit);
    if (!reported) co_return error_response(reported.error());
  }
  const auto device = call.gateway.device_json(*id);
  if (!device) co_return no_device(name);
  co_return json_response(*device);
}

asio::awaitable<Response> post_command(Call call) {
  QueryReader query(call.request.target);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto body = body_object(call.request);
  if (!body) co_return error_response(body.error());
  JsonReader reader(*body, "the command");
  const auto name = reader.text("command");
  const auto part = reader.optional_integer("part", 1, 255);
  const auto limit = reader.optional_integer("timeout_ms", 1, most_milliseconds);
  if (const auto read = reader.finish(); !read) co_return error_response(read.error());
  const auto word = domain::command_named(name);
  if (!word) co_return error_response(Error(ErrorCode::invalid, unknown_command(name)));
  const auto id = parse_id<DeviceId>(call.request.arguments[0]);
  if (!id) co_return no_device(call.request.arguments[0]);
  const domain::DeviceCommand command{*word, static_cast<std::uint8_t>(part.value_or(0))};
  const std::chrono::milliseconds timeout(limit.value_or(default_milliseconds));
  const auto answer =
      co_await call.gateway.command(std::move(call.request.caller), *id, command, timeout);
  if (!answer) co_return error_response(answer.error());
  co_return json_response(services::to_json(*answer));
}

// ---- the journal and its readers

namespace {

struct JournalRequest {
  ports::JournalQuery query;
  std::chrono::seconds wait{0};
};

Result<JournalRequest> journal_request(const Target& target) {
  static constexpr std::string_view lanes[] = {"activity", "alarm"};
  static constexpr std::string_view orders[] = {"oldest", "newest"};
  QueryReader query(target);
  JournalRequest request;
  const auto after = query.optional_integer("after", 0, INT64_MAX);
  const auto before = query.optional_integer("before", 1, INT64_MAX);
  const auto limit = query.optional_integer("limit", 1, 1000);
  const auto lane = query.optional_word("lane", lanes);
  const auto device = query.optional_text("device");
  const auto order = query.optional_word("order", orders);
  const auto wait = query.optional_integer("wait", 0, 60);
  if (const auto read = query.finish(); !read) return fail(read.error());
  request.query.newest_first = order == 1U;
  if (before && !request.query.newest_first) {
    return fail(ErrorCode::invalid, "the query: 'before' needs order=newest");
  }
  if (wait.value_or(0) > 0 && request.query.newest_first) {
    return fail(ErrorCode::invalid, "the query: 'wait' does not go with order=newest");
  }
  request.query.after = Seq{after.value_or(0)};
  if (before) request.query.before = Seq{*before};
  request.query.limit = static_cast<std::uint32_t>(limit.value_or(100));
  if (lane) request.query.lane = static_cast<domain::RecordLane>(*lane);
  request.wait = std::chrono::seconds(wait.value_or(0));
  if (!device) return request;
  const auto id = parse_id<DeviceId>(*device);
  if (!id) return fail(id.error().in("the query: 'device'"));
  request.query.device = *id;
  return request;
}

static_assert(static_cast<int>(domain::RecordLane::activity) == 0 &&
              static_cast<int>(domain::RecordLane::alarm) == 1);

Result<LiveKinds> kinds_of(const std::optional<std::string>& list) {
  if (!list) return LiveKinds::all();
  auto kinds = LiveKinds::none();
  for (const auto part : std::views::split(*list, ',')) {
    const std::string_view word(part.begin(), part.end());
    const auto kind = services::live_named(word);
    if (!kind) {
      return fail(ErrorCode::invalid,
                  cat("the query: 'kinds' has '", printable(word, 40),
                      "'; known are device, record, trouble or bus, parted by commas"));
    }
    kinds.add(*kind);
  }
  return kinds;
}

}  // namespace

asio::awaitable<Response> get_journal(Call call) {
  const auto wanted = journal_request(call.request.target);
  if (!wanted) co_return error_response(wanted.error());
  const auto page = co_await call.gateway.journal(wanted->query, wanted->wait);
  if (!page) co_return error_response(page.error());
  co_return json_response(services::to_json(*page));
}

asio::awaitable<Response> get_stream(Call call) {
  QueryReader query(call.request.target);
  const auto list = query.optional_text("kinds");
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto kinds = kinds_of(list);
  if (!kinds) co_return error_response(kinds.error());
  auto events = std::make_shared<EventStream>();
  events->hello = json::serialize(call.gateway.hello_json());
  events->subscription = call.gateway.subscribe(*kinds);
  if (!events->subscription) {
    co_return error_response(Error(ErrorCode::busy, "too many streams are open already"));
  }
  Response response;
  response.content_type = "text/event-stream";
  response.events = std::move(events);
  co_return response;
}

asio::awaitable<Response> get_reader(Call call) {
  QueryReader query(call.request.target);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto seq = co_await call.gateway.cursor(std::move(call.request.arguments[0]));
  if (!seq) co_return error_response(seq.error());
  co_return json_response({{"seq", number(*seq)}});
}

asio::awaitable<Response> put_reader(Call call) {
  QueryReader query(call.request.target);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto body = body_object(call.request);
  if (!body) co_return error_response(body.error());
  JsonReader reader(*body, "the reader");
  const Seq seq{reader.integer("seq", 0, INT64_MAX)};
  if (const auto read = reader.finish(); !read) co_return error_response(read.error());
  const auto set = co_await call.gateway.set_cursor(std::move(call.request.arguments[0]), seq);
  if (!set) co_return error_response(set.error());
  co_return json_response({{"seq", number(seq)}});
}

}  // namespace genkan::api
