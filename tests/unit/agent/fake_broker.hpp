#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "cloud-agent/mqtt/broker.hpp"

namespace genkan::agent {

// A broker that remembers what it was given; the test says what becomes of it.
class FakeBroker final : public mqtt::Broker {
 public:
  struct Sent {
    mqtt::Message message;
    mqtt::Ticket ticket;
  };

  void use(std::optional<mqtt::Place> place) override { places.push_back(std::move(place)); }
  void start() override {}
  void stop(std::chrono::milliseconds, std::function<void()> done) override { done(); }
  Result<> publish(const mqtt::Message& message, mqtt::Ticket ticket) override {
    if (refuses) return fail(ErrorCode::unreachable, "away");
    sent.push_back({message, ticket});
    return {};
  }
  void subscribe(std::string filter, mqtt::Retain, mqtt::Qos) override {
    filters.push_back(std::move(filter));
  }
  void unsubscribe(std::string) override {}
  void reconnect(std::string) override { ++reconnects; }

  bool refuses = false;
  int reconnects = 0;
  std::vector<Sent> sent;
  std::vector<std::string> filters;
  std::vector<std::optional<mqtt::Place>> places;
};

}  // namespace genkan::agent
