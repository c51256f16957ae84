#pragma once

#include <functional>
#include <string>

#include "cloud-agent/relay/calls.hpp"
#include "cloud-agent/relay/envelope.hpp"
#include "cloud-agent/relay/key_chain.hpp"
#include "firmware/base/clock.hpp"

namespace genkan::relay {

// Signed requests. One thread.
class Orders {
 public:
  Orders(Calls& calls, KeyChain& keys, Registry& registry, const Clock& clock)
      : calls_(calls), keys_(keys), registry_(registry), clock_(clock) {}

  // Signs with the newest key that the gateway is believed to trust. If it does not know that one,
  // nothing was done there, and the next is tried; what was learned is kept. `done` is called
  // exactly once unless this fails. What is worth sealing is sealed for the key that the gateway
  // was enrolled with, if it told one.
  Result<> give(Order order, std::function<void(Result<Answer>)> done);
  // The same with this key or not at all: for what must not be done by another key's word.
  Result<> give_by(const std::string& kid, Order order, std::function<void(Result<Answer>)> done);

 private:
  struct Attempt;
  Result<> next(Attempt attempt);
  void answered(Attempt attempt, Result<Answer> answer);

  Calls& calls_;
  KeyChain& keys_;
  Registry& registry_;
  const Clock& clock_;
};

// Whether the gateway refused because it does not know the key that signed.
bool does_not_trust(const Answer& answer);
// The reason in {"error":{"code",…}}; empty if there is none.
std::string refusal_of(const Answer& answer);
// "403 (expired): sentence": for people.
std::string words_of(const Answer& answer);

}  // namespace genkan::relay
