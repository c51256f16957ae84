#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"
#include "firmware/domain/caller.hpp"
#include "firmware/services/live.hpp"

// A request and a response as the handlers see them: free of sockets and of the HTTP library.
namespace genkan::api {

struct Parameter {
  std::string name;
  std::string value;
};

// Path and query of a request target, decoded.
struct Target {
  std::vector<std::string> path;  // "/v1/devices" is {"v1", "devices"}
  std::vector<Parameter> query;
};
// At most 16 segments and 32 parameters; anything else than an absolute path is invalid.
Result<Target> parse_target(std::string_view target);

struct Request {
  std::string method;
  Target target;
  std::vector<std::string> arguments;  // what stood for {…} in the route's pattern, in order
  std::string content_type;            // without parameters, lower case; may be empty
  std::string body;
  domain::Caller caller;
};

// A stream of server-sent events: a greeting, then what the subscription brings.
struct EventStream {
  std::string hello;  // one line of JSON
  std::unique_ptr<services::Subscription> subscription;
};
// One event as it goes out; `data` is one line. An empty id is left out.
std::string event_text(std::string_view name, std::string_view id, std::string_view data);

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string allow;                    // 405: what would be right
  std::shared_ptr<EventStream> events;  // set: an event stream follows instead of `body`
};

Response json_response(const json::value& value);
// {"error": {"code", "message"}} with the status that belongs to the code.
Response error_response(const Error& error);
Response error_response(int status, std::string_view code, std::string_view message);
std::string_view status_text(int status);

// Reads the query strictly: each accessor takes one key; finish() complains about wrong values,
// keys given twice and keys that nobody took, all in one error. Holds a reference to the request.
class QueryReader {
 public:
  explicit QueryReader(const Target& target) : query_(target.query) {}

  std::optional<std::string> optional_text(std::string_view key, std::size_t most = 256);
  std::optional<std::int64_t> optional_integer(std::string_view key, std::int64_t low,
                                               std::int64_t high);
  // One of `words`; its index.
  std::optional<std::size_t> optional_word(std::string_view key,
                                           std::span<const std::string_view> words);
  // 0 or 1, false if absent.
  bool flag(std::string_view key);

  Result<> finish();

 private:
  const std::string* take(std::string_view key);

  const std::vector<Parameter>& query_;
  std::vector<std::string_view> taken_;
  std::vector<std::string> complaints_;
};

}  // namespace genkan::api
