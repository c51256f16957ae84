#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "cloud-agent/agent/agent.hpp"
#include "firmware/base/json.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

// What genkand tells, and what it is told.
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
constexpr std::chrono::milliseconds link_every{10'000};
// Records that say that the claim is another now.
constexpr std::array<std::string_view, 3> claim_kinds{"claimed", "released", "certificate_renewed"};

}  // namespace

asio::awaitable<void> Agent::follow_stream() {
  mqtt::Pause pause;
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
    on_device(object);
    states_.pump();
    if (home_) home_->pump();
  }
  return true;
}

void Agent::on_hello(const json::object& hello) {
  const json::value* head = hello.if_contains("head");
  streaming_ = true;
  // It may be another run, with another site: all states are said again.
  state_mirror_.resend_all();
  inventory_due_ = true;
  enrolment_.look();
  link_.resend();
  link_due_.ring();
  status_due_.ring();
  journal_.stream_began(head != nullptr && head->is_int64() ? head->as_int64() : 0);
}

void Agent::on_record(const json::object& record, std::string_view text) {
  const json::value* seq = record.if_contains("seq");
  const json::value* lane = record.if_contains("lane");
  const json::value* kind = record.if_contains("kind");
  if (seq == nullptr || !seq->is_int64() || lane == nullptr || !lane->is_string()) return;
  journal_.committed(seq->as_int64(), std::string_view(lane->as_string()), text);
  if (kind == nullptr || !kind->is_string()) return;
  const std::string_view what = kind->as_string();
  if (what == "site_changed") {
    inventory_due_ = true;
    status_due_.ring();
  }
  if (std::find(claim_kinds.begin(), claim_kinds.end(), what) != claim_kinds.end()) {
    enrolment_.look();
    status_due_.ring();
  }
}

void Agent::on_device(const json::object& device) {
  state_mirror_.device(device);
  if (home_) home_->device(device);
}

void Agent::on_status(const json::object& status) {
  presence_.online(status);
  const json::value* clock = status.if_contains("clock");
  clock_trusted_ = clock == nullptr || *clock == "trusted";
  const json::value* version = status.if_contains("version");
  if (home_ && version != nullptr && version->is_string()) {
    home_->version(std::string_view(version->as_string()));
  }
}

asio::awaitable<void> Agent::watch_status() {
  mqtt::Pause pause;
  while (!stopping_) {
    ApiRequest request;
    request.target = "/v1/status";
    const auto response = co_await daemon_.request(std::move(request), status_time);
    const bool answered = response && response->status == 200;
    auto status = answered ? parse_json(response->body, most_event) : Result<json::value>();
    note_daemon(answered, response ? cat("status ", response->status) : response.error().message());
    if (answered && status && status->is_object()) {
      on_status(status->as_object());
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
    on_device(device.as_object());
  }
  state_mirror_.inventory(devices);
  states_.pump();
  if (home_) home_->inventory(devices);
  co_return true;
}

asio::awaitable<void> Agent::report_link() {
  while (!stopping_) {
    auto report = link_.next(Steady::now(), counts());
    if (report) {
      ApiRequest request;
      request.method = "PUT";
      request.target = "/v1/cloud/link";
      request.body = json::serialize(*report);
      // Not there: the next report says it all again.
      const auto response = co_await daemon_.request(std::move(request), status_time);
      if (!response || response->status >= 500) link_.not_told();
    }
    co_await link_due_.wait(link_every);
  }
}

LinkReport::Counts Agent::counts() const {
  const auto& requests = desk_.counts();
  const auto& records = journal_.counts();
  LinkReport::Counts counts;
  counts.records_sent = records.records;
  counts.records_waiting = journal_.backlog();
  counts.records_left_out = records.undeliverable;
  counts.requests = requests.carried_out;
  counts.requests_refused = requests.refused;
  counts.why_refused = requests.why_refused;
  counts.requests_busy = requests.busy;
  counts.requests_repeated = requests.repeated;
  counts.answers_unsent = requests.unsent;
  return counts;
}

}  // namespace genkan::agent
