#include "drivers/devices/command_run.hpp"

#include <algorithm>
#include <utility>

#include "drivers/devices/run.hpp"

namespace genkan::devices {

namespace {

using domain::Outcome;

// Between two read-backs of one command, so that the other lanes keep most of the wire. A bolt
// takes 400 ms and more.
constexpr auto ask_pause = 50ms;
// The same while the unit does not answer: each try costs the line a whole time-out.
constexpr auto silent_pause = 500ms;
// For the reads that show whether a write took.
constexpr auto look_time = 1000ms;
// A wait that ends so much late was not ours: the program was stopped, or the machine slept.
constexpr auto stood_still_after = 500ms;
// For the read before a toggle.
constexpr auto toggle_check_time = 2s;
// A command that is not on the wire this long before its deadline is not sent any more, so that its
// ending is known at the deadline.
constexpr auto sending_margin = 50ms;

bool all_read(const Run::Ranges& ranges, SteadyTime since) {
  return !ranges.empty() && std::ranges::all_of(ranges, [since](const auto& range) {
    return range->good_since(since);
  });
}

std::uint32_t misses(const Run::Ranges& ranges) {
  std::uint32_t sum = 0;
  for (const auto& range : ranges) sum += range->misses;
  return sum;
}

}  // namespace

boost::asio::awaitable<Outcome> run_command(std::shared_ptr<Device> device,
                                            domain::DeviceCommand command, SteadyTime deadline) {
  Run run(std::move(device), command, deadline);
  Outcome outcome = co_await run.go();
  co_return outcome;
}

Run::Run(std::shared_ptr<Device> device, domain::DeviceCommand command, SteadyTime deadline)
    : device_(std::move(device)),
      command_(command),
      deadline_(deadline),
      plan_(*device_->profile().plan(command.command)),
      wake_(device_->new_wake()),
      before_(device_->reported().state),
      was_silent_(device_->unit_dead() || device_->reported().link == domain::Link::disconnected) {
  if (plan_.confirm) {
    const bool indexed = spec(plan_.confirm->field).indexed;
    const domain::FieldKey key{plan_.confirm->field, indexed ? command_.part : std::uint8_t{0}};
    confirming_ = device_->ranges(key);
    add_earlier_writes();
  }
}

// What the writes before the last one set (a mode) is read back together with the confirmation.
void Run::add_earlier_writes() {
  for (std::size_t i = 0; i + 1 < plan_.writes.size(); ++i) {
    for (auto& range : device_->ranges(plan_.writes[i].reg, command_.part)) {
      if (std::ranges::find(confirming_, range) == confirming_.end()) {
        confirming_.push_back(std::move(range));
      }
    }
  }
}

Run::Await<Outcome> Run::go() {
  if (!device_->line_fault().empty()) co_return line_down();
  if (plan_.toggles) {
    Ended ended = co_await check_before_toggle();
    if (ended) co_return std::move(*ended);
  }
  if (Output* output = held_opening()) {
    Outcome outcome = co_await open_while_held(output);
    co_return outcome;
  }
  Outcome outcome = co_await write_and_confirm();
  undo_hold(outcome);
  co_return outcome;
}

Run::Await<Outcome> Run::write_and_confirm() {
  prepare_output();
  for (std::size_t i = 0; i < plan_.writes.size(); ++i) {
    const profile::Write write = plan_.writes[i];
    const bool last = i + 1 == plan_.writes.size();
    Ended ended = co_await bring(write, way_of(write), last);
    if (ended) co_return std::move(*ended);
    if (still_opening_) co_return done("it stays open until its opening time is over");
  }
  Outcome outcome = co_await confirm();
  co_return outcome;
}

// The state may be as old as a poll's interval, and a toggle sent on an old one does the opposite.
Run::Await<Run::Ended> Run::check_before_toggle() {
  if (confirming_.empty()) co_return std::nullopt;
  const SteadyTime since = now();
  const SteadyTime limit = std::min(deadline_, since + toggle_check_time);
  const std::uint32_t misses_before = misses(confirming_);
  while (!device_->detached() && !all_read(confirming_, since)) {
    if (!device_->line_fault().empty()) co_return line_down();
    const bool silent = misses(confirming_) >= misses_before + 2 || now() >= limit;
    if (silent || (device_->unit_dead() && misses(confirming_) > misses_before)) {
      co_return Outcome{.verdict = domain::Verdict::failed,
                        .reason = domain::Reason::no_answer,
                        .detail = "nothing was sent, as it could not be read first",
                        .state = {}};
    }
    co_await wait_for_read(confirming_, limit);
  }
  if (device_->detached()) co_return gone();
  before_ = device_->reported().state;
  if (holds()) co_return done("it was so already");
  next_ask_ = {};
  co_return std::nullopt;
}

Run::Await<Run::Ended> Run::bring(profile::Write write, Way way, bool last) {
  const bool may_repeat = !plan_.toggles;
  for (int attempt = 0;; ++attempt) {
    const auto before = device_->raw(write.reg, command_.part);
    const auto answer = co_await send(write, way);
    if (device_->detached()) co_return gone();
    if (still_opening_) co_return std::nullopt;
    if (!answer) co_return no_word();
    if (!answer->sent && answer->ending != bus::Ending::answered) co_return not_sent(*answer);
    any_sent_ = true;
    written_at_ = answer->at;
    next_ask_ = {};
    if (answer->ending == bus::Ending::answered) co_return std::nullopt;
    if (answer->ending == bus::Ending::exception) {
      co_return behaviour(device_->profile().info.kind)
          .refusal(situation(false), answer->exception);
    }
    echoed_ = false;
    if (plan_.toggles) co_return std::nullopt;  // only what is read from now on can tell
    if (was_silent_ && device_->unit_dead()) co_return lost(*answer, Took::no);
    const Took took = co_await look(write, last, before, answer->at);
    if (device_->detached()) co_return gone();
    if (took == Took::yes) co_return std::nullopt;
    const bool again = took == Took::no && attempt == 0 && may_repeat && now() < deadline_;
    if (!again) co_return lost(*answer, took);
  }
}

Run::Await<std::optional<bus::Answer>> Run::send(profile::Write write, Way way) {
  auto answer = std::make_shared<std::optional<bus::Answer>>();
  const auto on_answer = [answer, wake = wake_](const bus::Answer& came) {
    *answer = came;
    wake->notify();
  };
  const auto left = deadline_ - now();
  const SteadyTime begin_by = deadline_ - std::min<SteadyTime::duration>(sending_margin, left / 10);
  Output* output = output_of(write);
  switch (way) {
    case Way::plain:
      device_->write(write.reg, command_.part, write.value, begin_by, on_answer);
      break;
    case Way::pulse: output->pulse(begin_by, on_answer); break;
    case Way::hold: output->hold_now(begin_by, on_answer); break;
    case Way::blink: output->blink(begin_by, on_answer); break;
    case Way::release: still_opening_ = !output->release_now(begin_by, on_answer); break;
  }
  while (!*answer && !still_opening_ && !device_->detached() && now() < deadline_) {
    co_await wake_->until(deadline_);
  }
  co_return *answer;
}

Run::Await<Run::Took> Run::look(profile::Write write, bool last, std::optional<std::int64_t> before,
                                SteadyTime since) {
  const Ranges told = last ? confirming_ : Ranges{};
  Ranges own = device_->ranges(write.reg, command_.part);
  // A register that had the value already proves nothing where something else must follow from it.
  const bool tells_nothing = !told.empty() && (!before || *before == write.value);
  if (tells_nothing) own.clear();
  Ranges asked = own;
  asked.insert(asked.end(), told.begin(), told.end());
  if (asked.empty()) co_return Took::unknown;

  const auto within = plan_.confirm ? plan_.confirm->within / 2 : look_time;
  const SteadyTime limit =
      std::min(deadline_, since + std::max<SteadyTime::duration>(look_time, within));
  while (!device_->detached() && device_->line_fault().empty()) {
    const bool changed = confirmed_value(device_->reported().state) != confirmed_value(before_);
    if (all_read(told, since) && (changed || holds())) co_return Took::yes;
    if (all_read(own, since)) {
      co_return device_->raw(write.reg, command_.part) == write.value ? Took::yes : Took::no;
    }
    if (now() >= limit) break;
    co_await wait_for_read(asked, limit);
  }
  co_return own.empty() && all_read(told, since) ? Took::no : Took::unknown;
}

Run::Await<Outcome> Run::confirm() {
  if (!plan_.confirm || confirming_.empty()) co_return done("");
  const SteadyTime own_limit = written_at_ + plan_.confirm->within;
  const bool cut_short = deadline_ < own_limit;
  SteadyTime since = written_at_;
  SteadyTime limit = std::min(deadline_, own_limit);
  while (!device_->detached()) {
    if (all_read(confirming_, since)) {
      if (holds()) co_return done("");
      auto early = behaviour(device_->profile().info.kind).early(situation(false));
      if (early) co_return std::move(*early);
    }
    if (!device_->line_fault().empty()) break;
    if (now() >= limit) {
      if (!std::exchange(stood_still_, false) || now() >= deadline_) break;
      // The bolt had its time, and nobody looked: what is there now tells.
      since = now();
      limit = std::min(deadline_, since + look_time);
      next_ask_ = {};
    }
    co_await wait_for_read(confirming_, limit);
  }
  if (device_->detached()) co_return gone();
  // What was read on the way proves nothing once the device fell silent.
  if (!all_read(confirming_, written_at_)) co_return unheard();
  co_return behaviour(device_->profile().info.kind).late(situation(cut_short));
}

Run::Await<void> Run::wait_for_read(Ranges ranges, SteadyTime limit) {
  if (now() >= next_ask_) {
    device_->hurry(ranges);
    const bool silent = std::ranges::any_of(ranges, [](const auto& range) { return range->owed; });
    next_ask_ = now() + (silent ? silent_pause : ask_pause);
  }
  const SteadyTime due = std::min(limit, next_ask_);
  co_await wake_->until(due);
  if (now() - due > stood_still_after) stood_still_ = true;
}

}  // namespace genkan::devices
