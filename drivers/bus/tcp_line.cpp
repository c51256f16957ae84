#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drivers/bus/line.hpp"
#include "drivers/bus/resolver.hpp"
#include "firmware/base/text.hpp"

namespace genkan::bus {
namespace {

using std::chrono::nanoseconds;

// A peer that vanished without a word (power cut, cable) is noticed after 5 s without its
// acknowledgement of our bytes, or after 5 + 3 · 2 s on a link on which nobody speaks.
constexpr int unacknowledged_ms = 5'000;
constexpr int keep_idle_s = 5;
constexpr int keep_interval_s = 2;
constexpr int keep_count = 3;

std::unexpected<Error> connect_fault(const std::string& name, int error) {
  switch (error) {
    case ECONNREFUSED:
      return fail(ErrorCode::unreachable,
                  cat(name, " refuses the connection; does it speak Modbus TCP on this port?"));
    case EHOSTUNREACH:
    case ENETUNREACH:
      return fail(ErrorCode::unreachable, cat(name, " cannot be reached from this network"));
    case ETIMEDOUT: return fail(ErrorCode::unreachable, cat(name, " does not answer"));
    default:
      return fail(ErrorCode::io,
                  cat(name, " cannot be connected to: ", std::generic_category().message(error)));
  }
}

class TcpConnection final : public Line {
 public:
  explicit TcpConnection(const domain::TcpLink& config)
      : config_(config),
        name_(cat("the link to ", printable(config.host, 120), ":", config.port)) {}
  ~TcpConnection() override { close(); }

  Result<Opening> begin_open() override;
  Result<Opening> go_on_opening() override;
  void close() override;
  int descriptor() const override { return resolving_ ? resolving_->descriptor() : socket_; }
  short waits_for() const override { return connecting_ ? POLLOUT : POLLIN; }
  Result<> send(std::span<const std::uint8_t> bytes, bool& sent) override {
    return send_all(socket_, bytes, sent, name_);
  }
  Result<std::size_t> receive(std::span<std::uint8_t> room) override;
  Error unopened() const override {
    return Error(ErrorCode::timeout,
                 cat(name_, resolving_ ? " cannot be made: the name server does not answer"
                                       : " cannot be made: nobody answers there"));
  }
  Error hung_up() const override { return line_fault(name_, ECONNRESET).error(); }
  nanoseconds wire_time(std::size_t) const override { return nanoseconds{0}; }
  nanoseconds silence() const override { return nanoseconds{0}; }

 private:
  Result<Opening> connect_next(int last_error);
  void set_options() const;

  const domain::TcpLink config_;
  const std::string name_;
  std::unique_ptr<Resolving> resolving_;
  std::vector<SocketAddress> addresses_;
  std::size_t next_ = 0;
  int socket_ = -1;
  bool connecting_ = false;
};

Result<Line::Opening> TcpConnection::begin_open() {
  close();
  addresses_ = numeric_addresses(config_.host, config_.port);
  if (!addresses_.empty()) return connect_next(EHOSTUNREACH);
  resolving_ = std::make_unique<Resolving>(config_.host, config_.port);
  return Opening::pending;
}

Result<Line::Opening> TcpConnection::go_on_opening() {
  if (resolving_) {
    auto found = resolving_->result();
    if (!found) return Opening::pending;
    resolving_.reset();
    if (found->empty())
      return fail(ErrorCode::unreachable,
                  cat(name_, " cannot be made: the name cannot be resolved"));
    addresses_ = std::move(*found);
    return connect_next(EHOSTUNREACH);
  }
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return connect_next(error);
  connecting_ = false;
  return Opening::open;
}

Result<Line::Opening> TcpConnection::connect_next(int last_error) {
  while (next_ < addresses_.size()) {
    const SocketAddress& address = addresses_[next_++];
    if (socket_ >= 0) ::close(socket_);
    socket_ = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) {
      last_error = errno;
      continue;
    }
    set_options();
    connecting_ = false;
    if (::connect(socket_, address.get(), address.size()) == 0) return Opening::open;
    last_error = errno;
    if (last_error != EINPROGRESS) continue;
    connecting_ = true;
    return Opening::pending;
  }
  return connect_fault(name_, last_error);
}

void TcpConnection::set_options() const {
  const auto set = [this](int level, int option, int value) {
    ::setsockopt(socket_, level, option, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, keep_idle_s);
  set(IPPROTO_TCP, TCP_KEEPINTVL, keep_interval_s);
  set(IPPROTO_TCP, TCP_KEEPCNT, keep_count);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, unacknowledged_ms);
}

void TcpConnection::close() {
  resolving_.reset();
  addresses_.clear();
  next_ = 0;
  connecting_ = false;
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

Result<std::size_t> TcpConnection::receive(std::span<std::uint8_t> room) {
  const ssize_t count = ::recv(socket_, room.data(), room.size(), 0);
  if (count > 0) return static_cast<std::size_t>(count);
  if (count == 0) return line_fault(name_, ECONNRESET);
  if (errno == EAGAIN || errno == EINTR) return std::size_t{0};
  return line_fault(name_, errno);
}

}  // namespace

std::unique_ptr<Line> make_tcp_line(const domain::TcpLink& config) {
  return std::make_unique<TcpConnection>(config);
}

}  // namespace genkan::bus
