#include "drivers/bus/conversation.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace genkan::bus {
namespace {

using std::chrono::nanoseconds;

// After broken bytes the line must be quiet for 8 characters and what USB adapters take to hand on
// a chunk; a TCP stream that lost its framing for as long as a peer takes to send what it began.
constexpr std::size_t unrest_characters = 8;
constexpr nanoseconds adapter_chunk = 5ms;
constexpr nanoseconds stream_unrest = 20ms;
constexpr nanoseconds quiet_most = 200ms;
// How often a read may fail to teach whether the line echoes before writes go out all the same.
constexpr std::uint8_t most_lessons = 3;

bool broken(Ending ending) {
  return ending != Ending::answered && ending != Ending::exception && ending != Ending::silent;
}

}  // namespace

struct Conversation::Listening {
  Reception reception;
  const Patience& patience;
  SteadyTime end;       // the wait is over
  SteadyTime give_way;  // likewise if a command waits
  SteadyTime last_byte{};
  std::size_t received = 0;
  bool leavable = false;
};

void Conversation::begin() {
  echo_ = Echo::unknown;
  lessons_ = 0;
  unasked_.reset();
  quiet_until_ = Steady::now() + line_.silence();
  quiet_limit_ = SteadyTime::max();
}

nanoseconds Conversation::unrest() const {
  if (framing_ == Framing::tcp) return stream_unrest;
  return line_.wire_time(unrest_characters) + adapter_chunk;
}

bool Conversation::needs_echo_lesson(const Exchange& question) const {
  if (framing_ != Framing::rtu || echo_ != Echo::unknown || lessons_ >= most_lessons) return false;
  return question.function == Function::write_coil || question.function == Function::write_register;
}

Result<Noticed> Conversation::overhear(const Owed& owed) {
  std::array<std::uint8_t, 512> room;
  Noticed noticed;
  const auto count = line_.receive(room);
  if (!count) return fail(count.error());
  const SteadyTime now = Steady::now();
  heard_ = *count > 0;
  if (heard_) {
    if (!unasked_) {
      unasked_.emplace(framing_, owed);
      quiet_limit_ = now + quiet_most;
    }
    unasked_->take(std::span(room).first(*count));
    quiet_until_ = std::max(quiet_until_, now + line_.silence());
  }
  if (!unasked_ || now < quiet_at()) return noticed;
  const bool garbage = unasked_->verdict().ending == Ending::garbage;
  noticed = {.late = unasked_->late(), .strays = unasked_->strays(), .garbage = garbage};
  unasked_.reset();
  return noticed;
}

Spoken Conversation::ask(const Exchange& question, const Patience& patience, const Owed& owed,
                         bool leavable) {
  Spoken spoken;
  auto request = encode(question, framing_, ++transaction_);
  const std::size_t request_size = request.size();
  spoken.times.asked = Steady::now();
  spoken.times.question_end = spoken.times.asked;
  spoken.times.ended = spoken.times.asked;
  unasked_.reset();
  quiet_limit_ = SteadyTime::max();
  if (auto sent = line_.send(request, spoken.sent); !sent) {
    spoken.fault = sent.error().message();
    return spoken;
  }
  const SteadyTime out = spoken.times.asked + line_.wire_time(request_size);
  spoken.times.question_end = std::max(out, Steady::now());
  const nanoseconds answer_time = line_.wire_time(answer_bytes(question, framing_));
  Listening now{.reception = Reception(framing_, question, std::move(request), echo_, owed),
                .patience = patience,
                .end = spoken.times.question_end + patience.timeout + answer_time,
                .give_way = spoken.times.question_end + answer_time +
                            patience.give_way_after.value_or(patience.timeout),
                .leavable = leavable};
  if (!listen(now, spoken)) return spoken;
  settle(now, spoken);
  const nanoseconds thinking = spoken.times.ended - spoken.times.question_end - answer_time;
  spoken.times.thinking = std::max(thinking, nanoseconds{0});
  spoken.wire_use = framing_ == Framing::rtu ? line_.wire_time(request_size + now.received)
                                             : spoken.times.ended - spoken.times.asked;
  return spoken;
}

SteadyTime Conversation::listen_until(const Listening& now) {
  SteadyTime until = now.end;
  if (now.reception.suspect()) until = std::min(until, now.last_byte + unrest());
  if (now.patience.give_way_after && now.received == 0 && attention_.command_waits())
    until = std::min(until, now.give_way);
  return until;
}

bool Conversation::listen(Listening& now, Spoken& spoken) {
  while (!now.reception.settled()) {
    if (now.leavable && attention_.stopping()) return true;
    const auto at_stop = now.leavable ? Attention::AtStop::leave : Attention::AtStop::stay;
    const auto woke = attention_.wait(listen_until(now), at_stop);
    if (woke == Attention::Woke::time) return true;
    if (woke == Attention::Woke::asked) continue;
    if (!hear(now, spoken, woke == Attention::Woke::gone)) return false;
  }
  return true;
}

bool Conversation::hear(Listening& now, Spoken& spoken, bool gone) {
  std::array<std::uint8_t, 512> room;
  const auto count = line_.receive(room);
  spoken.times.ended = Steady::now();
  if (!count) {
    spoken.fault = count.error().message();
    return false;
  }
  if (*count == 0) {
    if (!gone) return true;
    spoken.fault = line_.hung_up().message();
    return false;
  }
  now.last_byte = spoken.times.ended;
  now.received += *count;
  now.reception.take(std::span(room).first(*count));
  return true;
}

void Conversation::settle(Listening& now, Spoken& spoken) {
  Reception& reception = now.reception;
  spoken.verdict = reception.verdict();
  spoken.times.ended = Steady::now();
  spoken.noticed = {.late = reception.late(), .strays = 0, .garbage = false};
  // Bytes around a good answer are told as garbage; where they are the ending, it says so itself.
  const bool good = !broken(spoken.verdict->ending) && spoken.verdict->ending != Ending::silent;
  spoken.noticed.garbage = good && reception.garbage();
  if (spoken.verdict->ending != Ending::wrong_unit) spoken.noticed.strays = reception.strays();
  if (reception.echo() != Echo::unknown) echo_ = reception.echo();
  const SteadyTime last = now.received > 0 ? now.last_byte : spoken.times.question_end;
  const bool restless = broken(spoken.verdict->ending) || spoken.noticed.garbage;
  quiet_until_ = last + (restless ? std::max(unrest(), line_.silence()) : line_.silence());
  quiet_limit_ = spoken.times.ended + quiet_most;
}

}  // namespace genkan::bus
