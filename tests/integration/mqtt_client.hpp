#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// A cloud's end for tests, demo and benches: an MQTT 5 client of its own, over Paho.
namespace genkan::test {

struct MqttMessage {
  std::string topic;
  std::string payload;
  std::string correlation;
  std::string status;  // user property
  bool retained = false;
  std::int64_t arrived_ns = 0;  // CLOCK_MONOTONIC
};

struct MqttRequest {
  std::string method = "POST";
  std::string path;
  std::string body;
  std::string subject;  // empty: none
  std::optional<std::chrono::seconds> expiry;
};

class MqttClient {
 public:
  // The certificate that the client shows, and the authority that it takes the broker's from. The
  // broker is "localhost" then, and answers are wanted where the cloud's access control allows
  // them: genkan/1/GATEWAY/answer/CLIENT.
  struct Tls {
    std::filesystem::path authority, certificate, key;
  };
  // Connects to the broker on 127.0.0.1; throws std::runtime_error if it cannot within 10 s.
  MqttClient(int port, std::string client_id, std::optional<Tls> tls = {});
  ~MqttClient();

  void subscribe(const std::string& filter);
  void publish(const std::string& topic, const std::string& payload, bool retained = false);

  // Sends a request to a gateway; returns the correlation data. `sent_ns`: right before publishing.
  std::string send(const std::string& gateway, const MqttRequest& request,
                   std::int64_t* sent_ns = nullptr);
  // Sends and waits for the answer; nothing after `within`.
  std::optional<MqttMessage> ask(const std::string& gateway, const MqttRequest& request,
                                 std::chrono::milliseconds within);

  // All that came so far, or what of it matches.
  std::vector<MqttMessage> messages() const;
  // The first message from index `from` on that matches, waited for at most `within`.
  std::optional<MqttMessage> wait_for(const std::function<bool(const MqttMessage&)>& matches,
                                      std::chrono::milliseconds within, std::size_t from = 0);
  // The same, and forgets it: for runs of hours.
  std::optional<MqttMessage> take(const std::function<bool(const MqttMessage&)>& matches,
                                  std::chrono::milliseconds within);
  // All that came, waited for at most `within` if there is nothing; and forgets it.
  std::vector<MqttMessage> drain(std::chrono::milliseconds within);
  void forget();  // what came so far
  // As far as it was noticed. It does not connect again by itself.
  bool connected() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genkan::test
