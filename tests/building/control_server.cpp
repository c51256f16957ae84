#include "tests/building/control_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace building {

namespace {
constexpr std::size_t most_clients = 32;
constexpr std::size_t most_line = 1024;
constexpr timeval send_within{1, 0};  // an answer that nobody takes closes the connection
}  // namespace

ControlServer::ControlServer(std::string path, Handler handler)
    : path_(std::move(path)), handler_(std::move(handler)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) {
    throw std::runtime_error("the path " + path_ + " is too long for a socket (107 bytes at most)");
  }
  std::ranges::copy(path_, address.sun_path);
  ::unlink(path_.c_str());
  listener_ =
      Descriptor(check(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
  check(bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), path_);
  check(listen(listener_.get(), static_cast<int>(most_clients)), path_);
}

ControlServer::~ControlServer() { ::unlink(path_.c_str()); }

void ControlServer::prepare(std::vector<pollfd>& descriptors) const {
  descriptors.push_back({listener_.get(), POLLIN, 0});
  for (const Client& client : clients_) descriptors.push_back({client.socket.get(), POLLIN, 0});
}

void ControlServer::serve(std::span<const pollfd> descriptors) {
  std::size_t index = 1;
  for (Client& client : clients_) {
    if (descriptors[index++].revents != 0) read(client);
  }
  std::erase_if(clients_, [](const Client& client) { return client.gone; });
  if (descriptors[0].revents != 0) accept();
}

void ControlServer::accept() {
  Descriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!socket.is_open() || clients_.size() >= most_clients) return;
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &send_within, sizeof send_within);
  clients_.push_back(Client{std::move(socket), {}, false});
}

void ControlServer::read(Client& client) {
  std::array<char, 2048> buffer{};
  const auto count = recv(client.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count <= 0) {
    client.gone = count == 0 || (errno != EAGAIN && errno != EINTR);
    return;
  }
  client.received.append(buffer.data(), static_cast<std::size_t>(count));
  while (!client.gone) {
    const auto end = client.received.find('\n');
    if (end == std::string::npos) break;
    answer(client, std::string_view(client.received).substr(0, end));
    client.received.erase(0, end + 1);
  }
  if (client.received.size() > most_line) client.gone = true;
}

void ControlServer::answer(Client& client, std::string_view line) {
  const std::string text = handler_(line) + "\n";
  const auto sent = send(client.socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
  client.gone = sent < 0 || static_cast<std::size_t>(sent) != text.size();
}

}  // namespace building
