#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>

namespace genkan::mqtt {

// A broker as far as TLS goes: listens on 127.0.0.1, shakes hands with one client after another,
// and reads from each until that ends.
class TlsServer {
 public:
  struct Needs {
    std::filesystem::path certificate;
    std::filesystem::path key;
    std::filesystem::path client_ca;  // empty: no certificate of the client is asked for
    int newest = 0;                   // protocol version; 0: the library's
    const char* suites = nullptr;     // of TLS 1.2 and older
  };
  explicit TlsServer(Needs needs);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void serve() const;

  Needs needs_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

}  // namespace genkan::mqtt
