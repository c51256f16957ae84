#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/mqtt_client.hpp"

namespace genkan::test {

// A client of the broker that keeps to no contract: any topic, any property; and it tells what the
// broker said to each try. Over Paho, on 127.0.0.1.
class Intruder {
 public:
  static constexpr int granted = 1;       // QoS 1
  static constexpr int done = 0;          // of a publish
  static constexpr int forbidden = 0x87;  // not authorized (MQTT 5, 2.4)

  // Throws std::runtime_error if the broker does not take it within 10 s.
  Intruder(int port, std::string client_id, std::optional<MqttClient::Tls> tls);
  ~Intruder();

  struct Letter {
    std::string topic;
    std::string payload;
    bool retained = false;
    std::string response_topic{};  // empty: none
    std::string correlation{};     // empty: none
    std::vector<std::pair<std::string, std::string>> properties{};
  };
  // The broker's reason code, also of a refusal; nothing: no answer within 10 s, or it hung up.
  std::optional<int> publish(const Letter& letter);
  std::optional<int> subscribe(const std::string& filter);

  bool connected() const;
  // All that came so far.
  std::vector<MqttMessage> heard() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genkan::test
