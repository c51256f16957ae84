#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "cloud-agent/mqtt/broker.hpp"
#include "cloud-agent/relay/settings.hpp"

namespace genkan::relay {

enum class Role : std::uint8_t {
  relay,   // a session that the broker keeps for a week
  sender,  // gone with the connection
};

// The name of the group in which this cloud's copies share events. It follows from cloud.key, so
// that nobody else can guess it: a broker grants membership to everybody, and deals an event to a
// member who may not read it, that is, to nobody. io, invalid: there is no such key.
Result<std::string> share_group(const Folder& folder);

// The cloud's MQTT session, with the folder's certificate. `name` tells it from others of the same
// cloud: a second one under the same name would throw the first out.
std::unique_ptr<mqtt::Broker> connect(boost::asio::any_io_executor loop, const Folder& folder,
                                      const CloudSettings& settings, Role role,
                                      const std::string& name, mqtt::BrokerListener& listener);

}  // namespace genkan::relay
