#include "cloud-agent/agent/answers.hpp"

#include "firmware/base/digest.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

std::string Answers::name_of(const mqtt::Inbound& message) {
  if (!message.correlation || message.correlation->empty()) return {};
  // Each part with its length in front, so that none can run into the next.
  std::string text;
  const auto add = [&text](std::string_view part) { text += cat(part.size(), ":", part, ";"); };
  add(*message.correlation);
  add(message.response_topic.value_or(""));
  for (const auto& [name, value] : message.user_properties) {
    add(name);
    add(value);
  }
  add(message.payload);
  return hex(sha256(text));
}

std::optional<Answers::Known> Answers::find(const std::string& name, SteadyTime now) {
  drop_old(now);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return std::nullopt;
  return Known{found->second.answer};
}

void Answers::begin(const std::string& name, SteadyTime now) {
  if (name.empty() || !entries_.emplace(name, Entry{now, std::nullopt}).second) return;
  order_.push_back(name);
  while (order_.size() > most) drop_first();
}

void Answers::finish(const std::string& name, const Answer& answer) {
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.answer) return;
  found->second.answer = answer;
  bytes_ += answer.body.size();
  while (bytes_ > most_bytes && !order_.empty()) drop_first();
}

void Answers::forget(const std::string& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  if (found->second.answer) bytes_ -= found->second.answer->body.size();
  entries_.erase(found);
}

void Answers::drop_old(SteadyTime now) {
  while (!order_.empty()) {
    const auto found = entries_.find(order_.front());
    if (found != entries_.end() && now - found->second.since < lifetime) return;
    drop_first();
  }
}

void Answers::drop_first() {
  forget(order_.front());
  order_.pop_front();
}

}  // namespace genkan::agent
