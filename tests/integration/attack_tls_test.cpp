// Attacks on TLS: who comes in at which door of the broker, and a gateway whose broker is another
// (attack_signed_test.cpp has the list of all).
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "firmware/base/text.hpp"
#include "tests/integration/authority.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/intruder.hpp"
#include "tests/integration/siege.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto soon = 30s;

struct Client {
  std::string name;  // CN
  std::chrono::hours to{24};
  CertificatePurpose purpose = CertificatePurpose::client;
};

// A key and a certificate for it, files in the cloud's folder.
MqttClient::Tls put(const Cloud& cloud, const std::string& file, const Authority& authority,
                    const Client& client) {
  const P256Key key = P256Key::make();
  const bool server = client.purpose == CertificatePurpose::server;
  write_file(cloud.path(file + ".key"), key.to_pem());
  write_file(cloud.path(file + ".pem"),
             authority.issue({.name = client.name,
                              .key = key.public_key(),
                              .purpose = client.purpose,
                              .to = client.to,
                              .names = server ? std::vector<std::string>{"localhost"}
                                              : std::vector<std::string>()}));
  return {cloud.path("ca.pem"), cloud.path(file + ".pem"), cloud.path(file + ".key")};
}

// Whether the broker takes such a client.
bool lets_in(int port, const std::optional<MqttClient::Tls>& tls) {
  try {
    const Intruder client(port, "intruder", tls);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

// Who sits between the gateway and its broker and has no key: says "connected" in clear to whoever
// comes, and keeps what it is told.
class StrippedLine {
 public:
  explicit StrippedLine(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    constexpr int yes = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket_, 8) != 0) {
      throw std::runtime_error("the port is not free");
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~StrippedLine() {
    thread_.request_stop();
    thread_.join();
    ::close(socket_);
  }
  StrippedLine(const StrippedLine&) = delete;
  StrippedLine& operator=(const StrippedLine&) = delete;

  // The first bytes of each connection.
  std::vector<std::string> heard() const {
    const std::scoped_lock lock(mutex_);
    return heard_;
  }

 private:
  static bool ready(int socket, std::chrono::milliseconds within) {
    pollfd one{socket, POLLIN, 0};
    return ::poll(&one, 1, static_cast<int>(within.count())) > 0;
  }
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!ready(socket_, 100ms)) continue;
      const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      std::string text(4096, '\0');
      if (!ready(client, 2s)) text.clear();
      if (!text.empty()) text.resize(static_cast<std::size_t>(::read(client, text.data(), 4096)));
      constexpr char connected[] = {0x20, 3, 0, 0, 0};  // CONNACK of MQTT 5
      static_cast<void>(::send(client, connected, sizeof connected, MSG_NOSIGNAL));
      static_cast<void>(ready(client, 100ms));
      ::close(client);
      const std::scoped_lock lock(mutex_);
      heard_.push_back(text);
    }
  }

  int socket_;
  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
  std::jthread thread_;
};

}  // namespace

TEST_CASE("REM-4: the broker lets in nobody without a certificate for that door") {
  Siege siege;
  auto& cloud = siege.estate.cloud;
  const auto neighbour = siege.enrol("gw-2");
  // The gateway's name by somebody else; and by ours, whose key the test has.
  const Authority others("Others");
  const Authority gateways(cloud.path("ca.pem"), cloud.path("ca.key"));
  const Authority own(cloud.path("cloud-ca.pem"), cloud.path("cloud-ca.key"));
  const auto authority = cloud.path("ca.pem");
  const auto gateway_door = cloud.port();
  const auto cloud_door = cloud.own_port();
  struct Key {
    const char* name;
    std::optional<MqttClient::Tls> tls;
    int opens;  // the port that takes it; 0: none
  };
  const std::vector<Key> keys{
      {"a gateway's", neighbour, gateway_door},
      {"the cloud's", cloud.tls(), cloud_door},
      {"in clear", std::nullopt, 0},
      {"none", MqttClient::Tls{authority, {}, {}}, 0},
      {"another authority's", put(cloud, "other", others, {"gw-test"}), 0},
      {"one that has ended", put(cloud, "ended", gateways, {"gw-test", -1h}), 0},
      {"the cloud's that has ended", put(cloud, "own-ended", own, {"cloud.trial", -1h}), 0},
      {"a broker's", put(cloud, "server", gateways, {"gw-test", 24h, CertificatePurpose::server}),
       0},
  };
  for (const auto& key : keys) {
    CAPTURE(key.name);
    CHECK(lets_in(gateway_door, key.tls) == (key.opens == gateway_door));
    CHECK(lets_in(cloud_door, key.tls) == (key.opens == cloud_door));
  }
  CHECK(siege.estate.connected());
  CHECK(siege.moved() == "");

  // The broker is gone, and somebody without its key is at its port: first a broker in clear, then
  // one who says "connected" without having listened.
  cloud.stop_broker();
  write_file(cloud.path("clear.conf"),
             cat("listener ", gateway_door, " 127.0.0.1\nallow_anonymous true\n",
                 ::geteuid() == 0 ? "user root\n" : ""));
  {
    Process clear({mosquitto_program(), "-c", cloud.path("clear.conf").string()},
                  cloud.path("clear.log"));
    REQUIRE(wait_until([&] { return lets_in(gateway_door, std::nullopt); }, soon));
    MqttClient onlooker(gateway_door, "onlooker");
    onlooker.subscribe("#");
    const auto failed = [&] { return siege.why_away().find("TLS") != std::string::npos; };
    CHECK_MESSAGE(wait_until(failed, soon), siege.why_away());
    CHECK(onlooker.messages().empty());
  }
  const StrippedLine stripped(gateway_door);
  REQUIRE(wait_until([&] { return stripped.heard().size() >= 2; }, soon));
  for (const auto& each : stripped.heard()) {
    REQUIRE_FALSE(each.empty());
    CHECK(each.front() == 0x16);  // a TLS handshake (RFC 8446, 5.1), and nothing of MQTT
    CHECK(each.find("MQTT") == std::string::npos);
    CHECK(each.find("genkan") == std::string::npos);
  }
  CHECK_FALSE(siege.estate.connected());
  CHECK(siege.moved() == "");
}

}  // namespace genkan::test
