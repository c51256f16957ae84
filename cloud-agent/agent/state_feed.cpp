#include "cloud-agent/agent/state_feed.hpp"

#include <utility>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

void StateFeed::online() {
  refusal_told_ = false;
  mirror_.resend_all();
}

void StateFeed::pump() {
  while (window_.room(Urgency::state)) {
    auto update = mirror_.next();
    if (!update) return;
    Message message;
    message.topic = topics_.state(update->device);
    message.payload = update->payload;
    message.retain = Retain::yes;
    if (message.payload.size() > window_.most_payload_now()) {
      settle(*update, Delivery::too_large, 0);
      continue;
    }
    auto done = [this, kept = *update](Delivery delivery, int reason) {
      settle(kept, delivery, reason);
    };
    if (!window_.send(Urgency::state, message, Steady::now(), std::move(done))) {
      mirror_.failed(*update);
      return;
    }
  }
}

void StateFeed::settle(const StateMirror::Update& update, Delivery delivery, int reason) {
  if (delivery == Delivery::acknowledged) return;
  if (delivery == Delivery::lost) return mirror_.failed(update);
  // Tried again when the state changes or the session begins anew.
  ++refused_;
  if (std::exchange(refusal_told_, true)) return;
  log(LogLevel::error, "the broker does not take a device's state",
      {{"topic", topics_.state(update.device)},
       {"why", delivery == Delivery::too_large ? "too large" : "not allowed"},
       {"reason", cat(reason)}});
}

}  // namespace genkan::agent
