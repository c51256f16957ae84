#include "firmware/api/server.hpp"

#include <cerrno>
#include <cstring>

#include <boost/asio/local/stream_protocol.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/api/listener.hpp"
#include "firmware/base/text.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;

namespace {

Error system_error(std::string_view what) {
  return Error(ErrorCode::io, cat(what, ": ", std::strerror(errno)));
}

// Whether somebody takes connections on the socket file.
bool alive(const std::string& path) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return true;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int connected = ::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address);
  const bool refused = connected != 0 && errno == ECONNREFUSED;
  ::close(probe);
  return !refused;
}

// Makes way at the path: nothing may be there, or the socket of a daemon that is gone.
Result<> make_way(const std::string& path) {
  if (path.empty() || path.size() + 4 >= sizeof(sockaddr_un::sun_path)) {
    return fail(ErrorCode::invalid,
                cat("the socket's path must have 1 to ", sizeof(sockaddr_un::sun_path) - 5,
                    " bytes: '", printable(path), "'"));
  }
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return fail(system_error(cat("cannot look at ", path)));
  }
  if (!S_ISSOCK(found.st_mode)) {
    return fail(ErrorCode::conflict, cat(path, " is there and is no socket; move it away"));
  }
  if (alive(path)) {
    return fail(ErrorCode::conflict, cat("a daemon serves ", path, " already; stop it first"));
  }
  return {};
}

}  // namespace

struct Server::Impl {
  Result<> open();
  void close();

  asio::any_io_executor loop;
  services::Gateway& gateway;
  ApiOptions options;
  std::shared_ptr<Listener> listener = nullptr;
};

// The socket is made under another name and moved to its place when mode and group are right and it
// listens: nobody can meet it half made, and no umask of the whole process is touched.
Result<> Server::Impl::open() {
  auto roles = RoleTable::make(options.roles);
  if (!roles) return fail(roles.error());
  std::optional<gid_t> group;
  if (!options.socket_group.empty()) {
    group = group_named(options.socket_group);
    if (!group) {
      return fail(ErrorCode::invalid, cat("api.socket_group: this system has no group '",
                                          printable(options.socket_group), "'"));
    }
  }
  const std::string& path = options.socket;
  if (auto way = make_way(path); !way) return fail(way.error());
  const auto half = cat(path, ".new");
  ::unlink(half.c_str());
  error_code error;
  Protocol::acceptor acceptor(loop);
  acceptor.open(Protocol(), error);
  if (!error) acceptor.bind(Protocol::endpoint(half), error);
  if (error)
    return fail(ErrorCode::io, cat("cannot make the socket ", path, ": ", error.message()));
  if (group && ::chown(half.c_str(), static_cast<uid_t>(-1), *group) != 0) {
    return fail(system_error(cat("cannot give ", path, " to the group ", options.socket_group)));
  }
  if (::chmod(half.c_str(), 0660) != 0)
    return fail(system_error(cat("cannot set the mode of ", path)));
  acceptor.listen(Listener::most_pending, error);
  if (error) return fail(ErrorCode::io, cat("cannot listen on ", path, ": ", error.message()));
  if (::rename(half.c_str(), path.c_str()) != 0) {
    return fail(system_error(cat("cannot put the socket at ", path)));
  }
  const auto who_is = [table = std::make_shared<const RoleTable>(*std::move(roles))](
                          int socket) -> Result<std::shared_ptr<const CallerSource>> {
    const auto peer = peer_of(socket);
    if (!peer) return fail(peer.error());
    return std::make_shared<PeerCaller>(*table, *peer);
  };
  listener = std::make_shared<Listener>(
      std::move(acceptor), gateway, Offer{all_routes(), options.most_connections, options.limits},
      who_is);
  return {};
}

void Server::Impl::close() {
  if (!listener) return;
  listener->stop();
  ::unlink(options.socket.c_str());
  listener.reset();
}

Server::Server(asio::any_io_executor loop, services::Gateway& gateway, ApiOptions options)
    : impl_(std::make_unique<Impl>(std::move(loop), gateway, std::move(options))) {}

Server::~Server() { impl_->close(); }

Result<> Server::start() {
  if (auto opened = impl_->open(); !opened) {
    const auto half = cat(impl_->options.socket, ".new");
    ::unlink(half.c_str());
    return fail(opened.error().in("API"));
  }
  impl_->listener->start();
  return {};
}

void Server::stop() { impl_->close(); }

std::size_t Server::connections() const {
  return impl_->listener ? impl_->listener->connections() : 0;
}

}  // namespace genkan::api
