#include "cloud-agent/relay/sender.hpp"

#include <utility>

namespace genkan::relay {

Sender::Sender(const MakeBroker& make_broker, std::string name, KeyChain& keys, Registry& registry,
               const Clock& clock, Order order, Done done)
    : broker_(make_broker(*this)),
      calls_(*broker_, std::move(name)),
      orders_(calls_, keys, registry, clock),
      clock_(clock),
      order_(std::move(order)),
      done_(std::move(done)) {}

void Sender::stop(std::function<void()> left) {
  constexpr std::chrono::milliseconds goodbye{500};
  broker_->stop(goodbye, std::move(left));
}

void Sender::on_online(mqtt::SessionFacts) {
  broker_->subscribe(calls_.answers(), mqtt::Retain::no);
  calls_.online(clock_.steady());
  if (std::exchange(given_, true)) return;
  // Signed only now, so that none of its minute is lost to connecting.
  auto given = orders_.give(order_, [this](Result<Answer> answer) { finish(std::move(answer)); });
  if (!given) finish(fail(given.error()));
}

void Sender::on_offline(mqtt::Away) { calls_.offline(); }

void Sender::on_attempt_failed(mqtt::Away away) {
  if (!given_) finish(fail(ErrorCode::unreachable, away.why));
}

void Sender::on_message(mqtt::Inbound message) { static_cast<void>(calls_.message(message)); }

void Sender::on_receipt(mqtt::Receipt receipt) { calls_.receipt(receipt, clock_.steady()); }

void Sender::finish(Result<Answer> answer) {
  if (const auto done = std::exchange(done_, nullptr)) done(std::move(answer));
}

}  // namespace genkan::relay
