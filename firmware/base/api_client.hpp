#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "firmware/base/error.hpp"

// A small client of genkand's API on its Unix socket; the CLI and the agent share it.
namespace genkan {

struct ApiRequest {
  std::string method = "GET";
  std::string target;  // "/v1/devices?…"
  std::string body;    // empty: none
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;  // further ones
};

struct ApiResponse {
  int status = 0;
  std::string content_type;
  std::string body;  // at most 16 MiB
};

// One event of a stream (server-sent events).
struct ApiEvent {
  std::string name;
  std::string id;
  std::string data;
};

// Keeps up to `most_connections` connections open and reuses them; requests beyond wait their turn,
// at most 256 of them (then ErrorCode::busy). One thread: that of `loop`.
class ApiClient {
 public:
  ApiClient(boost::asio::any_io_executor loop, std::string socket_path,
            std::size_t most_connections = 8);
  ~ApiClient();

  // Ends at or before `within`. A request that fails on a connection that had been idle is tried
  // once more on a new one, if it is a GET or PUT.
  boost::asio::awaitable<Result<ApiResponse>> request(ApiRequest request,
                                                      std::chrono::milliseconds within);
  // Opens an event stream on a connection of its own and calls `on_event` for each event until the
  // stream ends, `on_event` returns false, or nothing (not even a comment) came for `silence`.
  // Ends with the reason.
  boost::asio::awaitable<Result<>> stream(std::string target,
                                          std::function<bool(const ApiEvent&)> on_event,
                                          std::chrono::milliseconds silence);

 private:
  struct Pool;
  std::shared_ptr<Pool> pool_;
};

}  // namespace genkan
