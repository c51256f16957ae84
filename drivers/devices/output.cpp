#include "drivers/devices/output.hpp"

#include <algorithm>
#include <utility>

namespace genkan::devices {

namespace {

constexpr auto write_limit = 5s;     // a background write that did not get its turn by then
constexpr auto first_pause = 100ms;  // before a second try
constexpr auto longest_pause = 5s;
constexpr auto read_back_time = 300ms;    // for the hurried read to come before a write is repeated
constexpr std::uint32_t blind_tries = 5;  // on a unit that does not answer, at growing pauses
constexpr auto blind_pause = 30s;         // and after them
constexpr auto shortest_foreign = 5s;     // least time that somebody else's opening is left alone

std::chrono::milliseconds pause_after(std::uint32_t tries) {
  const std::uint32_t doublings = std::min(tries == 0 ? 0 : tries - 1, 6U);
  return std::min<std::chrono::milliseconds>(first_pause * (1U << doublings), longest_pause);
}

}  // namespace

struct Output::Transition {
  Phase from;
  Event event;
  Phase to;
};

// What is not listed changes nothing.
const Output::Transition Output::transitions[] = {
    {Phase::rest, Event::pulse, Phase::pulse},
    {Phase::rest, Event::hold, Phase::held},
    {Phase::rest, Event::release, Phase::closing},
    {Phase::rest, Event::found_on, Phase::closing},
    {Phase::rest, Event::seen_on, Phase::foreign},
    {Phase::foreign, Event::pulse, Phase::pulse},
    {Phase::foreign, Event::hold, Phase::held},
    {Phase::foreign, Event::release, Phase::closing},
    {Phase::foreign, Event::found_on, Phase::closing},
    {Phase::foreign, Event::seen_off, Phase::rest},
    {Phase::foreign, Event::time, Phase::closing},
    {Phase::pulse, Event::hold, Phase::held},
    {Phase::pulse, Event::time, Phase::closing},
    {Phase::held, Event::blink, Phase::gap},
    {Phase::held, Event::release, Phase::closing},
    {Phase::held, Event::release_while_opening, Phase::pulse},
    {Phase::gap, Event::time, Phase::held},
    {Phase::gap, Event::release, Phase::closing},
    {Phase::gap, Event::release_while_opening, Phase::closing},
    {Phase::closing, Event::pulse, Phase::pulse},
    {Phase::closing, Event::hold, Phase::held},
    {Phase::closing, Event::confirmed, Phase::rest},
    {Phase::closing, Event::leave, Phase::rest},
};

Output::Output(Spec spec, OutputSide& side, std::shared_ptr<Delay> delay, const Clock& clock)
    : spec_(spec), side_(&side), delay_(std::move(delay)), clock_(clock) {}

bool Output::apply(Event event) {
  for (const Transition& transition : transitions) {
    if (transition.from != phase_ || transition.event != event) continue;
    phase_ = transition.to;
    tries_ = 0;
    next_try_ = {};
    // Closing always writes once more: a read from before proves nothing.
    if (phase_ == Phase::closing) written_.reset();
    return true;
  }
  return false;
}

void Output::pulse(SteadyTime deadline, OutputSide::Done done) {
  const Phase before = phase_;
  apply(Event::pulse);
  send(spec_.on, deadline,
       [self = shared_from_this(), before, done = std::move(done)](const bus::Answer& answer) {
         self->pulse_sent(before, answer);
         if (done) done(answer);
       });
}

void Output::pulse_sent(Phase before, const bus::Answer& answer) {
  if (side_ == nullptr) return;
  // A write whose echo was lost may have switched on, so it is followed by its off all the same.
  if (answer.sent && answer.ending != bus::Ending::exception) {
    open_until_ = std::max(open_until_, answer.at + spec_.pulse);
    if (phase_ == Phase::pulse) set_timer(open_until_);
  } else if (phase_ == Phase::pulse && (before == Phase::rest || before == Phase::foreign)) {
    phase_ = Phase::rest;  // nothing was switched, so nothing is to be undone
  }
}

void Output::blink(SteadyTime deadline, OutputSide::Done done) {
  apply(Event::blink);
  send(spec_.off, deadline,
       [self = shared_from_this(), done = std::move(done)](const bus::Answer& answer) {
         self->blink_sent(answer);
         if (done) done(answer);
       });
}

void Output::blink_sent(const bus::Answer& answer) {
  if (side_ == nullptr || phase_ != Phase::gap) return;
  if (answer.sent && answer.ending != bus::Ending::exception) {
    wait_until_ = answer.at + spec_.pulse;
    set_timer(wait_until_);
  } else {
    apply(Event::time);
    drive();
  }
}

void Output::note_opening() { open_until_ = std::max(open_until_, clock_.steady() + spec_.pulse); }

void Output::release_event() {
  const bool opening = open_until_ > clock_.steady();
  if (apply(opening ? Event::release_while_opening : Event::release) && phase_ == Phase::pulse) {
    set_timer(open_until_);
  }
}

void Output::hold(bool held) {
  if (held == this->held()) return;
  if (held) {
    apply(Event::hold);
  } else {
    release_event();
  }
  drive();
}

void Output::hold_now(SteadyTime deadline, OutputSide::Done done) {
  apply(Event::hold);
  send(spec_.on, deadline, std::move(done));
}

bool Output::release_now(SteadyTime deadline, OutputSide::Done done) {
  release_event();
  if (phase_ == Phase::pulse) return false;
  send(spec_.off, deadline, std::move(done));
  return true;
}

void Output::leave() {
  if (!spec_.closes) apply(Event::leave);
}

void Output::seen() {
  if (side_ == nullptr) return;
  const bool polled = side_->polled(spec_.reg, spec_.part);
  const auto reading = side_->reading(spec_.reg, spec_.part);
  if (polled && !reading) return;
  const bool first = std::exchange(first_, false);
  if (spec_.closes && writes_out_ == 0) {
    if (first && (!polled || reading->raw == spec_.on)) {
      apply(Event::found_on);
    } else if (polled && reading->raw == spec_.on && apply(Event::seen_on)) {
      wait_until_ =
          clock_.steady() + std::max<std::chrono::milliseconds>(spec_.pulse, shortest_foreign);
      set_timer(wait_until_);
    } else if (polled && reading->raw != spec_.on) {
      apply(Event::seen_off);
    }
  }
  drive();
}

void Output::revived() {
  if (side_ == nullptr) return;
  first_ = true;
  written_.reset();
  tries_ = 0;
  next_try_ = {};
  if (!side_->polled(spec_.reg, spec_.part)) seen();
}

void Output::finish() {
  open_until_ = {};
  if (phase_ == Phase::foreign) apply(Event::time);
  drive();
}

void Output::stop(bool switch_off) {
  if (side_ == nullptr) return;
  if (switch_off && phase_ != Phase::rest) {
    side_->write(spec_.reg, spec_.part, spec_.off, clock_.steady() + write_limit, {});
  }
  side_ = nullptr;
  delay_->cancel(timer_);
  delay_->cancel(retry_);
}

bool Output::is_on() const {
  if (side_ == nullptr) return false;
  const auto reading = side_->reading(spec_.reg, spec_.part);
  return reading && reading->raw == spec_.on;
}

void Output::set_timer(SteadyTime when) {
  delay_->cancel(timer_);
  timer_ = delay_->call_at(when, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_time();
  });
}

void Output::on_time() {
  if (side_ == nullptr) return;
  const SteadyTime until = phase_ == Phase::pulse ? open_until_ : wait_until_;
  if (until > clock_.steady()) return set_timer(until);
  if (phase_ != Phase::pulse) apply(Event::time);
  drive();
}

void Output::send(std::int32_t raw, SteadyTime deadline, OutputSide::Done done) {
  if (side_ == nullptr) return;
  ++writes_out_;
  side_->write(spec_.reg, spec_.part, raw, deadline,
               [self = shared_from_this(), raw, done = std::move(done)](const bus::Answer& answer) {
                 self->sent(raw, answer);
                 if (done) done(answer);
                 self->drive();
               });
}

void Output::sent(std::int32_t raw, const bus::Answer& answer) {
  --writes_out_;
  if (side_ == nullptr) return;
  const bool echoed = answer.ending == bus::Ending::answered;
  if (answer.sent) {
    written_ = Written{raw, answer.at, echoed};
    side_->hurry(spec_.reg, spec_.part);
  }
  const std::chrono::milliseconds pause = pause_after(tries_);
  next_try_ = clock_.steady() +
              (answer.sent ? std::max<std::chrono::milliseconds>(pause, read_back_time) : pause);
}

std::optional<std::int32_t> Output::wanted() const {
  switch (phase_) {
    case Phase::held: return spec_.on;
    case Phase::gap:
    case Phase::closing: return spec_.off;
    case Phase::rest:
    case Phase::foreign:
    case Phase::pulse: return std::nullopt;  // a pulse's on is its command's business
  }
  return std::nullopt;
}

bool Output::reached(std::int32_t raw) const {
  const bool written = written_ && written_->raw == raw;
  if (phase_ == Phase::closing && !written) return false;
  if (!side_->polled(spec_.reg, spec_.part)) return written && written_->echoed;
  const auto reading = side_->reading(spec_.reg, spec_.part);
  return reading && reading->raw == raw && (!written_ || reading->at > written_->at);
}

void Output::drive() {
  if (side_ == nullptr || writes_out_ > 0) return;
  // Not while a write is out: it may be the one that makes the pulse longer.
  if (phase_ == Phase::pulse && open_until_ <= clock_.steady()) apply(Event::time);
  const auto raw = wanted();
  if (!raw) return;
  if (reached(*raw)) {
    tries_ = 0;
    apply(Event::confirmed);
    return;
  }
  const SteadyTime now = clock_.steady();
  if (now < next_try_) return drive_later(next_try_);
  if (!side_->reachable() && tries_ >= blind_tries) {
    next_try_ = now + blind_pause;
    tries_ = blind_tries - 1;
    return drive_later(next_try_);
  }
  ++tries_;
  send(*raw, now + write_limit, {});
}

void Output::drive_later(SteadyTime when) {
  delay_->cancel(retry_);
  retry_ = delay_->call_at(when, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->drive();
  });
}

}  // namespace genkan::devices
