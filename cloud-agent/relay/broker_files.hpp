#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "cloud-agent/relay/settings.hpp"

// What a mosquitto needs to be the broker of a cloud: it runs as written. The example in
// cloud-agent/contract/examples/mosquitto is made by these functions; a test holds it to that.
namespace genkan::relay {

// Files of the broker, all in its folder.
namespace broker_file {
constexpr std::string_view settings = "mosquitto.conf";
constexpr std::string_view access = "acl";
constexpr std::string_view authority = "ca.pem";            // of gateways, and of the broker itself
constexpr std::string_view own_authority = "cloud-ca.pem";  // of the cloud's programs
constexpr std::string_view certificate = "server.pem";
constexpr std::string_view key = "server.key";
}  // namespace broker_file

// mosquitto.conf for a broker whose files are in `folder`. With TLS: a listener for gateways, and
// one for the cloud's programs at the port of `own_broker`, which must be set.
std::string mosquitto_settings(const CloudSettings& settings, const std::filesystem::path& folder);

// Who may do what, by the name (CN) in the client's certificate.
std::string mosquitto_access(std::string_view cloud);

// As whom the cloud's programs and Home Assistant appear at the broker. The '.' is in no gateway's
// id, so no gateway can have these names.
std::string broker_user(std::string_view cloud);
std::string home_user(std::string_view cloud);

}  // namespace genkan::relay
