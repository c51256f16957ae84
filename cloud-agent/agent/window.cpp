#include "cloud-agent/agent/window.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace {

// What it takes to keep a line full: 20 reach 21,800 messages a second, 5 reach 15,600 (measured).
constexpr std::size_t most_in_flight = 19;
// How far each sort may fill it.
constexpr std::array<std::size_t, 4> share{19, 16, 12, 8};
// Fixed header, packet id, properties: more than any message of ours needs beside topic and data.
constexpr std::size_t packet_overhead = 1024;

}  // namespace

void Window::online(const mqtt::SessionFacts& facts, SteadyTime now) {
  online_ = true;
  for (auto& [ticket, flying] : flying_) flying.since = now;
  // One less than the broker takes: at its maximum, Paho holds back subscriptions too, and whatever
  // comes after them.
  const auto maximum = std::max<std::size_t>(facts.receive_maximum, 2);
  limit_ = std::min(maximum - 1, most_in_flight);
  largest_packet_ = facts.largest_packet;
}

std::size_t Window::most_payload_now() const {
  if (largest_packet_ <= packet_overhead) return 0;
  return std::min(mqtt::most_payload, largest_packet_ - packet_overhead);
}

bool Window::room(Urgency urgency) const {
  const auto part = share[static_cast<std::size_t>(urgency)];
  return online_ && flying_.size() < std::max<std::size_t>(1, limit_ * part / most_in_flight);
}

bool Window::send(Urgency urgency, const mqtt::Message& message, SteadyTime now, Done done) {
  if (!room(urgency)) return false;
  const auto ticket = ++last_ticket_;
  const auto sent = broker_.publish(message, mqtt::Ticket{ticket});
  if (!sent) {
    log(LogLevel::debug, "not handed to the broker", {{"why", sent.error().message()}});
    return false;
  }
  flying_.emplace(ticket, Flying{std::move(done), now});
  return true;
}

void Window::receipt(const mqtt::Receipt& receipt) {
  const auto found = flying_.find(static_cast<std::uint64_t>(receipt.ticket));
  if (found == flying_.end()) return;
  const Done done = std::move(found->second.done);
  flying_.erase(found);
  done(receipt.delivery, receipt.reason);
}

bool Window::stuck(SteadyTime now) const {
  if (!online_) return false;
  return std::any_of(flying_.begin(), flying_.end(),
                     [now](const auto& entry) { return now - entry.second.since > patience; });
}

}  // namespace genkan::agent
