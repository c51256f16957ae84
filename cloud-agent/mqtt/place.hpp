#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/error.hpp"

namespace genkan::mqtt {

// Files that prove the broker to us and us to the broker; PEM, read anew at each connect.
struct TlsFiles {
  std::string ca;           // who may have signed the broker's certificate, and nobody else
  std::string certificate;  // ours; empty: none
  std::string key;          // of it

  bool operator==(const TlsFiles&) const = default;
};

// Where a broker is. With `tls`, TLS 1.2 or newer, the broker's certificate and the host's name in
// it verified, always; without, in clear. There is no way from one to the other.
struct Place {
  std::string host;  // a name, an IPv4 address, or an IPv6 address in brackets
  std::uint16_t port = 0;
  std::optional<TlsFiles> tls;

  bool operator==(const Place&) const = default;
};

// "ssl://broker.example:8883" (mqtts:// is the same): `tls` is set, its files empty; or
// "tcp://127.0.0.1:1883". Without a port: 8883 and 1883. An IPv6 address cannot be verified by Paho
// and is refused with ssl://. The error says what would be right.
Result<Place> parse_place(std::string_view uri);

// "ssl://HOST:PORT" or "tcp://HOST:PORT".
std::string uri_of(const Place& place);

}  // namespace genkan::mqtt
