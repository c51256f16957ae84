// The pulse and hold rules of entrances (spec: the table of kinds); output.hpp drives the contact.
#include <algorithm>

#include "drivers/devices/run.hpp"

namespace genkan::devices {

using domain::Command;
using domain::Outcome;

const Behaviour entrance_behaviour{
    .early = never_early, .late = plain_late, .refusal = plain_refusal};

namespace {

constexpr auto switch_off_time = 3s;  // for a held relay to be read as off

}  // namespace

Output* Run::output_of(const profile::Write& write) const {
  return device_->output(write.reg, command_.part);
}

Run::Way Run::way_of(const profile::Write& write) const {
  const Output* output = output_of(write);
  if (output == nullptr) return Way::plain;
  switch (command_.command) {
    case Command::hold_open: return Way::hold;
    case Command::end_hold: return Way::release;
    // A person's 'off' ends what the records held on.
    case Command::off: return output->held() ? Way::release : Way::plain;
    default: return write.pulse ? Way::pulse : Way::plain;
  }
}

void Run::prepare_output() {
  if (plan_.writes.empty()) return;
  Output* output = output_of(plan_.writes.front());
  if (output == nullptr) return;
  was_held_ = output->held();
  if (command_.command == Command::on) output->leave();
}

// The output that an 'open' finds held; null for all else.
Output* Run::held_opening() const {
  if (command_.command != Command::open || plan_.writes.empty()) return nullptr;
  Output* output = output_of(plan_.writes.front());
  return output != nullptr && output->held() ? output : nullptr;
}

Run::Await<Outcome> Run::open_while_held(Output* output) {
  if (device_->profile().open_while_held == profile::OpenWhileHeld::repulse) {
    Outcome outcome = co_await blink(output);
    co_return outcome;
  }
  output->note_opening();
  if (device_->reported().link == domain::Link::fresh && output->is_on()) {
    co_return done("held open");
  }
  // It should be open but is not, or cannot be read: the hold is made so now.
  const profile::Write write = plan_.writes.front();
  Ended ended = co_await bring(write, Way::hold, true);
  if (ended) co_return std::move(*ended);
  Outcome outcome = co_await confirm();
  co_return outcome;
}

Run::Await<Outcome> Run::blink(Output* output) {
  if (output->phase() == Output::Phase::gap) co_return done("held open: it is about to open again");
  profile::Write write = plan_.writes.front();
  write.value = output->spec().off;
  Ended ended = co_await bring(write, Way::blink, false);
  if (ended) co_return std::move(*ended);
  const Ranges own = device_->ranges(write.reg, command_.part);
  const SteadyTime limit = std::min(deadline_, written_at_ + switch_off_time);
  while (!device_->detached() && !own.empty()) {
    const bool read = own.front()->good_since(written_at_);
    if (read && !output->is_on()) break;
    if (!device_->line_fault().empty()) co_return line_down();
    if (now() >= limit) {
      if (!read) co_return unheard();
      co_return behaviour(device_->profile().info.kind).late(situation(limit == deadline_));
    }
    co_await wait_for_read(own, limit);
  }
  if (device_->detached()) co_return gone();
  co_return done("held open: off, and on again after its opening time");
}

// A hold that could not be made so must not come true later, when nobody expects it.
void Run::undo_hold(const Outcome& outcome) {
  if (command_.command != Command::hold_open || outcome.verdict == domain::Verdict::done) return;
  if (was_held_ || device_->detached() || plan_.writes.empty()) return;
  if (Output* output = output_of(plan_.writes.front())) output->hold(false);
}

}  // namespace genkan::devices
