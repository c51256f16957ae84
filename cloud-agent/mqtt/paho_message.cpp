#include "cloud-agent/mqtt/paho_message.hpp"

#include <algorithm>
#include <optional>

#include <mqtt/connect_options.h>
#include <mqtt/message.h>
#include <mqtt/server_response.h>

#include "firmware/base/text.hpp"

namespace genkan::mqtt {

namespace {

using Code = ::mqtt::property::code;
constexpr int at_least_once = 1;
constexpr std::chrono::seconds keep_alive{30};
constexpr std::chrono::seconds connect_timeout{10};
// Above our window of 20, so that nothing waits in Paho: it does not wake its sending thread when
// an acknowledgement makes room, and what waits there would wait up to a second.
constexpr int paho_window = 100;
// Suites that exist in TLS 1.2 alone (those of 1.3 are always on): Paho 1.3.12 passes by the
// version that it is told, so this is what keeps older protocols out.
constexpr const char* suites = "ECDHE+AESGCM:ECDHE+CHACHA20";

std::optional<std::string> text_property(const ::mqtt::properties& list, Code code) {
  if (!list.contains(code)) return std::nullopt;
  return ::mqtt::get<std::string>(list, code);
}

::mqtt::ssl_options ssl_options_of(const TlsFiles& files) {
  ::mqtt::ssl_options tls;
  // With a trust store of its own, Paho leaves the system's out.
  tls.set_trust_store(files.ca);
  if (!files.certificate.empty()) {
    tls.set_key_store(files.certificate);
    tls.set_private_key(files.key);
  }
  tls.set_enabled_cipher_suites(suites);
  tls.set_enable_server_cert_auth(true);
  // The host's name as well: it is off by default.
  tls.set_verify(true);
  return tls;
}

}  // namespace

Inbound inbound_from(const ::mqtt::message& message) {
  const ::mqtt::properties& list = message.get_properties();
  Inbound inbound;
  inbound.arrived = Steady::now();
  inbound.topic = message.get_topic();
  inbound.payload = message.to_string();
  inbound.retained = message.is_retained();
  inbound.response_topic = text_property(list, Code::RESPONSE_TOPIC);
  inbound.correlation = text_property(list, Code::CORRELATION_DATA);
  if (list.contains(Code::MESSAGE_EXPIRY_INTERVAL)) {
    inbound.expiry =
        std::chrono::seconds(::mqtt::get<std::uint32_t>(list, Code::MESSAGE_EXPIRY_INTERVAL));
  }
  const std::size_t count = list.count(Code::USER_PROPERTY);
  for (std::size_t i = 0; i < count; ++i) {
    const auto pair = ::mqtt::get<::mqtt::string_pair>(list, Code::USER_PROPERTY, i);
    inbound.user_properties.emplace_back(std::get<0>(pair), std::get<1>(pair));
  }
  return inbound;
}

std::shared_ptr<::mqtt::message> message_from(const Message& message) {
  auto made = ::mqtt::make_message(message.topic, message.payload.data(), message.payload.size(),
                                   at_least_once, message.retain == Retain::yes);
  ::mqtt::properties list;
  if (!message.response_topic.empty()) list.add({Code::RESPONSE_TOPIC, message.response_topic});
  if (!message.correlation.empty()) list.add({Code::CORRELATION_DATA, message.correlation});
  if (message.expiry) {
    const auto seconds = std::max<std::int64_t>(1, message.expiry->count());
    list.add({Code::MESSAGE_EXPIRY_INTERVAL, static_cast<std::int32_t>(seconds)});
  }
  for (const auto& [name, value] : message.user_properties) {
    list.add({Code::USER_PROPERTY, name, value});
  }
  if (!list.empty()) made->set_properties(list);
  return made;
}

SessionFacts facts_of(const ::mqtt::connect_response& response) {
  const ::mqtt::properties& list = response.get_properties();
  SessionFacts facts;
  facts.resumed = response.is_session_present();
  if (list.contains(Code::RECEIVE_MAXIMUM)) {
    facts.receive_maximum = ::mqtt::get<std::uint16_t>(list, Code::RECEIVE_MAXIMUM);
  }
  if (list.contains(Code::MAXIMUM_PACKET_SIZE)) {
    facts.largest_packet = ::mqtt::get<std::uint32_t>(list, Code::MAXIMUM_PACKET_SIZE);
  }
  return facts;
}

Delivery delivery_of(int reason) {
  if (reason == packet_too_large) return Delivery::too_large;
  return reason >= first_failure ? Delivery::refused : Delivery::lost;
}

std::string words_of(int reason) {
  const char* words = MQTTReasonCode_toString(static_cast<MQTTReasonCodes>(reason));
  return cat(reason, " (", words == nullptr ? "unknown" : words, ")");
}

void fill(::mqtt::connect_options& options, const SessionSettings& settings, const Place& place) {
  options.set_mqtt_version(MQTTVERSION_5);
  options.set_clean_start(false);
  options.set_keep_alive_interval(keep_alive);
  options.set_connect_timeout(connect_timeout);
  options.set_max_inflight(paho_window);
  options.set_servers(::mqtt::string_collection::create(uri_of(place)));
  if (place.tls) options.set_ssl(ssl_options_of(*place.tls));
  if (!settings.username.empty()) options.set_user_name(settings.username);
  if (!settings.password.empty()) options.set_password(settings.password);
  if (settings.will) {
    ::mqtt::properties delay;
    delay.add({Code::WILL_DELAY_INTERVAL, static_cast<std::int32_t>(settings.will->delay.count())});
    options.set_will(::mqtt::will_options(settings.will->topic, settings.will->payload,
                                          at_least_once, true, delay));
  }
  ::mqtt::properties list;
  list.add({Code::SESSION_EXPIRY_INTERVAL, static_cast<std::int32_t>(settings.kept.count())});
  list.add({Code::RECEIVE_MAXIMUM, settings.receive_maximum});
  list.add({Code::MAXIMUM_PACKET_SIZE, static_cast<std::int32_t>(settings.largest_packet)});
  options.set_properties(list);
}

}  // namespace genkan::mqtt
