#include "cloud-agent/relay/connection.hpp"

#include <utility>

#include "cloud-agent/mqtt/paho_broker.hpp"
#include "cloud-agent/relay/broker_files.hpp"
#include "firmware/base/certificate.hpp"
#include "firmware/base/digest.hpp"
#include "firmware/base/files.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

constexpr std::chrono::days session_kept{7};
// More than the broker's default window of 20: what 2,000 gateways catch up with comes faster.
constexpr std::uint16_t receive_maximum = 100;

}  // namespace

Result<std::string> share_group(const Folder& folder) {
  const auto key = read_private_file(folder.key(), max_pem);
  if (!key) return fail(key.error());
  constexpr std::size_t length = 32;
  return hex(sha256(cat("share group\n", *key))).substr(0, length);
}

std::unique_ptr<mqtt::Broker> connect(boost::asio::any_io_executor loop, const Folder& folder,
                                      const CloudSettings& settings, Role role,
                                      const std::string& name, mqtt::BrokerListener& listener) {
  mqtt::SessionSettings session;
  // As a user of the broker, it has a '.', which is in no gateway's id.
  session.client_id = cat(broker_user(settings.name), ".", name);
  session.kept = role == Role::relay ? std::chrono::seconds(session_kept) : std::chrono::seconds(0);
  session.receive_maximum = receive_maximum;
  mqtt::Place place = settings.own_broker.value_or(settings.broker);
  if (place.tls) {
    place.tls = mqtt::TlsFiles{folder.authority().string(), folder.certificate().string(),
                               folder.key().string()};
  }
  return std::make_unique<mqtt::PahoBroker>(std::move(loop), std::move(session), std::move(place),
                                            listener);
}

}  // namespace genkan::relay
