#include "tests/long/fleet/gateway.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "firmware/base/text.hpp"

namespace genkan::fleet {

namespace {

constexpr int first_failure = 0x80;

LinkNeeds needs(boost::asio::io_context& loop, boost::asio::ssl::context& tls, std::uint16_t port,
                const Gateway::Setup& setup) {
  const std::string prefix = cat("genkan/1/", setup.id, "/");
  return {.loop = loop,
          .tls = tls,
          .port = port,
          .certificate = setup.certificate,
          .key = setup.key,
          .words = {.client_id = cat("genkan-", setup.id),
                    .will_topic = prefix + "presence",
                    .will_payload = Words::offline(),
                    .will_delay_s = setup.will_delay_s},
          .subscription = prefix + "request"};
}

}  // namespace

Gateway::Gateway(boost::asio::io_context& loop, boost::asio::ssl::context& tls, std::uint16_t port,
                 const Setup& setup)
    : id_(setup.id),
      words_(setup.id, setup.number, setup.kid),
      link_(needs(loop, tls, port, setup), *this) {}

std::string Gateway::topic(std::string_view end) const { return cat("genkan/1/", id_, "/", end); }

void Gateway::happen(int records) {
  for (int i = 0; i < records; ++i) {
    const std::size_t door = ++turn_ % devices;
    if (!is_changed_[door]) changed_.push_back(door);
    is_changed_[door] = true;
  }
  recorded(records, most_in_message_);
}

void Gateway::recorded(int records, std::size_t most_in_message) {
  head_ += records;
  most_in_message_ = most_in_message;
  pump();
}

void Gateway::look(SteadyTime now) {
  constexpr std::chrono::seconds head_every{60};
  if (!online() || head_said_ == head_ || now - presence_said_ < head_every) return;
  presence_due_ = true;
  pump();
}

bool Gateway::all_acknowledged() const {
  return next_of(alarms_, alarms_.cursor) > head_ && next_of(activity_, activity_.cursor) > head_;
}

void Gateway::on_online() {
  presence_due_ = true;
  changed_.clear();
  for (std::size_t i = 0; i < devices; ++i) changed_.push_back(i);
  is_changed_.assign(devices, true);
  pump();
}

void Gateway::on_offline() {
  flying_.clear();
  answers_.clear();
  for (Lane* lane : {&alarms_, &activity_}) {
    lane->flying.clear();
    lane->sent = lane->cursor;
  }
}

void Gateway::on_acknowledged(std::uint16_t packet_id, int reason) {
  if (reason >= first_failure) {
    throw std::runtime_error(cat("the broker refused a message of ", id_, ": ", reason));
  }
  if (flying_.erase(packet_id) == 0) return;  // of the connection before
  for (Lane* lane : {&alarms_, &activity_}) {
    for (auto& each : lane->flying) {
      if (each.packet_id == packet_id) each.acknowledged = true;
    }
    while (!lane->flying.empty() && lane->flying.front().acknowledged) {
      lane->cursor = lane->flying.front().last;
      lane->flying.pop_front();
    }
  }
  pump();
}

void Gateway::on_arrived(const Arrived& message) {
  if (message.response_topic.empty()) return;
  auto reply = words_.reply(message, head_);
  answers_.push_back(
      {message.response_topic, message.correlation, std::move(reply.body), reply.status});
  if (reply.moved) {
    ++commands_;
    return happen(1);
  }
  pump();
}

void Gateway::pump() {
  if (!online()) return;
  while (send_records(alarms_, 1)) {
  }
  while (send_answer()) {
  }
  if (presence_due_ && room(Sort::answer)) {
    presence_due_ = false;
    presence_said_ = Steady::now();
    head_said_ = head_;
    publish({.topic = topic("presence"), .payload = words_.presence(head_), .retained = true},
            Sort::answer);
  }
  while (send_state()) {
  }
  while (send_records(activity_, most_in_message_)) {
  }
}

bool Gateway::send_answer() {
  if (answers_.empty() || !room(Sort::answer)) return false;
  const Answer& next = answers_.front();
  publish({.topic = next.topic,
           .payload = next.payload,
           .correlation = next.correlation,
           .status = cat(next.status)},
          Sort::answer);
  answers_.pop_front();
  return true;
}

bool Gateway::send_state() {
  if (changed_.empty() || !room(Sort::state)) return false;
  const std::size_t door = changed_.front();
  changed_.pop_front();
  is_changed_[door] = false;
  publish({.topic = topic(cat("device/lock-", 101 + door, "/state")),
           .payload = words_.state(turn_ + static_cast<unsigned>(door)),
           .retained = true},
          Sort::state);
  return true;
}

std::int64_t Gateway::next_of(const Lane& lane, std::int64_t after) const {
  auto next = after + 1;
  while (next <= head_ && Words::is_alarm(next) != lane.alarm) ++next;
  return next;
}

bool Gateway::send_records(Lane& lane, std::size_t most) {
  const Sort sort = lane.alarm ? Sort::alarm : Sort::activity;
  if (!room(sort)) return false;
  std::string list;
  std::int64_t last = lane.sent;
  for (std::size_t count = 0; count < most; ++count) {
    const auto next = next_of(lane, last);
    if (next > head_) break;
    list += cat(list.empty() ? "" : ",", words_.record(next));
    last = next;
  }
  if (list.empty()) return false;
  lane.sent = last;
  publish({.topic = topic(lane.alarm ? "event/alarm" : "event/activity"),
           .payload = lane.alarm ? list : cat("{\"records\":[", list, "]}")},
          sort);
  lane.flying.push_back({last_packet_, last});
  return true;
}

void Gateway::publish(PublishWords words, Sort sort) {
  // UINT16_MAX is the subscription's.
  do {
    last_packet_ = static_cast<std::uint16_t>(last_packet_ % (UINT16_MAX - 1) + 1);
  } while (flying_.contains(last_packet_));
  words.packet_id = last_packet_;
  flying_.emplace(last_packet_, sort);
  link_.send(publish_packet(words));
}

}  // namespace genkan::fleet
