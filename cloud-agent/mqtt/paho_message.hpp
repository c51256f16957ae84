#pragma once

#include <memory>
#include <string>

#include "cloud-agent/mqtt/broker.hpp"
#include "cloud-agent/mqtt/paho_broker.hpp"

namespace mqtt {
class connect_options;
class connect_response;
class message;
class properties;
}  // namespace mqtt

// Between Paho's words and ours.
namespace genkan::mqtt {

// MQTT 5 reason codes (OASIS MQTT 5.0, 2.4).
constexpr int packet_too_large = 149;
constexpr int first_failure = 128;

Inbound inbound_from(const ::mqtt::message& message);
std::shared_ptr<::mqtt::message> message_from(const Message& message);
SessionFacts facts_of(const ::mqtt::connect_response& response);
// What became of a message that failed with this reason.
Delivery delivery_of(int reason);
// "135 (Not authorized)".
std::string words_of(int reason);

// Fills what connects to `place`. Paho C++ 1.2.0 loses CONNECT properties when options are copied
// or moved: `options` must live, where it is, until connect() has returned.
void fill(::mqtt::connect_options& options, const SessionSettings& settings, const Place& place);

}  // namespace genkan::mqtt
