#include <algorithm>

#include "cloud-agent/mqtt/paho_message.hpp"
#include "cloud-agent/mqtt/paho_session.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

// What goes over a session: messages, receipts, subscriptions.
namespace genkan::mqtt {

namespace {

void* context_of(Ticket ticket) {
  // Paho passes a pointer through; ours is a number.
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(ticket));
}

Ticket ticket_of(const ::mqtt::token& token) {
  return Ticket{reinterpret_cast<std::uintptr_t>(token.get_user_context())};
}

}  // namespace

void PahoBroker::Session::arrived(const ::mqtt::message& message) {
  Inbound inbound = inbound_from(message);
  if (listener_ != nullptr) listener_.load()->on_arrival(inbound);
  on_loop([taken = std::move(inbound)](Session& self) mutable {
    if (self.listener_ != nullptr) self.listener_.load()->on_message(std::move(taken));
  });
}

Result<> PahoBroker::Session::publish(const Message& message, Ticket ticket) {
  if (phase_ != Phase::online) return fail(ErrorCode::unreachable, "the broker is away");
  try {
    client_->publish(message_from(message), context_of(ticket), publishing_);
  } catch (const ::mqtt::exception& error) {
    const bool full = error.get_return_code() == MQTTASYNC_MAX_BUFFERED_MESSAGES;
    return fail(full ? ErrorCode::busy : ErrorCode::unreachable, error.what());
  }
  longest_sent_ = std::max(longest_sent_, message.payload.size());
  return {};
}

void PahoBroker::Session::Publishing::on_success(const ::mqtt::token& token) {
  owner.on_loop([receipt = Receipt{ticket_of(token), Delivery::acknowledged,
                                   static_cast<int>(token.get_reason_code())}](Session& self) {
    self.report(receipt);
  });
}

void PahoBroker::Session::Publishing::on_failure(const ::mqtt::token& token) {
  const int reason = static_cast<int>(token.get_reason_code());
  owner.on_loop([receipt = Receipt{ticket_of(token), delivery_of(reason), reason}](Session& self) {
    self.report(receipt);
  });
}

void PahoBroker::Session::report(Receipt receipt) {
  if (listener_ != nullptr) listener_.load()->on_receipt(receipt);
}

void PahoBroker::Session::subscribe(const std::string& filter, Retain retained, Qos qos) {
  if (!client_) return;
  // A shared subscription must not ask for it (MQTT 5, 3.8.3.1).
  const bool not_our_own = !filter.starts_with("$share/");
  constexpr bool keep_retain_mark = true;
  const auto handling = retained == Retain::yes
                            ? ::mqtt::subscribe_options::SEND_RETAINED_ON_SUBSCRIBE
                            : ::mqtt::subscribe_options::DONT_SEND_RETAINED;
  try {
    client_->subscribe(filter, static_cast<int>(qos), nullptr, subscribing_,
                       ::mqtt::subscribe_options(not_our_own, keep_retain_mark, handling));
  } catch (const ::mqtt::exception& error) {
    log(LogLevel::warning, "not subscribed", {{"topic", filter}, {"why", error.what()}});
  }
}

void PahoBroker::Session::Subscribing::on_success(const ::mqtt::token&) {}

void PahoBroker::Session::Subscribing::on_failure(const ::mqtt::token& token) {
  const auto topics = token.get_topics();
  const bool named = topics && topics->size() > 0;
  log(LogLevel::warning, "the broker refused a subscription",
      {{"topic", named ? (*topics)[0] : std::string("?")},
       {"reason", cat(static_cast<int>(token.get_reason_code()))}});
}

void PahoBroker::Session::unsubscribe(const std::string& filter) {
  if (!client_) return;
  try {
    client_->unsubscribe(filter, nullptr, subscribing_);
  } catch (const ::mqtt::exception& error) {
    log(LogLevel::debug, "not unsubscribed", {{"topic", filter}, {"why", error.what()}});
  }
}

}  // namespace genkan::mqtt
