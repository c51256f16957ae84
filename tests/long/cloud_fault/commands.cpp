#include "tests/long/cloud_fault/commands.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "firmware/base/jws.hpp"
#include "firmware/base/text.hpp"
#include "tests/integration/trial.hpp"

namespace genkan::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

// A line on which nothing came for so long though answers are due is given up.
constexpr auto longest_silence = 8s;
constexpr auto before_reconnecting = 300ms;
constexpr auto longest_again = 15s;
constexpr unsigned one_again_of = 10;
// How long the broker keeps an envelope that is past its time: only an answer is wanted.
constexpr auto past_expiry = 30s;
// "send it again", "too many": the next try comes soon.
constexpr auto soon = 700ms;

// Seconds from iat to exp, and how often: most have time, some end while they are under way.
constexpr std::array lives{60, 60, 60, 30, 30, 10, 10, 5, 3, 2};

std::int64_t nanoseconds(Clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

// An envelope's end, on the monotonic clock.
std::int64_t expiry_ns(const std::string& envelope) {
  const auto jws = jws_read(envelope);
  if (!jws) throw std::logic_error("the signer made no envelope");
  const auto claims = parse_json(jws->payload, jws->payload.size() + 1);
  const std::chrono::sys_seconds end(
      std::chrono::seconds(claims->at("exp").to_number<std::int64_t>()));
  return nanoseconds(Clock::now() + (end - std::chrono::system_clock::now()));
}

// What an answer says, if it is final.
struct Word {
  std::string verdict, reason, bolt;
};

std::optional<Word> word_of(const MqttMessage& message) {
  const auto status = parse_integer<int>(message.status, 100, 599).value_or(0);
  const bool ask_again = status == 408 || status == 429 || status >= 500 || status == 0;
  const auto body = parse_json(message.payload, message.payload.size() + 1);
  if (ask_again || !body || !body->is_object()) return std::nullopt;
  const auto& object = body->get_object();
  if (status != 200) {
    const auto* error = object.if_contains("error");
    const auto code =
        error != nullptr && error->is_object() ? text_at(error->get_object(), "code") : "";
    return Word{code == "expired" ? "expired" : "refused", cat(status, " ", code), {}};
  }
  const auto* state = object.if_contains("state");
  const bool has_state = state != nullptr && state->is_object();
  return Word{text_at(object, "verdict"), text_at(object, "reason"),
              has_state ? text_at(state->get_object(), "bolt") : ""};
}

// Empty while the bolt moves, or is about to.
std::string resting_bolt(const CommandLoad::Door& door) {
  const auto shown = door.building->control("show " + door.id);
  const auto& state = shown.at("state").as_object();
  const auto* control = state.if_contains("control");
  const bool pulsed = control != nullptr && control->is_bool() && control->get_bool();
  const auto bolt = text_at(state, "bolt");
  return pulsed || (bolt != "locked" && bolt != "unlocked") ? "" : bolt;
}

}  // namespace

CommandLoad::CommandLoad(Cloud cloud, RequestSigner signer, std::vector<Door> doors,
                         FaultPace& pace, unsigned seed)
    : cloud_(std::move(cloud)), signer_(std::move(signer)), pace_(pace), random_(seed) {
  for (auto& door : doors) states_.push_back({.door = std::move(door)});
  thread_ = std::thread([this] { run(); });
}

void CommandLoad::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

std::chrono::milliseconds CommandLoad::between(int least_ms, int most_ms) {
  return std::chrono::milliseconds(std::uniform_int_distribution(least_ms, most_ms)(random_));
}

void CommandLoad::run() {
  while (!stopping_) {
    const auto now = Clock::now();
    if (!connect()) continue;
    try {
      for (auto& state : states_) step(state, now);
      for (const auto& message : client_->drain(10ms)) take(message);
    } catch (const std::exception&) {
      client_.reset();  // the line broke under it
    }
  }
}

bool CommandLoad::connect() {
  const bool waits = std::ranges::any_of(
      states_, [](const State& state) { return state.order != none || state.again != none; });
  const bool silent = waits && Clock::now() - heard_ > longest_silence;
  if (client_ && client_->connected() && !silent) return true;
  client_.reset();
  asked_.clear();
  try {
    // A fresh id each time: answers to another connection must not be taken for its own.
    client_ = std::make_unique<MqttClient>(cloud_.port, cat("faults-", ++connections_), cloud_.tls);
  } catch (const std::exception&) {
    std::this_thread::sleep_for(before_reconnecting);
    return false;
  }
  heard_ = Clock::now();
  for (auto& state : states_) state.next = heard_;
  return true;
}

void CommandLoad::step(State& state, Time now) {
  if (now < state.next) return;
  if (state.order != none) return send(state.order, now, state);
  if (state.again != none && now < state.give_up) return send(state.again, now, state);
  state.again = none;
  const bool wanted = std::ssize(orders_) < pace_.wanted().commands;
  if (wanted && pace_.may_work(FaultPace::Work::commands)) begin(state, now);
}

void CommandLoad::begin(State& state, Time now) {
  const auto bolt = resting_bolt(state.door);
  if (bolt.empty()) {
    state.next = now + 50ms;
    return;
  }
  const bool lock = bolt == "unlocked";
  const std::chrono::seconds life(lives[random_() % lives.size()]);
  Order order{.device = state.door.id, .lock = lock};
  order.envelope = signer_.command(state.door.id, lock ? "lock" : "unlock", life);
  order.expires_ns = expiry_ns(order.envelope);
  order.sent_ns = nanoseconds(Clock::now());
  state.order = orders_.size();
  orders_.push_back(std::move(order));
  send(state.order, now, state);
}

void CommandLoad::send(std::size_t index, Time now, State& state) {
  Order& order = orders_[index];
  state.next = now + between(2000, 4000);
  const std::chrono::nanoseconds left(order.expires_ns - nanoseconds(now));
  const auto expiry = left > 0ns ? std::chrono::ceil<std::chrono::seconds>(left)
                                 : std::chrono::seconds(past_expiry);
  ++order.sends;
  const auto correlation = client_->send(
      cloud_.gateway,
      {.path = "/v1/signed", .body = order.envelope, .subject = {}, .expiry = expiry});
  asked_[correlation] = index;
}

void CommandLoad::take(const MqttMessage& message) {
  heard_ = Clock::now();
  const auto asked = asked_.find(message.correlation);
  if (asked == asked_.end()) return;
  const auto index = asked->second;
  if (orders_[index].verdict.empty()) return conclude(index, message);
  compare(orders_[index], message);
  const auto state = std::ranges::find(states_, index, &State::again);
  if (state == states_.end() || !word_of(message)) return;
  ++asked_again_;
  state->again = none;
}

void CommandLoad::conclude(std::size_t index, const MqttMessage& message) {
  Order& order = orders_[index];
  const auto state = std::ranges::find(states_, index, &State::order);
  const auto word = word_of(message);
  if (!word) {
    state->next = Clock::now() + soon;
    return;
  }
  order.verdict = word->verdict;
  order.reason = word->reason;
  order.bolt = word->bolt;
  order.answer = message.payload;
  order.answered_ns = nanoseconds(Clock::now());
  order.there = resting_bolt(state->door);
  state->order = none;
  state->next = Clock::now();
  if (random_() % one_again_of == 0) {
    state->again = index;
    state->next += between(0, 3000);
    state->give_up = state->next + longest_again;
  }
  pace_.reached(FaultPace::Work::commands, ++answered_);
}

void CommandLoad::compare(const Order& order, const MqttMessage& message) {
  const auto word = word_of(message);
  if (!word) return;
  // A refusal may say in other words why.
  const bool same = word->verdict == order.verdict && word->reason == order.reason &&
                    (message.status != "200" || message.payload == order.answer);
  if (same) return;
  contradictions_.push_back(
      cat(order.device, ": first '", order.answer, "', then '", message.payload, "'"));
}

}  // namespace genkan::test
