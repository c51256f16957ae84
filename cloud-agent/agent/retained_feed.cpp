#include "cloud-agent/agent/retained_feed.hpp"

#include <utility>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

void RetainedFeed::online() {
  refusal_told_ = false;
  mirror_.resend_all();
}

void RetainedFeed::pump() {
  while (window_.room(Urgency::state)) {
    auto update = mirror_.next();
    if (!update) return;
    mqtt::Message message;
    message.topic = topic_of_(update->device);
    message.payload = update->payload;
    message.retain = mqtt::Retain::yes;
    if (message.payload.size() > window_.most_payload_now()) {
      settle(*update, mqtt::Delivery::too_large, 0);
      continue;
    }
    auto done = [this, kept = *update](mqtt::Delivery delivery, int reason) {
      settle(kept, delivery, reason);
    };
    if (!window_.send(Urgency::state, message, Steady::now(), std::move(done))) {
      mirror_.failed(*update);
      return;
    }
  }
}

void RetainedFeed::settle(const RetainedMirror::Update& update, mqtt::Delivery delivery,
                          int reason) {
  if (delivery == mqtt::Delivery::acknowledged) return;
  if (delivery == mqtt::Delivery::lost) return mirror_.failed(update);
  // Tried again when the state changes or the session begins anew.
  ++refused_;
  if (std::exchange(refusal_told_, true)) return;
  log(LogLevel::error, cat("the broker does not take ", what_),
      {{"topic", topic_of_(update.device)},
       {"why", delivery == mqtt::Delivery::too_large ? "too large" : "not allowed"},
       {"reason", cat(reason)}});
}

}  // namespace genkan::agent
