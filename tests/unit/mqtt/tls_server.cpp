#include "tests/unit/mqtt/tls_server.hpp"

#include <csignal>
#include <memory>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace genkan::mqtt {

namespace {

void answer(SSL_CTX* context, int descriptor) {
  const timeval patience{5, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const std::unique_ptr<SSL, void (*)(SSL*)> connection(SSL_new(context), SSL_free);
  SSL_set_fd(connection.get(), descriptor);
  char byte = 0;
  if (SSL_accept(connection.get()) == 1) {
    while (SSL_read(connection.get(), &byte, 1) > 0) {
    }
  }
  ::close(descriptor);
}

}  // namespace

TlsServer::TlsServer(Needs needs) : needs_(std::move(needs)) {
  ::signal(SIGPIPE, SIG_IGN);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const place = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, place, sizeof address) != 0 || ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, place, &length) != 0) {
    throw std::runtime_error("no listener");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { serve(); });
}

TlsServer::~TlsServer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void TlsServer::serve() const {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_server_method()),
                                                             SSL_CTX_free);
  SSL_CTX* const made = context.get();
  if (SSL_CTX_use_certificate_chain_file(made, needs_.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(made, needs_.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("no certificate for the server");
  }
  if (needs_.newest != 0) {
    SSL_CTX_set_max_proto_version(made, needs_.newest);
    SSL_CTX_set_min_proto_version(made, 0);
    SSL_CTX_set_security_level(made, 0);
  }
  if (needs_.suites != nullptr) SSL_CTX_set_cipher_list(made, needs_.suites);
  if (!needs_.client_ca.empty()) {
    SSL_CTX_load_verify_locations(made, needs_.client_ca.c_str(), nullptr);
    SSL_CTX_set_verify(made, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  while (true) {
    const int descriptor = ::accept(listener_, nullptr, nullptr);
    if (descriptor < 0) return;
    answer(made, descriptor);
  }
}

}  // namespace genkan::mqtt
