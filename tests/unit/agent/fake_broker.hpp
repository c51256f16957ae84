#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "cloud-agent/agent/broker.hpp"

namespace genkan::agent {

// A broker that remembers what it was given; the test says what becomes of it.
class FakeBroker final : public Broker {
 public:
  struct Sent {
    Message message;
    Ticket ticket;
  };

  void start() override {}
  void stop(std::chrono::milliseconds, std::function<void()> done) override { done(); }
  Result<> publish(const Message& message, Ticket ticket) override {
    if (refuses) return fail(ErrorCode::unreachable, "away");
    sent.push_back({message, ticket});
    return {};
  }
  void subscribe(std::string filter, Retain) override { filters.push_back(std::move(filter)); }
  void unsubscribe(std::string) override {}
  void reconnect(std::string) override { ++reconnects; }

  bool refuses = false;
  int reconnects = 0;
  std::vector<Sent> sent;
  std::vector<std::string> filters;
};

}  // namespace genkan::agent
