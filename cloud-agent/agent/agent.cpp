#include "cloud-agent/agent/agent.hpp"

#include <memory>
#include <set>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "firmware/base/json.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::agent {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_event = std::size_t{1024} * 1024;
constexpr std::size_t most_inventory = std::size_t{16} * 1024 * 1024;
// genkand sends a comment every 10 s.
constexpr std::chrono::milliseconds stream_silence{25'000};
constexpr std::chrono::milliseconds status_time{2000};
constexpr std::chrono::milliseconds inventory_time{10'000};
constexpr std::chrono::milliseconds status_every{10'000};
constexpr std::chrono::milliseconds tick_every{1000};
// How long retained states of earlier runs are listened for; a broker sends them at once.
constexpr std::chrono::seconds leftovers_time{3};
// The parts of a stop.
constexpr std::chrono::milliseconds goodbye_time{700};
constexpr std::chrono::milliseconds cursors_time{400};
constexpr std::chrono::milliseconds goodbye_step{10};
constexpr std::chrono::milliseconds disconnect_time{500};

}  // namespace

Agent::Agent(asio::any_io_executor loop, std::string gateway, Daemon& daemon,
             const MakeBroker& make_broker)
    : loop_(loop),
      daemon_(daemon),
      topics_(gateway),
      broker_(make_broker(*this)),
      window_(*broker_),
      journal_(loop, daemon, window_, topics_),
      states_(window_, topics_),
      desk_(loop, daemon, window_),
      status_due_(loop) {}

void Agent::start() {
  asio::co_spawn(loop_, follow_stream(), asio::detached);
  asio::co_spawn(loop_, watch_status(), asio::detached);
  asio::co_spawn(loop_, tick(), asio::detached);
  journal_.start();
  broker_->start();
}

// --- The broker's side

void Agent::on_online(SessionFacts facts) {
  window_.online(facts, Steady::now());
  broker_->subscribe(topics_.request(), Retain::no);
  if (!leftovers_sought_) {
    leftovers_sought_ = true;
    leftovers_until_ = Steady::now() + leftovers_time;
    broker_->subscribe(topics_.states(), Retain::yes);
  }
  presence_.resend();
  states_.online();
  journal_.online();
  pump();
}

void Agent::on_offline(std::string) { window_.offline(); }

void Agent::on_message(Inbound message) {
  if (stopping_) return;
  if (message.topic == topics_.request()) return desk_.take(std::move(message));
  const auto device = topics_.device_of(message.topic);
  if (device && !message.payload.empty()) states_.mirror().found(*device);
}

void Agent::on_receipt(Receipt receipt) {
  window_.receipt(receipt);
  pump();
}

void Agent::pump() {
  journal_.pump_alarms();
  desk_.pump();
  if (!stopping_) pump_presence();
  states_.pump();
  journal_.pump_activity();
}

void Agent::pump_presence() {
  if (!window_.room(Urgency::state)) return;
  auto words = presence_.next(Steady::now());
  if (words) say(*std::move(words));
}

void Agent::say(std::string presence) {
  Message message;
  message.topic = topics_.presence();
  message.payload = std::move(presence);
  message.retain = Retain::yes;
  auto done = [this](Delivery delivery, int reason) {
    goodbye_heard_ = stopping_;
    if (delivery == Delivery::lost) presence_.resend();
    if (delivery == Delivery::refused) {
      log(LogLevel::error, "the broker does not take the presence",
          {{"topic", topics_.presence()}, {"reason", cat(reason)}});
    }
  };
  // Alarms alone go ahead of it; a window full of them must not keep the gateway out of sight.
  if (!window_.send(Urgency::alarm, message, Steady::now(), std::move(done))) presence_.resend();
}

// --- genkand's side

asio::awaitable<void> Agent::follow_stream() {
  Pause pause;
  asio::steady_timer timer(loop_);
  while (!stopping_) {
    auto on_each = [this, &pause](const ApiEvent& event) {
      pause.reset();
      return on_event(event);
    };
    const auto ended = co_await daemon_.stream("/v1/stream?kinds=device,record", std::move(on_each),
                                               stream_silence);
    if (std::exchange(streaming_, false)) {
      log(LogLevel::warning, "genkand's stream ended",
          {{"why",
            ended ? std::string_view("closed") : std::string_view(ended.error().message())}});
      journal_.stream_ended();
    }
    status_due_.ring();
    timer.expires_after(pause.next());
    co_await timer.async_wait(asio::use_awaitable);
  }
}

bool Agent::on_event(const ApiEvent& event) {
  if (stopping_) return false;
  const auto parsed = parse_json(event.data, most_event);
  if (!parsed || !parsed->is_object()) {
    log(LogLevel::warning, "genkand sent an event that is no JSON object", {{"event", event.name}});
    return false;
  }
  const json::object& object = parsed->as_object();
  if (event.name == "hello") on_hello(object);
  if (event.name == "record") on_record(object, event.data);
  if (event.name == "device") {
    states_.mirror().device(object);
    states_.pump();
  }
  return true;
}

void Agent::on_hello(const json::object& hello) {
  const json::value* head = hello.if_contains("head");
  streaming_ = true;
  // It may be another run, with another site: all states are said again.
  states_.mirror().resend_all();
  inventory_due_ = true;
  status_due_.ring();
  journal_.stream_began(head != nullptr && head->is_int64() ? head->as_int64() : 0);
}

void Agent::on_record(const json::object& record, std::string_view text) {
  const json::value* seq = record.if_contains("seq");
  const json::value* lane = record.if_contains("lane");
  const json::value* kind = record.if_contains("kind");
  if (seq == nullptr || !seq->is_int64() || lane == nullptr || !lane->is_string()) return;
  journal_.committed(seq->as_int64(), std::string_view(lane->as_string()), text);
  if (kind != nullptr && kind->is_string() && kind->as_string() == "site_changed") {
    inventory_due_ = true;
    status_due_.ring();
  }
}

asio::awaitable<void> Agent::watch_status() {
  Pause pause;
  while (!stopping_) {
    ApiRequest request;
    request.target = "/v1/status";
    const auto response = co_await daemon_.request(std::move(request), status_time);
    const bool answered = response && response->status == 200;
    auto status = answered ? parse_json(response->body, most_event) : Result<json::value>();
    note_daemon(answered, response ? cat("status ", response->status) : response.error().message());
    if (answered && status && status->is_object()) {
      presence_.online(status->as_object());
    } else {
      presence_.daemon_away();
    }
    if (!stopping_) pump_presence();
    if (answered && inventory_due_) inventory_due_ = !co_await read_inventory();
    if (answered) pause.reset();
    co_await status_due_.wait(answered && !inventory_due_ ? status_every : pause.next());
  }
}

void Agent::note_daemon(bool answers, std::string_view how) {
  if (daemon_answers_ == answers) return;
  daemon_answers_ = answers;
  if (answers) {
    log(LogLevel::notice, "genkand answers");
  } else {
    log(LogLevel::warning, "genkand does not answer", {{"why", how}});
  }
}

asio::awaitable<bool> Agent::read_inventory() {
  ApiRequest request;
  request.target = "/v1/devices";
  const auto response = co_await daemon_.request(std::move(request), inventory_time);
  if (!response || response->status != 200) co_return false;
  const auto parsed = parse_json(response->body, most_inventory);
  if (!parsed || !parsed->is_object()) co_return false;
  const json::value* list = parsed->as_object().if_contains("devices");
  if (list == nullptr || !list->is_array()) co_return false;
  std::set<DeviceId> devices;
  for (const json::value& device : list->as_array()) {
    const json::value* id = device.is_object() ? device.as_object().if_contains("id") : nullptr;
    if (id == nullptr || !id->is_string()) co_return false;
    devices.insert(DeviceId(std::string(id->as_string())));
    states_.mirror().device(device.as_object());
  }
  states_.mirror().inventory(devices);
  states_.pump();
  co_return true;
}

// --- Time and the end

asio::awaitable<void> Agent::tick() {
  asio::steady_timer timer(loop_);
  while (!stopping_) {
    timer.expires_after(tick_every);
    co_await timer.async_wait(asio::use_awaitable);
    const auto now = Steady::now();
    if (leftovers_until_ != SteadyTime{} && now >= leftovers_until_) {
      leftovers_until_ = SteadyTime{};
      broker_->unsubscribe(topics_.states());
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
  const auto& requests = desk_.counts();
  const auto& records = journal_.counts();
  return cat(window_.is_online() ? "broker connected" : "broker away", ", ",
             daemon_answers_.value_or(false) ? "genkand answers" : "genkand away", "; ",
             records.records, " records sent, ", journal_.backlog(), " waiting, ",
             records.undeliverable, " left out; ", requests.carried_out, " requests carried out, ",
             requests.refused, " refused, ", requests.busy, " turned away, ", requests.repeated,
             " repeated");
}

}  // namespace genkan::agent
