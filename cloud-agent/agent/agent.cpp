#include "cloud-agent/agent/agent.hpp"

#include <memory>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds tick_every{1000};
// How long retained states of earlier runs are listened for; a broker sends them at once.
constexpr std::chrono::seconds leftovers_time{3};
// The parts of a stop.
constexpr std::chrono::milliseconds goodbye_time{700};
constexpr std::chrono::milliseconds cursors_time{400};
constexpr std::chrono::milliseconds goodbye_step{10};
constexpr std::chrono::milliseconds disconnect_time{500};

}  // namespace

Agent::Agent(asio::any_io_executor loop, AgentNeeds needs, Daemon& daemon,
             const MakeBroker& make_broker)
    : loop_(loop),
      daemon_(daemon),
      topics_(needs.enrolment.gateway),
      enrolment_(loop, daemon, needs.enrolment,
                 [this](const Destination& destination) { move_to(destination); }),
      broker_(make_broker(*this, enrolment_.where().place)),
      window_(*broker_),
      journal_(loop, daemon, window_, topics_),
      states_(
          window_, state_mirror_, [this](const DeviceId& device) { return topics_.state(device); },
          "a device's state"),
      desk_(loop, daemon, window_),
      status_due_(loop),
      link_due_(loop) {
  if (needs.home_assistant) {
    home_.emplace(loop, daemon, window_, topics_, *needs.home_assistant, needs.enrolment.gateway);
  }
  link_.away(enrolment_.where().why);
}

void Agent::start() {
  asio::co_spawn(loop_, follow_stream(), asio::detached);
  asio::co_spawn(loop_, watch_status(), asio::detached);
  asio::co_spawn(loop_, report_link(), asio::detached);
  asio::co_spawn(loop_, tick(), asio::detached);
  enrolment_.start();
  journal_.start();
  broker_->start();
}

// --- The broker's side

void Agent::move_to(const Destination& destination) {
  if (stopping_) return;
  if (!destination.place) note_away({destination.why});
  leftovers_sought_ = false;  // it may be another broker
  broker_->use(destination.place);
}

void Agent::on_online(mqtt::SessionFacts facts) {
  window_.online(facts, Steady::now());
  link_.connected();
  link_due_.ring();
  broker_->subscribe(topics_.request(), mqtt::Retain::no);
  if (home_ && home_->enabled()) {
    broker_->subscribe(topics_.wishes(), mqtt::Retain::no, mqtt::Qos::at_most_once);
  }
  seek_leftovers();
  presence_.resend();
  state_mirror_.resend_all();
  states_.online();
  if (home_) home_->online(Steady::now());
  journal_.online();
  pump();
}

// What earlier runs left retained, of devices that are gone.
void Agent::seek_leftovers() {
  if (std::exchange(leftovers_sought_, true)) return;
  leftovers_until_ = Steady::now() + leftovers_time;
  broker_->subscribe(topics_.states(), mqtt::Retain::yes);
  if (home_) broker_->subscribe(home_->names().configs(), mqtt::Retain::yes);
}

void Agent::forget_leftovers() {
  leftovers_until_ = SteadyTime{};
  broker_->unsubscribe(topics_.states());
  if (home_) broker_->unsubscribe(home_->names().configs());
}

void Agent::on_offline(mqtt::Away away) {
  window_.offline();
  on_attempt_failed(std::move(away));
}

void Agent::on_attempt_failed(mqtt::Away away) {
  // Without a place the reason is the destination's.
  if (enrolment_.where().place) note_away(away);
}

void Agent::note_away(const mqtt::Away& away) {
  const bool doubtful = away.by_clock && !clock_trusted_;
  link_.away(doubtful ? cat(away.why, "; this gateway's clock is not set") : away.why);
  link_due_.ring();
}

void Agent::on_message(mqtt::Inbound message) {
  if (stopping_) return;
  if (message.topic == topics_.request()) return desk_.take(std::move(message));
  if (home_) {
    if (const auto device = topics_.wished_of(message.topic)) {
      return home_->wish(*device, message, Steady::now());
    }
    const auto object = home_->names().device_of(message.topic);
    if (object && !message.payload.empty()) return home_->found(*object);
  }
  const auto device = topics_.device_of(message.topic);
  if (device && !message.payload.empty()) state_mirror_.found(*device);
}

void Agent::on_receipt(mqtt::Receipt receipt) {
  window_.receipt(receipt);
  pump();
}

void Agent::pump() {
  journal_.pump_alarms();
  desk_.pump();
  if (!stopping_) pump_presence();
  states_.pump();
  if (home_) home_->pump();
  journal_.pump_activity();
}

void Agent::pump_presence() {
  if (!window_.room(Urgency::state)) return;
  auto words = presence_.next(Steady::now());
  if (words) say(*std::move(words));
}

void Agent::say(std::string presence) {
  mqtt::Message message;
  message.topic = topics_.presence();
  message.payload = std::move(presence);
  message.retain = mqtt::Retain::yes;
  auto done = [this](mqtt::Delivery delivery, int reason) {
    goodbye_heard_ = stopping_;
    if (delivery == mqtt::Delivery::lost) presence_.resend();
    if (delivery == mqtt::Delivery::refused) {
      log(LogLevel::error, "the broker does not take the presence",
          {{"topic", topics_.presence()}, {"reason", cat(reason)}});
    }
  };
  // Alarms alone go ahead of it; a window full of them must not keep the gateway out of sight.
  if (!window_.send(Urgency::alarm, message, Steady::now(), std::move(done))) presence_.resend();
}

// --- Time and the end

asio::awaitable<void> Agent::tick() {
  asio::steady_timer timer(loop_);
  while (!stopping_) {
    timer.expires_after(tick_every);
    co_await timer.async_wait(asio::use_awaitable);
    const auto now = Steady::now();
    if (leftovers_until_ != SteadyTime{} && now >= leftovers_until_) {
      forget_leftovers();
    }
    if (window_.stuck(now)) {
      window_.offline();
      broker_->reconnect(cat("no acknowledgement for ", Window::patience.count(), " s"));
    }
    pump();
  }
}

void Agent::stop(std::function<void()> done) {
  if (std::exchange(stopping_, true)) return;
  asio::co_spawn(loop_, leave(std::move(done)), asio::detached);
}

asio::awaitable<void> Agent::leave(std::function<void()> done) {
  asio::steady_timer timer(loop_);
  goodbye_heard_ = !window_.is_online();
  if (window_.is_online()) say(Presence::offline("stopped"));
  const auto until = Steady::now() + goodbye_time;
  while (!goodbye_heard_ && Steady::now() < until) {
    timer.expires_after(goodbye_step);
    co_await timer.async_wait(asio::use_awaitable);
  }
  // With the lanes' last acknowledgements in. What is not stored in time is sent once more.
  if (daemon_answers_.value_or(false)) {
    cursors_stored_ = false;
    asio::co_spawn(loop_, store_cursors(), asio::detached);
  }
  const auto stored_until = Steady::now() + cursors_time;
  while (!cursors_stored_ && Steady::now() < stored_until) {
    timer.expires_after(goodbye_step);
    co_await timer.async_wait(asio::use_awaitable);
  }
  broker_->stop(disconnect_time, std::move(done));
}

asio::awaitable<void> Agent::store_cursors() {
  co_await journal_.store_cursors();
  cursors_stored_ = true;
}

std::string Agent::status_line() const {
  const auto now = counts();
  return cat(window_.is_online()        ? "broker connected"
             : enrolment_.where().place ? "broker away"
             : enrolment_.where().fault ? "no broker"
                                        : "not claimed",
             ", ", daemon_answers_.value_or(false) ? "genkand answers" : "genkand away", "; ",
             now.records_sent, " records sent, ", now.records_waiting, " waiting, ",
             now.records_left_out, " left out; ", now.requests, " requests carried out, ",
             now.requests_refused, " refused, ", now.requests_busy, " turned away, ",
             now.requests_repeated, " repeated");
}

}  // namespace genkan::agent
