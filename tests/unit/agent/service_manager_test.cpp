#include "firmware/base/service_manager.hpp"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace genkan {

namespace {

// systemd's end: a datagram socket with a name.
class Listener {
 public:
  explicit Listener(std::string_view name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path);
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length) == 0);
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::string heard() const {
    char bytes[1024];
    const auto count = ::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT);
    return count < 0 ? std::string() : std::string(bytes, static_cast<std::size_t>(count));
  }

 private:
  int socket_;
};

void speak_and_listen(const std::string& name) {
  const Listener listener(name);
  ServiceManager manager(name, "2000000");
  REQUIRE(manager.listening());
  CHECK(manager.alive_every() == std::chrono::seconds(1));
  manager.ready();
  CHECK(listener.heard() == "READY=1");
  manager.alive();
  CHECK(listener.heard() == "WATCHDOG=1");
  manager.status("all is\nwell");
  CHECK(listener.heard() == "STATUS=all is?well");
  manager.stopping();
  CHECK(listener.heard() == "STOPPING=1");
}

}  // namespace

TEST_CASE("service manager: speaks to a socket by path and by abstract name") {
  SUBCASE("path") {
    const test::TempDir folder;
    speak_and_listen(folder.file("notify"));
  }
  SUBCASE("abstract") { speak_and_listen(cat("@genkan-test-", ::getpid())); }
}

TEST_CASE("service manager: without systemd, or with nonsense from it, nothing happens") {
  for (const std::string& name : {std::string(), std::string("relative"), std::string("@"),
                                  std::string("/nowhere/at/all"), "/" + std::string(200, 'x')}) {
    CAPTURE(name);
    ServiceManager manager(name, "1000000");
    CHECK_FALSE(manager.listening());
    CHECK_FALSE(manager.alive_every());
    manager.ready();
  }
  const std::string name = cat("@genkan-test-", ::getpid());
  const Listener listener(name);
  for (const char* limit : {"", "0", "-1", "soon", "1s"}) {
    CAPTURE(limit);
    CHECK_FALSE(ServiceManager(name, limit).alive_every());
  }
}

}  // namespace genkan
