#include "tests/integration/broker.hpp"

#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 10s;

}  // namespace

std::string mosquitto_program() {
  for (const char* path : {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto",
                           "/usr/local/bin/mosquitto"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  throw std::runtime_error("mosquitto is not installed (Debian: apt install mosquitto)");
}

namespace {

bool takes_connections(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const int result = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::close(socket);
  return result == 0;
}

}  // namespace

MosquittoBroker::MosquittoBroker(Options options) : options_(std::move(options)) {
  // A port that was free a moment ago may be somebody's now: some attempts.
  constexpr int attempts = 5;
  for (int attempt = 1; port_ == 0 || !process_; ++attempt) {
    port_ = free_port();
    write_settings();
    try {
      start();
    } catch (const std::runtime_error&) {
      process_.reset();
      if (attempt == attempts) throw;
    }
  }
}

MosquittoBroker::~MosquittoBroker() = default;

void MosquittoBroker::write_settings() {
  std::string text = "listener " + std::to_string(port_) +
                     " 127.0.0.1\n"
                     // An answer behind an acknowledgement must not wait for Nagle's algorithm.
                     "set_tcp_nodelay true\n"
                     "max_queued_messages 100000\n";
  if (options_.more_settings.find("allow_anonymous") == std::string::npos) {
    text += "allow_anonymous true\n";
  }
  // Started by root it would become another user, who may not write into our folder.
  if (::geteuid() == 0) text += "user root\n";
  if (options_.persistent) {
    text += "persistence true\npersistence_location " + folder_.path().string() + "/\n";
  }
  write_file(folder_.path() / "mosquitto.conf", text + options_.more_settings + "\n");
}

void MosquittoBroker::start() {
  process_ = std::make_unique<Process>(
      std::vector<std::string>{mosquitto_program(), "-c",
                               (folder_.path() / "mosquitto.conf").string()},
      folder_.path() / "mosquitto.log");
  const bool ready =
      wait_until([this] { return takes_connections(port_) || !process_->running(); }, patience);
  if (!ready || !process_->running()) throw std::runtime_error("mosquitto did not start: " + log());
}

void MosquittoBroker::stop() { process_->stop(); }

void MosquittoBroker::freeze() { process_->signal(SIGSTOP); }

void MosquittoBroker::thaw() { process_->signal(SIGCONT); }

void MosquittoBroker::kill() {
  process_->signal(SIGKILL);
  process_->wait(patience);
}

std::string MosquittoBroker::log() const { return read_file(folder_.path() / "mosquitto.log"); }

}  // namespace genkan::test
