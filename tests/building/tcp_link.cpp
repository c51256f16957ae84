#include "tests/building/tcp_link.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <mutex>

#include <boost/json.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace building {

namespace {

constexpr std::size_t most_clients = 16;
constexpr std::size_t most_unsent = 65'536;  // bytes; a client that does not read is closed
constexpr auto follow_within = std::chrono::seconds(2);

// The sockets API takes every address family through this one type.
sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

}  // namespace

TcpLink::TcpLink(std::uint16_t port, std::uint32_t seed, Bank& bank)
    : port_(port), bank_(bank), random_(seed) {
  listen();
  bank_.wake = [this] { waker_.wake(); };
  thread_ = std::thread([this] { run(); });
}

TcpLink::~TcpLink() {
  stop_ = true;
  waker_.wake();
  thread_.join();
}

void TcpLink::listen() {
  listener_ =
      Descriptor(check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
  const int yes = 1;
  check(setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "SO_REUSEADDR");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string what = "TCP port " + std::to_string(port_);
  check(bind(listener_.get(), generic(address), sizeof address), what);
  check(::listen(listener_.get(), static_cast<int>(most_clients)), what);
  socklen_t length = sizeof address;
  check(getsockname(listener_.get(), generic(address), &length), what);
  port_ = ntohs(address.sin_port);
  plugged_ = true;
}

void TcpLink::set_plugged(bool plugged) {
  std::unique_lock lock(bank_.mutex());
  wished_ = plugged;
  waker_.wake();
  followed_.wait_for(lock, follow_within, [this, plugged] { return plugged_ == plugged; });
}

void TcpLink::follow_wish() {
  const std::lock_guard lock(bank_.mutex());
  if (wished_ != plugged_ && wished_) listen();
  if (wished_ != plugged_ && !wished_) {
    for (Client& client : clients_) client.gone = true;
    bury();
    listener_.close();
    plugged_ = false;
  }
  followed_.notify_all();
}

std::optional<Time> TcpLink::advance() {
  const Time now = std::chrono::steady_clock::now();
  const std::lock_guard lock(bank_.mutex());
  bank_.advance(now);
  for (Client& client : clients_) {
    client.session.advance(now, client.out);
    if (!client.out.empty()) send(client);
  }
  bury();
  std::optional<Time> next = bank_.next();
  for (const Client& client : clients_) {
    const auto due = client.session.next();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

void TcpLink::run() try {
  be_punctual();
  std::vector<pollfd> descriptors;
  while (!stop_) {
    const auto next = advance();
    descriptors.assign({{waker_.fd(), POLLIN, 0}, {listener_.get(), POLLIN, 0}});
    for (const Client& client : clients_) {
      const int wanted = client.out.empty() ? POLLIN : POLLIN | POLLOUT;
      descriptors.push_back({client.socket.get(), static_cast<short>(wanted), 0});
    }
    poll_until(descriptors, next);
    std::size_t index = 2;
    for (Client& client : clients_) {
      if ((descriptors[index++].revents & (POLLIN | POLLHUP | POLLERR)) != 0) read(client);
    }
    if (descriptors[1].revents != 0) accept();
    if (descriptors[0].revents != 0) {
      waker_.clear();
      follow_wish();
    }
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "genkan-building: line %s stands still: %s\n", bank_.line().c_str(),
               error.what());
}

void TcpLink::accept() {
  Descriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket.is_open()) return;
  const std::lock_guard lock(bank_.mutex());
  if (clients_.size() >= most_clients) return;
  const int yes = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ++connections_;
  clients_.push_back(Client{std::move(socket), TcpSession(bank_, random_), {}, false});
}

void TcpLink::read(Client& client) {
  const Time now = std::chrono::steady_clock::now();
  std::array<std::uint8_t, 4096> buffer{};
  const auto count = ::recv(client.socket.get(), buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  const std::lock_guard lock(bank_.mutex());
  client.gone = count <= 0 || !client.session.received(
                                  std::span(buffer).first(static_cast<std::size_t>(count)), now);
}

void TcpLink::send(Client& client) {
  const auto sent = ::send(client.socket.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) client.gone = true;
  if (sent > 0) client.out.erase(client.out.begin(), client.out.begin() + sent);
  if (client.out.size() > most_unsent) client.gone = true;
}

void TcpLink::bury() {
  std::erase_if(clients_, [this](const Client& client) {
    if (!client.gone) return false;
    past_requests_ += client.session.requests();
    past_answers_ += client.session.answers();
    return true;
  });
}

boost::json::object TcpLink::statistics() {
  const std::lock_guard lock(bank_.mutex());
  std::uint64_t requests = past_requests_;
  std::uint64_t answers = past_answers_;
  for (const Client& client : clients_) {
    requests += client.session.requests();
    answers += client.session.answers();
  }
  return {{"requests", requests},
          {"answers", answers},
          {"connections", connections_},
          {"connected", clients_.size()},
          {"plugged", plugged_.load()}};
}

}  // namespace building
