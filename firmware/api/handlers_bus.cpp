// Handlers for installers: buses, registers, the site file; and the API's own description.
#include <algorithm>

#include "firmware/api/handlers.hpp"
#include "firmware/api/openapi.hpp"
#include "firmware/base/text.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using Table = ports::RegisterQuestion::Table;

namespace {

// Modbus' own bounds of one exchange.
constexpr std::int64_t most_bits_read = 2000;
constexpr std::int64_t most_words_read = 125;
constexpr std::size_t most_bits_written = 1968;
constexpr std::size_t most_words_written = 123;

bool of_bits(Table table) { return table == Table::coil || table == Table::discrete; }

// The words in the order of Table.
constexpr std::string_view tables[] = {"coil", "discrete", "holding", "input"};

Result<Table> table_named(std::string_view word) {
  const auto found = std::ranges::find(tables, word);
  if (found == std::end(tables)) {
    return fail(ErrorCode::invalid, cat("the question: 'table' must be ", alternatives(tables),
                                        ", not '", printable(word, 40), "'"));
  }
  return static_cast<Table>(found - std::begin(tables));
}

Result<BusId> bus_of(const Request& request) {
  auto id = parse_id<BusId>(request.arguments[0]);
  if (!id) {
    return fail(ErrorCode::unknown,
                cat("there is no bus '", printable(request.arguments[0], 48), "'"));
  }
  return id;
}

Result<ports::RegisterQuestion> read_question(const json::object& body) {
  JsonReader reader(body, "the question");
  ports::RegisterQuestion question;
  question.unit = static_cast<std::uint8_t>(reader.integer("unit", 0, 255));
  const auto word = reader.text("table");
  question.address = static_cast<std::uint16_t>(reader.integer("address", 0, 65'535));
  const auto count = reader.optional_integer("count", 1, most_bits_read).value_or(1);
  if (const auto read = reader.finish(); !read) return fail(read.error());
  const auto table = table_named(word);
  if (!table) return fail(table.error());
  if (!of_bits(*table) && count > most_words_read) {
    return fail(ErrorCode::invalid,
                cat("the question: 'count' of ", word, " must be at most ", most_words_read));
  }
  question.table = *table;
  question.count = static_cast<std::uint16_t>(count);
  return question;
}

Result<std::vector<std::uint16_t>> values_of(const json::array& list, Table table) {
  const std::size_t most = of_bits(table) ? most_bits_written : most_words_written;
  const std::int64_t highest = of_bits(table) ? 1 : 65'535;
  if (list.empty() || list.size() > most) {
    return fail(ErrorCode::invalid, cat("the question: 'values' must have 1 to ", most, " values"));
  }
  std::vector<std::uint16_t> values;
  for (const auto& value : list) {
    if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > highest) {
      return fail(ErrorCode::invalid,
                  cat("the question: each of 'values' must be a whole number from 0 to ", highest));
    }
    values.push_back(static_cast<std::uint16_t>(value.get_int64()));
  }
  return values;
}

Result<ports::RegisterQuestion> write_question(const json::object& body) {
  JsonReader reader(body, "the question");
  ports::RegisterQuestion question;
  question.unit = static_cast<std::uint8_t>(reader.integer("unit", 0, 255));
  const auto word = reader.text("table");
  question.address = static_cast<std::uint16_t>(reader.integer("address", 0, 65'535));
  const json::array* list = reader.optional_array("values");
  if (const auto read = reader.finish(); !read) return fail(read.error());
  const auto table = table_named(word);
  if (!table) return fail(table.error());
  if (*table != Table::coil && *table != Table::holding) {
    return fail(ErrorCode::invalid,
                cat("the question: ", word, " cannot be written; coil and holding can"));
  }
  if (list == nullptr)
    return fail(ErrorCode::invalid, "the question: 'values' is missing (a list)");
  auto values = values_of(*list, *table);
  if (!values) return fail(values.error());
  question.table = *table;
  question.count = static_cast<std::uint16_t>(values->size());
  question.write = std::move(*values);
  return question;
}

asio::awaitable<Response> ask(Call call,
                              Result<ports::RegisterQuestion> (*parse)(const json::object&)) {
  QueryReader query(call.request.target);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto bus = bus_of(call.request);
  if (!bus) co_return error_response(bus.error());
  const auto body = body_object(call.request);
  if (!body) co_return error_response(body.error());
  auto question = parse(*body);
  if (!question) co_return error_response(question.error());
  const auto values = co_await call.gateway.ask(std::move(call.request.caller), *bus, *question);
  if (!values) co_return error_response(values.error());
  json::array list(values->begin(), values->end());
  co_return json_response({{"values", std::move(list)}});
}

}  // namespace

asio::awaitable<Response> get_buses(Call call) {
  QueryReader query(call.request.target);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  co_return json_response(call.gateway.buses_json());
}

asio::awaitable<Response> post_bus_read(Call call) { return ask(std::move(call), read_question); }
asio::awaitable<Response> post_bus_write(Call call) { return ask(std::move(call), write_question); }

asio::awaitable<Response> post_bus_scan(Call call) {
  QueryReader query(call.request.target);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto bus = bus_of(call.request);
  if (!bus) co_return error_response(bus.error());
  const auto body = body_object(call.request);
  if (!body) co_return error_response(body.error());
  JsonReader reader(*body, "the scan");
  const auto first = reader.optional_integer("first", 0, 255).value_or(1);
  const auto last = reader.optional_integer("last", 0, 255).value_or(247);
  if (const auto read = reader.finish(); !read) co_return error_response(read.error());
  if (first > last) {
    co_return error_response(
        Error(ErrorCode::invalid, "the scan: 'first' must not be greater than 'last'"));
  }
  const auto hits =
      co_await call.gateway.scan(std::move(call.request.caller), *bus,
                                 static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last));
  if (!hits) co_return error_response(hits.error());
  json::array units;
  for (const auto& hit : *hits) {
    units.push_back({{"unit", hit.unit},
                     {"round_trip_us", hit.round_trip.count()},
                     {"answered", hit.answered}});
  }
  co_return json_response({{"units", std::move(units)}});
}

asio::awaitable<Response> get_site(Call call) {
  QueryReader query(call.request.target);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  Response response;
  response.content_type = "application/toml";
  response.body = call.gateway.site_export();
  co_return response;
}

asio::awaitable<Response> put_site(Call call) {
  QueryReader query(call.request.target);
  const bool check_only = query.flag("check");
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  const auto answer = co_await call.gateway.site_import(std::move(call.request.caller),
                                                        std::move(call.request.body), check_only);
  if (!answer) co_return error_response(answer.error());
  if (answer->problems.empty()) co_return json_response(services::to_json(*answer));
  co_return mistakes_response("the site file", answer->problems);
}

asio::awaitable<Response> get_openapi(Call call) {
  QueryReader query(call.request.target);
  if (const auto read = query.finish(); !read) co_return error_response(read.error());
  Response response;
  response.body = openapi_document();
  co_return response;
}

}  // namespace genkan::api
