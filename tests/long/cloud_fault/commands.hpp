#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "tests/integration/harness.hpp"
#include "tests/integration/mqtt_client.hpp"
#include "tests/integration/signer.hpp"
#include "tests/long/cloud_fault/pace.hpp"

namespace genkan::test {

// A signed command to a lock and what became of it. Times are of CLOCK_MONOTONIC, as those of the
// building's log.
struct Order {
  std::string device;
  bool lock = false;
  std::string envelope{};
  std::int64_t sent_ns = 0;
  std::int64_t expires_ns = 0;
  std::int64_t answered_ns = 0;
  int sends = 0;
  // done, failed, refused, expired, unknown_outcome; empty: no final answer.
  std::string verdict{};
  std::string reason{};  // or the code of the refusal
  std::string answer{};
  std::string bolt{};   // as the answer has it
  std::string there{};  // as it was in the building when the answer came
};

// The cloud's side of commands, as docs/CLOUD.md asks for it: after a silence the same envelope
// again, until there is an answer, also past its expiry. One command at a time for each lock,
// always to where its bolt is not, so that each that is done moves it once. A thread of its own.
class CommandLoad {
 public:
  struct Door {
    std::string id;
    Building* building;
  };
  struct Cloud {
    std::string gateway;
    int port;  // of the broker, on localhost
    MqttClient::Tls tls;
  };
  CommandLoad(Cloud cloud, RequestSigner signer, std::vector<Door> doors, FaultPace& pace,
              unsigned seed);
  ~CommandLoad() { stop(); }
  CommandLoad(const CommandLoad&) = delete;
  CommandLoad& operator=(const CommandLoad&) = delete;

  // No further command is waited for.
  void stop();

  // After stop():
  const std::vector<Order>& orders() const { return orders_; }
  // Where a later answer to an envelope said something else than the first: sentences.
  const std::vector<std::string>& contradictions() const { return contradictions_; }
  int asked_again() const { return asked_again_; }  // though there was an answer: to compare
  int connections() const { return connections_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  struct State {
    Door door;
    std::size_t order = none;  // that waits for its answer
    std::size_t again = none;  // that has one, and is asked for once more
    Time next{};
    Time give_up{};  // asking again
  };

  void run();
  bool connect();
  void step(State& state, Time now);
  void begin(State& state, Time now);
  void send(std::size_t order, Time now, State& state);
  void take(const MqttMessage& message);
  void conclude(std::size_t order, const MqttMessage& message);
  void compare(const Order& order, const MqttMessage& message);
  std::chrono::milliseconds between(int least_ms, int most_ms);

  const Cloud cloud_;
  const RequestSigner signer_;
  FaultPace& pace_;
  std::mt19937 random_;
  std::vector<State> states_;
  std::unique_ptr<MqttClient> client_;
  Time heard_{};
  std::unordered_map<std::string, std::size_t> asked_;  // by correlation data
  std::vector<Order> orders_;
  std::int64_t answered_ = 0;
  std::vector<std::string> contradictions_;
  int asked_again_ = 0;
  int connections_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace genkan::test
