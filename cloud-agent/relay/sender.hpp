#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cloud-agent/mqtt/broker.hpp"
#include "cloud-agent/relay/calls.hpp"
#include "cloud-agent/relay/orders.hpp"

namespace genkan::relay {

// One signed request over a session of its own. One thread.
class Sender final : public mqtt::BrokerListener {
 public:
  using MakeBroker = std::function<std::unique_ptr<mqtt::Broker>(mqtt::BrokerListener&)>;
  using Done = std::function<void(Result<Answer>)>;

  // `name` tells this session's answers from others'. `done` is called once.
  Sender(const MakeBroker& make_broker, std::string name, KeyChain& keys, Registry& registry,
         const Clock& clock, Order order, Done done);

  void start() { broker_->start(); }
  // Says goodbye; `left` is called within half a second.
  void stop(std::function<void()> left);
  void tick() { calls_.tick(clock_.steady()); }

  void on_online(mqtt::SessionFacts facts) override;
  void on_offline(mqtt::Away away) override;
  void on_attempt_failed(mqtt::Away away) override;
  void on_message(mqtt::Inbound message) override;
  void on_receipt(mqtt::Receipt receipt) override;

 private:
  void finish(Result<Answer> answer);

  std::unique_ptr<mqtt::Broker> broker_;
  Calls calls_;
  Orders orders_;
  const Clock& clock_;
  Order order_;
  Done done_;
  bool given_ = false;
};

}  // namespace genkan::relay
