#include "cloud-agent/relay/calls.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "cloud-agent/relay/topics.hpp"
#include "firmware/base/cipher.hpp"
#include "firmware/base/random.hpp"
#include "firmware/base/text.hpp"

namespace genkan::relay {

namespace {

// Below the broker's receive maximum (mosquitto: 20), at which Paho stalls (docs/CLOUD.md).
constexpr std::size_t most_unacknowledged = 15;

std::string fresh_mark() {
  std::array<std::uint8_t, 8> bytes{};
  fill_random(bytes);
  return cat(hex(bytes), ".");
}

int status_of(const mqtt::Inbound& message) {
  for (const auto& [name, value] : message.user_properties) {
    if (name == "status") return parse_integer(value, 100, 599).value_or(0);
  }
  return 0;
}

}  // namespace

Calls::Calls(mqtt::Broker& broker, std::string client)
    : broker_(broker), client_(std::move(client)), mark_(fresh_mark()) {}

std::optional<Calls::Id> Calls::id_of(std::string_view correlation) const {
  if (!correlation.starts_with(mark_)) return std::nullopt;
  return parse_integer<Id>(correlation.substr(mark_.size()), 1, UINT64_MAX);
}

std::string Calls::answers() const { return answer_topic("+", client_); }

Result<> Calls::ask(Call call, SteadyTime now, Done done) {
  if (flying_.size() >= most) return fail(ErrorCode::busy, "too many requests are under way");
  const Id id = ++last_;
  const SteadyTime until = now + call.within;
  deadlines_.emplace(until, id);
  flying_.emplace(id, Flying{std::move(call), std::move(done), until});
  waiting_.push_back(id);
  send_waiting(now);
  return {};
}

void Calls::online(SteadyTime now) {
  online_ = true;
  send_waiting(now);
}

void Calls::offline() { online_ = false; }

void Calls::send_waiting(SteadyTime now) {
  while (online_ && !waiting_.empty() && unacknowledged_.size() < most_unacknowledged) {
    const Id id = waiting_.front();
    const auto found = flying_.find(id);
    if (found != flying_.end() && !send(id, found->second, now)) return;
    waiting_.pop_front();
  }
}

bool Calls::send(Id id, const Flying& flying, SteadyTime now) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(flying.until - now);
  mqtt::Message message;
  message.topic = request_topic(flying.call.gateway);
  message.payload = flying.call.payload;
  message.response_topic = answer_topic(flying.call.gateway, client_);
  message.correlation = cat(mark_, id);
  message.expiry = std::max(left, std::chrono::seconds{1});
  message.user_properties = {{"method", flying.call.method}, {"path", flying.call.path}};
  if (!broker_.publish(message, mqtt::Ticket{id})) return false;
  unacknowledged_.insert(id);
  return true;
}

bool Calls::message(const mqtt::Inbound& message) {
  const auto topic = read_topic(message.topic);
  if (!topic || topic->kind != TopicKind::answer) return false;
  const auto id = id_of(message.correlation.value_or(""));
  const auto found = id ? flying_.find(*id) : flying_.end();
  // The topic proves who answers (broker_files.hpp): nobody answers for another.
  if (found == flying_.end() || found->second.call.gateway != topic->gateway) return true;
  finish(*id, Answer{status_of(message), message.payload});
  return true;
}

void Calls::receipt(const mqtt::Receipt& receipt, SteadyTime now) {
  const Id id = static_cast<Id>(receipt.ticket);
  if (unacknowledged_.erase(id) == 0) return;
  switch (receipt.delivery) {
    case mqtt::Delivery::acknowledged: break;
    case mqtt::Delivery::lost:
      if (flying_.contains(id)) waiting_.push_front(id);
      break;
    case mqtt::Delivery::refused:
      finish(id, fail(ErrorCode::rejected,
                      cat("the broker does not take the request (reason ", receipt.reason, ")")));
      break;
    case mqtt::Delivery::too_large:
      finish(id, fail(ErrorCode::rejected, "the request is larger than the broker takes"));
      break;
  }
  send_waiting(now);
}

void Calls::tick(SteadyTime now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const Id id = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    const auto found = flying_.find(id);
    if (found == flying_.end()) continue;
    finish(id, fail(ErrorCode::timeout,
                    cat("gateway ", found->second.call.gateway, " did not answer in ",
                        found->second.call.within.count(), " s")));
  }
  send_waiting(now);
}

void Calls::finish(Id id, Result<Answer> answer) {
  const auto found = flying_.find(id);
  if (found == flying_.end()) return;
  // Its deadline stays in the list until it is due: ids are used once.
  const Done done = std::move(found->second.done);
  flying_.erase(found);
  done(std::move(answer));
}

}  // namespace genkan::relay
