#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "cloud-agent/agent/daemon.hpp"

namespace genkan::agent {

// A genkand that answers as the test says and remembers what it was asked.
class FakeDaemon final : public Daemon {
 public:
  std::function<Result<ApiResponse>(const ApiRequest&)> answer = [](const ApiRequest&) {
    return ApiResponse{404, "application/json", "{}"};
  };
  std::vector<ApiRequest> asked;      // by the agent itself
  std::vector<ApiRequest> passed_on;  // for the cloud

  boost::asio::awaitable<Result<ApiResponse>> request(ApiRequest request,
                                                      std::chrono::milliseconds) override {
    // A turn of the loop lies between question and answer, as with a real one.
    co_await boost::asio::post(boost::asio::use_awaitable);
    asked.push_back(request);
    co_return answer(request);
  }
  boost::asio::awaitable<Result<ApiResponse>> pass_on(ApiRequest request,
                                                      std::chrono::milliseconds) override {
    co_await boost::asio::post(boost::asio::use_awaitable);
    passed_on.push_back(request);
    co_return answer(request);
  }
  boost::asio::awaitable<Result<>> stream(std::string, std::function<bool(const ApiEvent&)>,
                                          std::chrono::milliseconds) override {
    co_return fail(ErrorCode::unreachable, "no stream");
  }
};

}  // namespace genkan::agent
