#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "firmware/base/api_client.hpp"

namespace genkan::agent {

// genkand as the agent needs it; calls as in ApiClient. Tests bring a fake.
class Daemon {
 public:
  virtual ~Daemon() = default;
  // For the agent's own reading and writing.
  virtual boost::asio::awaitable<Result<ApiResponse>> request(ApiRequest request,
                                                              std::chrono::milliseconds within) = 0;
  // For a request of the cloud: on connections of its own, so that neither waits for the other.
  virtual boost::asio::awaitable<Result<ApiResponse>> pass_on(ApiRequest request,
                                                              std::chrono::milliseconds within) = 0;
  virtual boost::asio::awaitable<Result<>> stream(std::string target,
                                                  std::function<bool(const ApiEvent&)> on_event,
                                                  std::chrono::milliseconds silence) = 0;
};

class DaemonClient final : public Daemon {
 public:
  DaemonClient(boost::asio::any_io_executor loop, std::string socket_path);
  boost::asio::awaitable<Result<ApiResponse>> request(ApiRequest request,
                                                      std::chrono::milliseconds within) override;
  boost::asio::awaitable<Result<ApiResponse>> pass_on(ApiRequest request,
                                                      std::chrono::milliseconds within) override;
  boost::asio::awaitable<Result<>> stream(std::string target,
                                          std::function<bool(const ApiEvent&)> on_event,
                                          std::chrono::milliseconds silence) override;

 private:
  ApiClient own_;
  ApiClient cloud_;
};

}  // namespace genkan::agent
