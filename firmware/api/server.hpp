#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "firmware/api/peer.hpp"
#include "firmware/api/session.hpp"
#include "firmware/base/error.hpp"
#include "firmware/services/gateway.hpp"

namespace genkan::api {

// From the settings: [api].
struct ApiOptions {
  std::string socket = "/run/genkan/api.sock";
  std::string socket_group;  // who may open the socket besides the daemon's own user; empty: nobody
  std::vector<RoleRule> roles;
  // Further ones are answered 503 and closed. The role cloud, and who has none, get three quarters
  // of them: the others are for the users of the building.
  std::size_t most_connections = 64;
  SessionLimits limits;
};

// The API on a Unix socket. Loop thread. The gateway must outlive the loop's last run.
class Server {
 public:
  Server(boost::asio::any_io_executor loop, services::Gateway& gateway, ApiOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Makes the socket (mode 0660, the group of the options) and takes connections from then on. A
  // socket left behind by a dead daemon is replaced; one that a living daemon serves is an error.
  Result<> start();
  // Takes no more connections, closes those that are open and removes the socket.
  void stop();
  std::size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genkan::api
