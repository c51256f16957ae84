#include "tests/integration/tcp_cut.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace genkan::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t most_waiting = 64 * 1024;
constexpr auto longest_until_cut = 1s;
constexpr int backlog = 64;
constexpr std::size_t uncut = std::numeric_limits<std::size_t>::max();

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int new_socket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

void send_at_once(int socket) {
  constexpr int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void reset(int socket) {
  constexpr linger at_once{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket);
}

void close_orderly(int socket) { ::close(socket); }

// One way of a connection.
struct Way {
  int from = -1;
  int to = -1;
  std::vector<char> waiting{};
};

struct Connection {
  int client = -1;
  int server = -1;
  std::array<Way, 2> ways{};
  std::size_t left = uncut;  // bytes until it is cut
  Clock::time_point cut_at = Clock::time_point::max();
};

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOTCONN; }

// False: it is at its end.
bool take_in(Way& way) {
  way.waiting.resize(most_waiting);
  const ssize_t got = ::recv(way.from, way.waiting.data(), way.waiting.size(), 0);
  way.waiting.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return got > 0 || (got < 0 && would_block());
}

bool give_out(Way& way, std::size_t& left) {
  const std::size_t most = std::min(way.waiting.size(), left);
  const ssize_t sent = ::send(way.to, way.waiting.data(), most, MSG_NOSIGNAL);
  if (sent < 0) return would_block();
  way.waiting.erase(way.waiting.begin(), way.waiting.begin() + sent);
  if (left != uncut) left -= static_cast<std::size_t>(sent);
  return left > 0;
}

}  // namespace

class TcpCut::Line {
 public:
  enum class Mode : std::uint8_t { pass, hang, refuse, end };

  explicit Line(int server_port) : server_port_(server_port) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (!bind(holder_, 0) ||
        ::getsockname(holder_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no port for a line that can be cut");
    }
    port_ = ntohs(address.sin_port);
    listen();
    thread_ = std::thread([this] { run(); });
  }

  ~Line() {
    tell(Mode::end, std::nullopt);
    thread_.join();
    if (listener_ >= 0) ::close(listener_);
    ::close(holder_);
    ::close(wake_);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  int port() const { return port_; }

  void tell(Mode mode, std::optional<std::size_t> cut) {
    std::unique_lock lock(mutex_);
    wanted_ = mode;
    cut_ = cut;
    const auto turn = ++turn_;
    constexpr std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    taken_.wait(lock, [this, turn] { return done_ >= turn; });
  }

 private:
  void run() {
    while (obey()) {
      std::vector<pollfd> asked{{wake_, POLLIN, 0}};
      if (mode_ == Mode::pass) ask_for_all(asked);
      ::poll(asked.data(), asked.size(), 50);
      std::uint64_t rung = 0;
      if (asked[0].revents != 0) [[maybe_unused]]
        const auto read = ::read(wake_, &rung, sizeof rung);
      if (mode_ == Mode::pass) move_all();
    }
    drop_all();
  }

  static bool bind(int socket, int port) {
    constexpr int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const sockaddr_in address = loopback(port);
    return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  void listen() {
    listener_ = new_socket();
    if (!bind(listener_, port_) || ::listen(listener_, backlog) != 0) {
      throw std::runtime_error("the port of a line that can be cut is another's");
    }
  }

  // False: it is over.
  bool obey() {
    const std::scoped_lock lock(mutex_);
    if (done_ == turn_) return true;
    if (wanted_ == Mode::refuse) {
      if (listener_ >= 0) ::close(std::exchange(listener_, -1));
      drop_all();
    } else if (listener_ < 0) {
      listen();
    }
    mode_ = wanted_;
    if (cut_) {
      for (auto& each : connections_) {
        each.left = *cut_;
        each.cut_at = Clock::now() + longest_until_cut;
      }
    }
    done_ = turn_;
    taken_.notify_all();
    return mode_ != Mode::end;
  }

  void ask_for_all(std::vector<pollfd>& asked) {
    asked.push_back({listener_, POLLIN, 0});
    for (const auto& each : connections_) {
      for (const auto& way : each.ways) {
        const bool reads = way.waiting.empty();
        asked.push_back(
            {reads ? way.from : way.to, static_cast<short>(reads ? POLLIN : POLLOUT), 0});
      }
    }
  }

  // Every call is tried: what cannot be done now would block, and says so.
  void move_all() {
    accept_new();
    const auto now = Clock::now();
    std::erase_if(connections_, [now](Connection& each) {
      const bool goes_on = now < each.cut_at && move(each);
      // Cut is cut; what ended by itself ends orderly at the other side too.
      if (!goes_on) drop(each, now >= each.cut_at || each.left == 0 ? reset : close_orderly);
      return !goes_on;
    });
  }

  // False: one of the sides ended it, or it has reached its cut.
  static bool move(Connection& connection) {
    for (auto& way : connection.ways) {
      if (way.waiting.empty() && !take_in(way)) return false;
      if (!way.waiting.empty() && !give_out(way, connection.left)) return false;
    }
    return true;
  }

  void accept_new() {
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client < 0) return;
      const int server = new_socket();
      const sockaddr_in address = loopback(server_port_);
      if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
          errno != EINPROGRESS) {
        reset(client);
        ::close(server);
        continue;
      }
      send_at_once(client);
      send_at_once(server);
      connections_.push_back({client, server, {Way{client, server}, Way{server, client}}});
    }
  }

  static void drop(const Connection& connection, void (*end)(int socket)) {
    end(connection.client);
    end(connection.server);
  }

  void drop_all() {
    for (const auto& each : connections_) drop(each, reset);
    connections_.clear();
  }

  const int server_port_;
  int port_ = 0;
  int holder_ = new_socket();  // never listens: keeps the port ours while it is refused
  int listener_ = -1;
  int wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  Mode mode_ = Mode::pass;
  std::list<Connection> connections_;

  std::mutex mutex_;  // of what follows
  std::condition_variable taken_;
  Mode wanted_ = Mode::pass;
  std::optional<std::size_t> cut_;
  std::uint64_t turn_ = 0;
  std::uint64_t done_ = 0;
  std::thread thread_;
};

TcpCut::TcpCut(int server_port) : line_(std::make_unique<Line>(server_port)) {}

TcpCut::~TcpCut() = default;

int TcpCut::port() const { return line_->port(); }

void TcpCut::pass() { line_->tell(Line::Mode::pass, std::nullopt); }

void TcpCut::cut(std::size_t after_bytes) { line_->tell(Line::Mode::pass, after_bytes); }

void TcpCut::hang() { line_->tell(Line::Mode::hang, std::nullopt); }

void TcpCut::refuse() { line_->tell(Line::Mode::refuse, std::nullopt); }

}  // namespace genkan::test
