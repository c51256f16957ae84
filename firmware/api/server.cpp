#include "firmware/api/server.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <list>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::api {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr int most_pending = 64;  // connections that the kernel holds until we take them
constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::string_view full_answer =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
    "Content-Length: 80\r\nConnection: close\r\n\r\n"
    R"({"error":{"code":"busy","message":"too many connections are open; try again"}})"
    "\r\n";

class SocketStream final : public ByteStream {
 public:
  explicit SocketStream(Protocol::socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<Transferred> read_some(asio::mutable_buffer into) override {
    return socket_.async_read_some(into, tuple);
  }
  asio::awaitable<Transferred> write(std::string_view head, std::string_view body) override {
    const std::array parts{asio::buffer(head), asio::buffer(body)};
    return asio::async_write(socket_, parts, tuple);
  }
  void cancel() override {
    error_code ignored;
    socket_.cancel(ignored);
  }
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  Protocol::socket socket_;
};

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

struct Server::Listener : std::enable_shared_from_this<Listener> {
  Listener(asio::any_io_executor executor, services::Gateway& services, ApiOptions settings)
      : loop(std::move(executor)),
        gateway(services),
        options(std::move(settings)),
        acceptor(loop) {}

  Result<> open();
  void close();
  static asio::awaitable<void> accept(std::shared_ptr<Listener> self);
  static asio::awaitable<void> session(std::shared_ptr<Listener> self,
                                       std::shared_ptr<ByteStream> stream,
                                       std::shared_ptr<const CallerSource> callers);
  void take(Protocol::socket socket);

  asio::any_io_executor loop;
  services::Gateway& gateway;
  ApiOptions options;
  std::optional<RoleTable> roles;
  Protocol::acceptor acceptor;
  std::list<std::shared_ptr<ByteStream>> streams;
  bool stopped = false;
};

// The socket is made under another name and moved to its place when mode and group are right and it
// listens: nobody can meet it half made, and no umask of the whole process is touched.
Result<> Server::Listener::open() {
  auto table = RoleTable::make(options.roles);
  if (!table) return fail(table.error());
  roles = std::move(*table);
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
  acceptor.open(Protocol(), error);
  if (!error) acceptor.bind(Protocol::endpoint(half), error);
  if (error)
    return fail(ErrorCode::io, cat("cannot make the socket ", path, ": ", error.message()));
  if (group && ::chown(half.c_str(), static_cast<uid_t>(-1), *group) != 0) {
    return fail(system_error(cat("cannot give ", path, " to the group ", options.socket_group)));
  }
  if (::chmod(half.c_str(), 0660) != 0)
    return fail(system_error(cat("cannot set the mode of ", path)));
  acceptor.listen(most_pending, error);
  if (error) return fail(ErrorCode::io, cat("cannot listen on ", path, ": ", error.message()));
  if (::rename(half.c_str(), path.c_str()) != 0) {
    return fail(system_error(cat("cannot put the socket at ", path)));
  }
  return {};
}

void Server::Listener::close() {
  if (stopped) return;
  stopped = true;
  const bool ours = acceptor.is_open();
  error_code ignored;
  acceptor.close(ignored);
  if (ours) ::unlink(options.socket.c_str());
  for (const auto& stream : streams) stream->close();
}

asio::awaitable<void> Server::Listener::session(std::shared_ptr<Listener> self,
                                                std::shared_ptr<ByteStream> stream,
                                                std::shared_ptr<const CallerSource> callers) {
  const auto place = self->streams.insert(self->streams.end(), stream);
  co_await serve(stream, std::move(callers), self->gateway, self->options.limits);
  self->streams.erase(place);
}

void Server::Listener::take(Protocol::socket socket) {
  const auto peer = peer_of(socket.native_handle());
  if (!peer) return log(LogLevel::warning, peer.error().message());
  if (streams.size() >= options.most_connections) {
    // A fresh socket's buffer takes this at once.
    ::send(socket.native_handle(), full_answer.data(), full_answer.size(),
           MSG_DONTWAIT | MSG_NOSIGNAL);
    return;
  }
  auto callers = std::make_shared<PeerCaller>(*roles, *peer);
  auto stream = std::make_shared<SocketStream>(std::move(socket));
  asio::co_spawn(loop, session(shared_from_this(), std::move(stream), std::move(callers)),
                 asio::detached);
}

asio::awaitable<void> Server::Listener::accept(std::shared_ptr<Listener> self) {
  asio::steady_timer pause(self->loop);
  while (!self->stopped) {
    auto [error, socket] = co_await self->acceptor.async_accept(tuple);
    if (self->stopped) co_return;
    if (!error) {
      self->take(std::move(socket));
      continue;
    }
    log(LogLevel::warning, "cannot take an API connection", {{"error", error.message()}});
    pause.expires_after(pause_without_descriptors);
    co_await pause.async_wait(tuple);
  }
}

Server::Server(asio::any_io_executor loop, services::Gateway& gateway, ApiOptions options)
    : listener_(std::make_shared<Listener>(std::move(loop), gateway, std::move(options))) {}

Server::~Server() { listener_->close(); }

Result<> Server::start() {
  if (auto opened = listener_->open(); !opened) {
    const auto half = cat(listener_->options.socket, ".new");
    ::unlink(half.c_str());
    return fail(opened.error().in("API"));
  }
  asio::co_spawn(listener_->loop, Listener::accept(listener_), asio::detached);
  return {};
}

void Server::stop() { listener_->close(); }

std::size_t Server::connections() const { return listener_->streams.size(); }

}  // namespace genkan::api
