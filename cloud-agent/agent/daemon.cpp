#include "cloud-agent/agent/daemon.hpp"

#include <utility>

#include "cloud-agent/agent/request_desk.hpp"

namespace genkan::agent {

namespace {
// Two lanes, the status, a cursor, the claim, the link report.
constexpr std::size_t own_connections = 6;
}  // namespace

// A connection for each request in hand: one that waits for a slow door holds up no other.
DaemonClient::DaemonClient(boost::asio::any_io_executor loop, std::string socket_path)
    : own_(loop, socket_path, own_connections),
      cloud_(loop, std::move(socket_path), RequestDesk::most_in_hand) {}

boost::asio::awaitable<Result<ApiResponse>> DaemonClient::request(
    ApiRequest request, std::chrono::milliseconds within) {
  return own_.request(std::move(request), within);
}

boost::asio::awaitable<Result<ApiResponse>> DaemonClient::pass_on(
    ApiRequest request, std::chrono::milliseconds within) {
  return cloud_.request(std::move(request), within);
}

boost::asio::awaitable<Result<>> DaemonClient::stream(std::string target,
                                                      std::function<bool(const ApiEvent&)> on_event,
                                                      std::chrono::milliseconds silence) {
  return own_.stream(std::move(target), std::move(on_event), silence);
}

}  // namespace genkan::agent
