#include "tests/integration/intruder.hpp"

#include <mutex>
#include <stdexcept>

#include <mqtt/async_client.h>

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 10s;

// What the broker said to what this token stands for.
std::optional<int> reason_of(const ::mqtt::token_ptr& token) {
  try {
    if (!token->wait_for(patience)) return std::nullopt;
    return static_cast<int>(token->get_reason_code());
  } catch (const ::mqtt::exception& error) {
    const int reason = error.get_reason_code();
    if (reason == ::mqtt::ReasonCode::SUCCESS) return std::nullopt;
    return reason;
  }
}

}  // namespace

struct Intruder::Impl {
  Impl(int port, const std::string& id, bool tls)
      : client((tls ? "ssl://localhost:" : "tcp://127.0.0.1:") + std::to_string(port), id,
               ::mqtt::create_options_builder().mqtt_version(5).finalize()) {}

  ::mqtt::async_client client;
  mutable std::mutex mutex;
  std::vector<MqttMessage> heard;
};

Intruder::Intruder(int port, std::string client_id, std::optional<MqttClient::Tls> tls)
    : impl_(std::make_unique<Impl>(port, client_id, tls.has_value())) {
  Impl* impl = impl_.get();
  impl->client.set_message_callback([impl](const ::mqtt::const_message_ptr& message) {
    MqttMessage taken;
    taken.topic = message->get_topic();
    taken.payload = message->to_string();
    const std::scoped_lock lock(impl->mutex);
    impl->heard.push_back(std::move(taken));
  });
  try {
    auto options = ::mqtt::connect_options_builder().mqtt_version(5).clean_start(true).finalize();
    if (tls) {
      ::mqtt::ssl_options_builder build;
      build.trust_store(tls->authority.string()).verify(true).enable_server_cert_auth(true);
      if (!tls->certificate.empty()) build.key_store(tls->certificate.string());
      if (!tls->key.empty()) build.private_key(tls->key.string());
      options.set_ssl(build.finalize());
    }
    if (!impl->client.connect(options)->wait_for(patience)) {
      throw std::runtime_error("the broker does not answer");
    }
  } catch (const ::mqtt::exception& error) {
    throw std::runtime_error(std::string("the broker refuses: ") + error.what());
  }
}

Intruder::~Intruder() {
  try {
    impl_->client.disable_callbacks();
    if (connected()) impl_->client.disconnect()->wait_for(2s);
  } catch (const ::mqtt::exception&) {
    return;  // thrown out in this moment
  }
}

std::optional<int> Intruder::publish(const Letter& letter) {
  auto message = ::mqtt::make_message(letter.topic, letter.payload, 1, letter.retained);
  ::mqtt::properties properties;
  if (!letter.response_topic.empty()) {
    properties.add({::mqtt::property::RESPONSE_TOPIC, letter.response_topic});
  }
  if (!letter.correlation.empty()) {
    properties.add({::mqtt::property::CORRELATION_DATA, letter.correlation});
  }
  for (const auto& [name, value] : letter.properties) {
    properties.add({::mqtt::property::USER_PROPERTY, name, value});
  }
  message->set_properties(properties);
  try {
    return reason_of(impl_->client.publish(message));
  } catch (const ::mqtt::exception&) {
    return std::nullopt;
  }
}

std::optional<int> Intruder::subscribe(const std::string& filter) {
  try {
    return reason_of(impl_->client.subscribe(filter, 1));
  } catch (const ::mqtt::exception&) {
    return std::nullopt;
  }
}

bool Intruder::connected() const { return impl_->client.is_connected(); }

std::vector<MqttMessage> Intruder::heard() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->heard;
}

}  // namespace genkan::test
