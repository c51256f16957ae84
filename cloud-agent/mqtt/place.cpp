#include "cloud-agent/mqtt/place.hpp"

#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"

namespace genkan::mqtt {

namespace {

struct Scheme {
  std::string_view begin;
  std::uint16_t port;
  bool tls;
};
constexpr std::array schemes{Scheme{"ssl://", 8883, true}, Scheme{"mqtts://", 8883, true},
                             Scheme{"tcp://", 1883, false}};
constexpr std::size_t longest_name = 253;  // RFC 1035, 2.3.4

bool fits_host(std::string_view host) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto fits = [bracketed](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || c == '.' || (bracketed ? c == ':' : c == '-' || c == '_');
  };
  return !host.empty() && host.size() <= longest_name &&
         std::all_of(host.begin(), host.end(), fits);
}

std::unexpected<Error> no_broker(std::string_view uri) {
  return fail(ErrorCode::invalid,
              cat("'", printable(uri), "' is no broker; it must be ssl://HOST:PORT, as ",
                  "ssl://broker.example:8883, or, in clear, tcp://HOST:PORT"));
}

}  // namespace

Result<Place> parse_place(std::string_view uri) {
  const auto begins = [uri](const Scheme& each) { return uri.starts_with(each.begin); };
  const auto scheme = std::find_if(schemes.begin(), schemes.end(), begins);
  if (scheme == schemes.end()) return no_broker(uri);
  const std::string_view text = uri.substr(scheme->begin.size());
  const auto colon = text.rfind(':');
  const auto bracket = text.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  const auto host = has_port ? text.substr(0, colon) : text;
  if (!fits_host(host)) return no_broker(uri);
  Place place{std::string(host), scheme->port, std::nullopt};
  if (has_port) {
    const auto port = parse_integer<std::uint16_t>(text.substr(colon + 1), 1, 65535);
    if (!port) return no_broker(uri);
    place.port = *port;
  }
  if (!scheme->tls) return place;
  if (host.front() == '[') {
    return fail(ErrorCode::unsupported,
                cat("'", printable(uri), "': with TLS, a broker is named by its host name or its ",
                    "IPv4 address; an IPv6 address cannot be verified"));
  }
  place.tls = TlsFiles{};
  return place;
}

std::string uri_of(const Place& place) {
  return cat(place.tls ? "ssl://" : "tcp://", place.host, ":", place.port);
}

}  // namespace genkan::mqtt
