#include "tests/integration/mqtt_client.hpp"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <mqtt/async_client.h>

#include "cloud-agent/mqtt/paho_pace.hpp"

namespace genkan::test {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 10s;

std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string user_property(const ::mqtt::properties& properties, const std::string& name) {
  for (std::size_t i = 0; i < properties.count(::mqtt::property::USER_PROPERTY); ++i) {
    const auto pair =
        ::mqtt::get<::mqtt::string_pair>(properties, ::mqtt::property::USER_PROPERTY, i);
    if (std::get<0>(pair) == name) return std::get<1>(pair);
  }
  return {};
}

}  // namespace

struct MqttClient::Impl {
  Impl(int port, const std::string& id, bool tls)
      : answer_topic([id, tls](const std::string& gateway) {
          return tls ? "genkan/1/" + gateway + "/answer/" + id : "test/" + id + "/answers";
        }),
        client((tls ? "ssl://localhost:" : "tcp://127.0.0.1:") + std::to_string(port), id,
               ::mqtt::create_options_builder().mqtt_version(5).finalize()) {}

  void take(const ::mqtt::const_message_ptr& message) {
    MqttMessage taken;
    taken.arrived_ns = monotonic_ns();
    taken.topic = message->get_topic();
    taken.payload = message->to_string();
    taken.retained = message->is_retained();
    const auto& properties = message->get_properties();
    if (properties.contains(::mqtt::property::CORRELATION_DATA)) {
      taken.correlation = ::mqtt::get<std::string>(properties, ::mqtt::property::CORRELATION_DATA);
    }
    taken.status = user_property(properties, "status");
    const std::scoped_lock lock(mutex);
    received.push_back(std::move(taken));
    changed.notify_all();
  }

  std::function<std::string(const std::string& gateway)> answer_topic;
  ::mqtt::async_client client;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<MqttMessage> received;
  std::uint64_t next_correlation = 0;
};

MqttClient::MqttClient(int port, std::string client_id, std::optional<Tls> tls)
    : impl_(std::make_unique<Impl>(port, client_id, tls.has_value())) {
  Impl* impl = impl_.get();
  impl->client.set_message_callback(
      [impl](const ::mqtt::const_message_ptr& message) { impl->take(message); });
  try {
    auto options = ::mqtt::connect_options_builder().mqtt_version(5).clean_start(true).finalize();
    if (tls) {
      options.set_ssl(::mqtt::ssl_options_builder()
                          .trust_store(tls->authority.string())
                          .key_store(tls->certificate.string())
                          .private_key(tls->key.string())
                          .ssl_version(MQTT_SSL_VERSION_TLS_1_2)
                          .verify(true)
                          .enable_server_cert_auth(true)
                          .finalize());
    }
    if (!impl->client.connect(options)->wait_for(patience)) {
      throw std::runtime_error("the broker did not take the test's client");
    }
  } catch (const ::mqtt::exception& error) {
    throw std::runtime_error(std::string("the broker did not take the test's client: ") +
                             error.what());
  }
  mqtt::send_without_delay();
  // Whatever the gateway is called: "+" is one level.
  subscribe(impl->answer_topic("+"));
}

MqttClient::~MqttClient() {
  try {
    impl_->client.disable_callbacks();
    impl_->client.disconnect()->wait_for(2s);
  } catch (const ::mqtt::exception&) {  // NOLINT(bugprone-empty-catch)
    // The broker is gone already; there is nothing to say goodbye to.
  }
}

void MqttClient::subscribe(const std::string& filter) {
  if (!impl_->client.subscribe(filter, 1)->wait_for(patience)) {
    throw std::runtime_error("no answer to the subscription of " + filter);
  }
}

void MqttClient::publish(const std::string& topic, const std::string& payload, bool retained) {
  impl_->client.publish(topic, payload.data(), payload.size(), 1, retained)->wait_for(patience);
}

std::string MqttClient::send(const std::string& gateway, const MqttRequest& request,
                             std::int64_t* sent_ns) {
  const std::string correlation =
      impl_->client.get_client_id() + "-" + std::to_string(++impl_->next_correlation);
  ::mqtt::properties properties{{::mqtt::property::RESPONSE_TOPIC, impl_->answer_topic(gateway)},
                                {::mqtt::property::USER_PROPERTY, "method", request.method},
                                {::mqtt::property::USER_PROPERTY, "path", request.path}};
  properties.add({::mqtt::property::CORRELATION_DATA, correlation});
  if (!request.subject.empty()) {
    properties.add({::mqtt::property::USER_PROPERTY, "subject", request.subject});
  }
  if (request.expiry) {
    properties.add(
        {::mqtt::property::MESSAGE_EXPIRY_INTERVAL, static_cast<int>(request.expiry->count())});
  }
  auto message = ::mqtt::make_message("genkan/1/" + gateway + "/request", request.body, 1, false);
  message->set_properties(properties);
  if (sent_ns != nullptr) *sent_ns = monotonic_ns();
  impl_->client.publish(message);
  return correlation;
}

std::optional<MqttMessage> MqttClient::ask(const std::string& gateway, const MqttRequest& request,
                                           std::chrono::milliseconds within) {
  const std::string correlation = send(gateway, request);
  return wait_for(
      [&correlation](const MqttMessage& message) { return message.correlation == correlation; },
      within);
}

std::vector<MqttMessage> MqttClient::messages() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->received;
}

std::optional<MqttMessage> MqttClient::wait_for(
    const std::function<bool(const MqttMessage&)>& matches, std::chrono::milliseconds within,
    std::size_t from) {
  std::unique_lock lock(impl_->mutex);
  const auto deadline = std::chrono::steady_clock::now() + within;
  std::size_t next = from;
  for (;;) {
    for (; next < impl_->received.size(); ++next) {
      if (matches(impl_->received[next])) return impl_->received[next];
    }
    if (impl_->changed.wait_until(lock, deadline) == std::cv_status::timeout) return std::nullopt;
  }
}

std::optional<MqttMessage> MqttClient::take(const std::function<bool(const MqttMessage&)>& matches,
                                            std::chrono::milliseconds within) {
  auto found = wait_for(matches, within);
  if (!found) return found;
  const std::scoped_lock lock(impl_->mutex);
  std::erase_if(impl_->received, matches);
  return found;
}

std::vector<MqttMessage> MqttClient::drain(std::chrono::milliseconds within) {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait_for(lock, within, [this] { return !impl_->received.empty(); });
  return std::exchange(impl_->received, {});
}

bool MqttClient::connected() const { return impl_->client.is_connected(); }

void MqttClient::forget() {
  const std::scoped_lock lock(impl_->mutex);
  impl_->received.clear();
}

}  // namespace genkan::test
