#include "tests/unit/bus/fake_device.hpp"

#include <array>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

namespace fake {
namespace {

constexpr int look_up_ms = 2;  // how often the fakes look whether they are to stop

std::uint8_t low(unsigned value) { return static_cast<std::uint8_t>(value & 0xFFU); }

std::size_t question_length(const Bytes& bytes) {
  if (bytes.size() < 7) return 8;
  if (bytes[1] == 15 || bytes[1] == 16) return std::size_t{9} + bytes[6];
  return 8;
}

void send(int descriptor, const Bytes& bytes) {
  [[maybe_unused]] const auto count = ::write(descriptor, bytes.data(), bytes.size());
}

bool readable(int descriptor) {
  pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, look_up_ms) > 0 && (ready.revents & POLLIN) != 0;
}

}  // namespace

std::uint16_t checksum(const Bytes& bytes) {
  unsigned crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1U) ^ 0xA001U : crc >> 1U;
  }
  return static_cast<std::uint16_t>(crc);
}

Bytes with_checksum(Bytes bytes) {
  const unsigned crc = checksum(bytes);
  bytes.push_back(low(crc));
  bytes.push_back(low(crc >> 8U));
  return bytes;
}

Bytes obedient(const Bytes& question) {
  const unsigned address = (unsigned{question[2]} << 8U) | question[3];
  const unsigned count = (unsigned{question[4]} << 8U) | question[5];
  Bytes answer{question[0], question[1]};
  if (question[1] == 3 || question[1] == 4) {
    answer.push_back(low(count * 2));
    for (unsigned value = address; value < address + count; ++value) {
      answer.push_back(low(value >> 8U));
      answer.push_back(low(value));
    }
  } else if (question[1] <= 2) {
    answer.push_back(low((count + 7) / 8));
    answer.resize(answer.size() + (count + 7) / 8);
  } else {
    answer.insert(answer.end(), question.begin() + 2, question.begin() + 6);
  }
  return with_checksum(answer);
}

SerialDevice::SerialDevice(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  link_ = folder_.file("line");
  plug();
}

SerialDevice::~SerialDevice() { unplug(); }

void SerialDevice::plug() {
  int slave = -1;
  std::array<char, 128> name{};
  if (::openpty(&master_, &slave, name.data(), nullptr, nullptr) != 0)
    throw std::runtime_error("no pseudo terminal");
  termios raw{};
  ::tcgetattr(slave, &raw);
  ::cfmakeraw(&raw);
  ::tcsetattr(slave, TCSANOW, &raw);
  ::close(slave);
  ::fcntl(master_, F_SETFL, O_NONBLOCK);
  [[maybe_unused]] const int linked = ::symlink(name.data(), link_.c_str());
  stopping_.store(false);
  thread_ = std::thread([this, master = master_] { run(master); });
}

void SerialDevice::unplug() {
  if (master_ < 0) return;
  stopping_.store(true);
  thread_.join();
  ::unlink(link_.c_str());
  ::close(master_);
  master_ = -1;
}

void SerialDevice::behave(Behaviour behaviour) {
  const std::lock_guard guard(mutex_);
  behaviour_ = std::move(behaviour);
}

void SerialDevice::say(const Bytes& bytes) { send(master_, bytes); }

std::vector<Bytes> SerialDevice::questions() const {
  const std::lock_guard guard(mutex_);
  return questions_;
}

void SerialDevice::run(int master) {
  struct Due {
    std::chrono::steady_clock::time_point at;
    Bytes bytes;
  };
  Bytes buffer;
  std::vector<Due> due;
  while (!stopping_.load()) {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(due, [master, now](const Due& one) {
      if (one.at > now) return false;
      send(master, one.bytes);
      return true;
    });
    if (!readable(master)) {
      // A hung-up master answers at once: do not spin until somebody opens the other end.
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      continue;
    }
    std::array<std::uint8_t, 512> room{};
    const auto count = ::read(master, room.data(), room.size());
    if (count <= 0) continue;
    buffer.insert(buffer.end(), room.begin(), room.begin() + count);
    while (buffer.size() >= question_length(buffer)) {
      const auto length = static_cast<std::ptrdiff_t>(question_length(buffer));
      const Bytes question(buffer.begin(), buffer.begin() + length);
      buffer.erase(buffer.begin(), buffer.begin() + length);
      const std::lock_guard guard(mutex_);
      questions_.push_back(question);
      for (const Say& say : behaviour_(question))
        due.push_back({std::chrono::steady_clock::now() + say.after, say.bytes});
    }
  }
}

Bytes obedient_tcp(const Bytes& question) {
  const Bytes inner = obedient(with_checksum(Bytes(question.begin() + 6, question.end())));
  Bytes answer(question.begin(), question.begin() + 4);
  answer.push_back(0);
  answer.push_back(static_cast<std::uint8_t>(inner.size() - 2));
  answer.insert(answer.end(), inner.begin(), inner.end() - 2);
  return answer;
}

TcpDevice::TcpDevice(Behaviour behaviour, std::uint16_t port)
    : behaviour_(std::move(behaviour)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("the port is taken");
  ::listen(listener_, 4);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

TcpDevice::~TcpDevice() {
  stopping_.store(true);
  thread_.join();
  ::close(listener_);
}

void TcpDevice::drop() { drop_.store(true); }

void TcpDevice::run() {
  while (!stopping_.load()) {
    if (!readable(listener_)) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0) continue;
    const int on = 1;
    ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    serve(connection);
    ::close(connection);
  }
}

void TcpDevice::serve(int connection) {
  struct Due {
    std::chrono::steady_clock::time_point at;
    Bytes bytes;
  };
  Bytes buffer;
  std::vector<Due> due;
  drop_.store(false);
  while (!stopping_.load() && !drop_.load()) {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(due, [connection, now](const Due& one) {
      if (one.at > now) return false;
      send(connection, one.bytes);
      return true;
    });
    if (!readable(connection)) continue;
    std::array<std::uint8_t, 512> room{};
    const auto count = ::recv(connection, room.data(), room.size(), 0);
    if (count == 0) return;
    if (count < 0) continue;
    buffer.insert(buffer.end(), room.begin(), room.begin() + count);
    while (buffer.size() >= 6 && buffer.size() >= std::size_t{6} + buffer[5]) {
      const auto length = static_cast<std::ptrdiff_t>(std::size_t{6} + buffer[5]);
      for (const Say& say : behaviour_(Bytes(buffer.begin(), buffer.begin() + length))) {
        if (say.after == Milliseconds{0})
          send(connection, say.bytes);
        else
          due.push_back({std::chrono::steady_clock::now() + say.after, say.bytes});
      }
      buffer.erase(buffer.begin(), buffer.begin() + length);
    }
  }
}

}  // namespace fake
