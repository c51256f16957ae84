// Real pseudo-terminals and sockets; every wait has a deadline.
#include <array>
#include <filesystem>
#include <memory>

#include <arpa/inet.h>
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "tests/building/memory_lock.hpp"
#include "tests/building/pty_line.hpp"
#include "tests/building/tcp_link.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/building/recorder.hpp"

namespace building::test {
namespace {

constexpr auto patience = 5s;  // on a busy machine

// Function 4, inputs 0 to 3 of unit 1, and what a lock at rest answers.
const Bytes request{1, 4, 0, 0, 0, 4, 0xF1, 0xC9};
constexpr std::size_t answer_size = 13;

// Reads until `size` bytes are there, the other side ends, or the deadline passes.
Bytes read_some(int fd, std::size_t size, Duration within = patience) {
  const Time deadline = std::chrono::steady_clock::now() + within;
  Bytes bytes;
  while (bytes.size() < size && std::chrono::steady_clock::now() < deadline) {
    pollfd one{fd, POLLIN, 0};
    poll_until(std::span(&one, 1), deadline);
    if (one.revents == 0) break;
    std::array<std::uint8_t, 64> buffer{};
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count <= 0) break;
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + count);
  }
  return bytes;
}

bool write_all(int fd, const Bytes& bytes) {
  return ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
}

// As a Modbus master opens a port: raw, 19200 8E1.
Descriptor open_port(const std::string& path, bool& configured) {
  Descriptor port(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  termios settings{};
  configured = port.is_open() && tcgetattr(port.get(), &settings) == 0;
  cfmakeraw(&settings);
  cfsetspeed(&settings, B19200);
  settings.c_cflag |= static_cast<tcflag_t>(PARENB | CREAD | CLOCAL);
  configured = configured && tcsetattr(port.get(), TCSANOW, &settings) == 0;
  return port;
}

struct Line {
  genkan::test::TempDir folder;
  Recorder log;
  Bank bank{"line-a", Duration::zero(), log};
  std::string path = folder.file("line-a");
  std::unique_ptr<PtyLine> line;

  Line() {
    bank.add(std::make_unique<MemoryLock>(Identity{"line-a", 1, {{1, "one"}}}, log, el_100()));
    line = std::make_unique<PtyLine>(PtyLine::Options{path, SerialTiming{}, 1, 0}, bank);
  }
};

Descriptor connect_to(std::uint16_t port) {
  Descriptor one(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(one.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  return one;
}

TEST_CASE("pty: an answer comes, and not before its time on the wire") {
  Line line;
  bool configured = false;
  const Descriptor port = open_port(line.path, configured);
  REQUIRE(configured);
  const Time begin = std::chrono::steady_clock::now();
  REQUIRE(write_all(port.get(), request));
  const Bytes answer = read_some(port.get(), answer_size);
  const Duration took = std::chrono::steady_clock::now() - begin;
  CHECK(answer.size() == answer_size);
  const SerialTiming timing;
  CHECK(took >= timing.chars(8) + timing.silence() + timing.chars(13));
  CHECK(line.line->statistics().at("answers") == 1);
}

TEST_CASE("pty: a port closed without care can be opened again with parity") {
  Line line;
  for (int round = 0; round < 5; ++round) {
    bool configured = false;
    Descriptor port = open_port(line.path, configured);
    CHECK(configured);
    REQUIRE(write_all(port.get(), request));
    CHECK(read_some(port.get(), answer_size).size() == answer_size);
    port.close();
    // The line's thread sees the end of the last user at once; give it the time.
    std::this_thread::sleep_for(50ms);
  }
}

TEST_CASE("pty: pulled, the port hangs up and its link is gone; put back, it works") {
  Line line;
  bool configured = false;
  const Descriptor port = open_port(line.path, configured);
  REQUIRE(configured);
  line.line->unplug();
  CHECK_FALSE(line.line->plugged());
  CHECK_FALSE(std::filesystem::is_symlink(line.path));
  CHECK(read_some(port.get(), 1).empty());
  CHECK_FALSE(write_all(port.get(), request));
  line.line->plug();
  CHECK(line.line->plugged());
  const Descriptor again = open_port(line.path, configured);
  REQUIRE(configured);
  REQUIRE(write_all(again.get(), request));
  CHECK(read_some(again.get(), answer_size).size() == answer_size);
  line.line.reset();
  CHECK_FALSE(std::filesystem::is_symlink(line.path));
}

TEST_CASE("tcp: several clients, each with its answers") {
  Recorder log;
  Bank bank("tcp", Duration::zero(), log);
  bank.add(std::make_unique<MemoryLock>(Identity{"tcp", 1, {}}, log, el_100()));
  TcpLink link(0, 1, bank);
  const Descriptor one = connect_to(link.port());
  const Descriptor two = connect_to(link.port());
  const Bytes first{0, 1, 0, 0, 0, 6, 1, 4, 0, 0, 0, 4};
  const Bytes second{0, 2, 0, 0, 0, 6, 1, 4, 0, 1, 0, 1};
  REQUIRE(write_all(one.get(), first));
  REQUIRE(write_all(two.get(), second));
  CHECK(read_some(two.get(), 11) == Bytes{0, 2, 0, 0, 0, 5, 1, 4, 2, 0, 95});
  CHECK(read_some(one.get(), 17).size() == 17);
}

TEST_CASE("tcp: pulled, connections end and none is accepted; put back, the port is the same") {
  Recorder log;
  Bank bank("tcp", Duration::zero(), log);
  bank.add(std::make_unique<MemoryLock>(Identity{"tcp", 1, {}}, log, el_100()));
  TcpLink link(0, 1, bank);
  const std::uint16_t port = link.port();
  const Descriptor one = connect_to(port);
  REQUIRE(one.is_open());
  link.unplug();
  CHECK(read_some(one.get(), 1).empty());
  CHECK_FALSE(connect_to(port).is_open());
  link.plug();
  CHECK(link.port() == port);
  const Descriptor two = connect_to(port);
  REQUIRE(two.is_open());
  REQUIRE(write_all(two.get(), {0, 1, 0, 0, 0, 6, 1, 4, 0, 0, 0, 4}));
  CHECK(read_some(two.get(), 17).size() == 17);
}

}  // namespace
}  // namespace building::test
