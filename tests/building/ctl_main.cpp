// genkan-building-ctl SOCKET COMMAND…: says one command to the simulated building and prints its
// answer. Exit code 0 if it was done, 1 if not, 2 for wrong usage or no building.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>

#include "tests/building/io.hpp"

namespace {

constexpr timeval answer_within{5, 0};

building::Descriptor connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {};
  std::ranges::copy(path, address.sun_path);
  building::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return {};
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &answer_within, sizeof answer_within);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  return socket;
}

std::string ask(int socket, const std::string& command) {
  const std::string line = command + "\n";
  if (send(socket, line.data(), line.size(), MSG_NOSIGNAL) < 0) return {};
  std::string answer;
  std::array<char, 4096> buffer{};
  while (answer.empty() || answer.back() != '\n') {
    const auto count = recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return answer;
}

}  // namespace

int main(int count, char** values) {
  if (count < 3) {
    std::cerr << "genkan-building-ctl SOCKET COMMAND…   ('help' lists the commands)\n";
    return 2;
  }
  std::string command;
  for (int index = 2; index < count; ++index) {
    command += (index > 2 ? " " : "") + std::string(values[index]);
  }
  const building::Descriptor socket = connect_to(values[1]);
  if (!socket.is_open()) {
    std::cerr << "no building answers at " << values[1] << ": " << std::strerror(errno) << "\n";
    return 2;
  }
  const std::string answer = ask(socket.get(), command);
  if (answer.empty()) {
    std::cerr << "the building gave no answer\n";
    return 2;
  }
  std::cout << answer;
  return answer.starts_with("{\"ok\":true") ? 0 : 1;
}
