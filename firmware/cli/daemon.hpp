#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "firmware/base/api_client.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"

namespace genkan::cli {

// How the program ends, for scripts (docs/CLI.md).
enum class Exit : int {
  done = 0,
  failed = 1,       // the gateway could not, or refused
  usage = 2,        // the command line or a value in it is wrong
  unreachable = 3,  // the daemon does not answer
  forbidden = 4,    // the role does not allow it
  unknown = 5,      // no such device, bus …
  busy = 6,         // too much is waiting; trying again later can help
};
Exit exit_of(ErrorCode code);
// The graver of two: for several devices at once.
Exit worse(Exit a, Exit b);

// genkand, asked one thing after the other.
class Daemon {
 public:
  explicit Daemon(std::string socket);

  // The answer's body as JSON; an answer that is no 200 is an error with its sentence.
  Result<json::object> get(std::string target, std::chrono::milliseconds within = default_limit);
  // Without a body: none is sent.
  Result<json::object> send(std::string method, std::string target,
                            const std::optional<json::value>& body,
                            std::chrono::milliseconds within = default_limit);
  // As it came, whatever its status.
  Result<ApiResponse> ask(ApiRequest request, std::chrono::milliseconds within = default_limit);
  // All at once; tells of each answer as it comes.
  void ask_all(std::vector<ApiRequest> requests, std::chrono::milliseconds within,
               const std::function<void(std::size_t, Result<ApiResponse>)>& on_answer);

  boost::asio::io_context& loop() { return loop_; }
  ApiClient& client() { return client_; }

  static constexpr std::chrono::milliseconds default_limit{15'000};

 private:
  boost::asio::io_context loop_;
  ApiClient client_;
};

// The body of a 200; else the error that the answer carries.
Result<json::object> object_of(const ApiResponse& response);
Error error_of(const ApiResponse& response);

// One part of a path or a value of a query, escaped.
std::string escaped(std::string_view text);

// Members of answers, read leniently: a newer daemon may say things differently.
std::string text_at(const json::object& object, std::string_view key);
std::int64_t number_at(const json::object& object, std::string_view key);
bool flag_at(const json::object& object, std::string_view key);
const json::object& object_at(const json::object& object, std::string_view key);
const json::array& array_at(const json::object& object, std::string_view key);

}  // namespace genkan::cli
