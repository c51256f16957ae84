#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "cloud-agent/mqtt/broker.hpp"

namespace genkan::agent {

// What goes first when the broker is slow. Each sort may fill the window only to its own limit, so
// that there is always room left for those before it: an alarm never waits for activity.
enum class Urgency : std::uint8_t { alarm, answer, state, activity };

// The unacknowledged messages: at most 19, always less than the broker's receive maximum
// (mosquitto: 20), as more would be held back inside Paho, behind one another and without order of
// urgency. One thread.
class Window {
 public:
  // Called with the outcome, from a receipt.
  using Done = std::function<void(mqtt::Delivery, int reason)>;

  // An unanswered message older than this means a broker that no longer works.
  static constexpr std::chrono::seconds patience{30};

  explicit Window(mqtt::Broker& broker) : broker_(broker) {}

  // What is still unanswered from the session before stays in flight: its receipts are still due.
  void online(const mqtt::SessionFacts& facts, SteadyTime now);
  void offline() { online_ = false; }
  bool is_online() const { return online_; }
  // The longest payload that may be sent, given the topic and what goes with it.
  std::size_t most_payload_now() const;

  // Whether a message of this sort may be sent now.
  bool room(Urgency urgency) const;
  // Sends it; false if there is no room or the broker took it not: nothing happened then and
  // `done` is not called.
  bool send(Urgency urgency, const mqtt::Message& message, SteadyTime now, Done done);
  void receipt(const mqtt::Receipt& receipt);
  // Whether something waits for longer than `patience` although we are online.
  bool stuck(SteadyTime now) const;
  std::size_t in_flight() const { return flying_.size(); }

 private:
  struct Flying {
    Done done;
    SteadyTime since;
  };

  mqtt::Broker& broker_;
  bool online_ = false;
  std::size_t limit_ = 19;
  std::size_t largest_packet_ = 0;
  std::uint64_t last_ticket_ = 0;
  std::unordered_map<std::uint64_t, Flying> flying_;
};

}  // namespace genkan::agent
