#include "drivers/bus/worker.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include "drivers/bus/codec.hpp"

namespace genkan::bus {
namespace {

using std::chrono::nanoseconds;

constexpr auto kept_back_pause = 1s;
// "As often as the wire allows" where there is no wire: often enough for a door, without keeping
// the device's processor and ours busy for nothing.
constexpr std::chrono::milliseconds tcp_flat_out = 50ms;
constexpr std::uint8_t illegal_value = 3;  // the exception for a question that makes no sense

// The wire waits for this thread, so it sleeps exactly and, where the unit file allows it, goes
// before ordinary threads. Without the right it works all the same, with a little more jitter.
void prepare_thread() {
  ::prctl(PR_SET_NAME, "bus", 0, 0, 0);
  ::prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  const sched_param priority{.sched_priority = 10};
  ::pthread_setschedparam(::pthread_self(), SCHED_RR, &priority);
}

timespec span_until(SteadyTime until, SteadyTime now) {
  const nanoseconds span =
      std::clamp<nanoseconds>(until - now, nanoseconds{0}, std::chrono::hours(1));
  return {.tv_sec = span.count() / 1'000'000'000, .tv_nsec = span.count() % 1'000'000'000};
}

}  // namespace

Bus::Worker::Worker(boost::asio::any_io_executor loop, const Options& options, Events events)
    : config_(options.config),
      framing_(framing_of(options.config)),
      outbox_(std::move(loop), std::move(events)),
      scheduler_({.most_commands = options.most_commands, .most_bulk = options.most_bulk},
                 framing_ == Framing::rtu),
      line_(make_line(options.config)),
      conversation_(*line_, framing_, *this),
      reopen_pause_(first_reopen_pause),
      thread_([this] { run(); }) {}

Bus::Worker::~Worker() {
  outbox_.silence();
  stopping_.store(true);
  wake_.wake();
  thread_.join();
}

void Bus::Worker::submit(Exchange exchange, Lane lane, SteadyTime deadline,
                         std::function<void(Answer)> done) {
  if (!question_fault(exchange, framing_).empty()) {
    outbox_.answer(std::move(done), {.ending = Ending::exception,
                                     .exception = illegal_value,
                                     .values = {},
                                     .at = Steady::now()});
    return;
  }
  Job job{.exchange = std::move(exchange), .deadline = deadline, .done = std::move(done)};
  Ending refused = Ending::busy;
  {
    const std::lock_guard guard(mutex_);
    if (state_ == State::down)
      refused = Ending::line_down;
    else if (state_ == State::stopped)
      refused = Ending::cancelled;
    else if (scheduler_.push(job, lane))
      refused = Ending::answered;
  }
  if (refused == Ending::answered)
    wake_.wake();
  else
    outbox_.answer(std::move(job.done), {.ending = refused, .values = {}, .at = Steady::now()});
}

PollId Bus::Worker::add_poll(const PollSpec& asked) {
  PollSpec spec = asked;
  if (spec.lane == Lane::command) spec.lane = Lane::alarm;
  if (framing_ == Framing::tcp && spec.interval <= 0ms) spec.interval = tcp_flat_out;
  PollId id = 0;
  {
    const std::lock_guard guard(mutex_);
    id = scheduler_.polls().add(spec, Steady::now());
    statistics_.watch(spec.unit);
  }
  wake_.wake();
  return id;
}

void Bus::Worker::remove_poll(PollId poll) {
  const std::lock_guard guard(mutex_);
  scheduler_.polls().remove(poll);
}

void Bus::Worker::hurry(PollId poll) {
  {
    const std::lock_guard guard(mutex_);
    scheduler_.hurry(poll);
  }
  wake_.wake();
}

void Bus::Worker::set_traits(std::uint8_t unit, UnitTraits traits) {
  const std::lock_guard guard(mutex_);
  scheduler_.units().set_traits(unit, traits);
  statistics_.watch(unit);
}

void Bus::Worker::forget_unit(std::uint8_t unit) {
  const std::lock_guard guard(mutex_);
  scheduler_.units().forget(unit);
  statistics_.forget(unit);
}

ports::BusStatistics Bus::Worker::statistics() const {
  const std::lock_guard guard(mutex_);
  ports::BusStatistics out;
  out.bus = config_.id;
  out.up = state_ == State::up;
  out.fault = fault_;
  out.waiting = scheduler_.waiting();
  statistics_.fill(out, Steady::now());
  for (auto& unit : out.units) unit.dead = scheduler_.units().dead(unit.unit);
  return out;
}

bool Bus::Worker::command_waits() {
  const std::lock_guard guard(mutex_);
  return scheduler_.command_ready(Steady::now());
}

Attention::Woke Bus::Worker::wait(SteadyTime until, AtStop at_stop) {
  while (at_stop == AtStop::stay || !stopping_.load()) {
    const SteadyTime now = Steady::now();
    SteadyTime wake_at = until;
    {
      const std::lock_guard guard(mutex_);
      wake_at = std::min(until, scheduler_.earliest_deadline());
    }
    if (until <= now) return Woke::time;
    if (wake_at <= now) {
      end_due(now);
      continue;
    }
    std::array<pollfd, 2> ready{
        {{.fd = wake_.descriptor(), .events = POLLIN, .revents = 0},
         {.fd = line_->descriptor(), .events = line_->waits_for(), .revents = 0}}};
    const timespec span = span_until(wake_at, now);
    if (::ppoll(ready.data(), ready.size(), &span, nullptr) <= 0) continue;
    const bool asked = ready[0].revents != 0;
    if (asked) wake_.clear();
    if ((ready[1].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) return Woke::gone;
    if (ready[1].revents != 0) return Woke::line;
    if (asked) return Woke::asked;
  }
  return Woke::asked;
}

void Bus::Worker::run() {
  prepare_thread();
  while (!stopping_.load()) {
    if (up_.load())
      step();
    else
      open();
  }
  line_->close();
  {
    const std::lock_guard guard(mutex_);
    state_ = State::stopped;
  }
  end_waiting(Ending::cancelled);
}

void Bus::Worker::step() {
  const SteadyTime now = Steady::now();
  end_due(now);
  post_kept_back(now);
  if (now < conversation_.quiet_at()) {
    rest(conversation_.quiet_at());
    return;
  }
  Owed owed;
  {
    const std::lock_guard guard(mutex_);
    owed = scheduler_.units().owed(now);
  }
  auto noticed = conversation_.overhear(owed);
  if (!noticed) {
    line_lost(noticed.error().message());
    return;
  }
  if (Steady::now() < conversation_.quiet_at()) return;
  std::optional<Turn> turn;
  SteadyTime next_at{};
  {
    const std::lock_guard guard(mutex_);
    note(*noticed, now);
    turn = scheduler_.next(Steady::now());
    if (!turn) next_at = scheduler_.next_at();
  }
  if (turn)
    exchange(std::move(*turn));
  else
    rest(std::min(next_at, post_at_));
}

void Bus::Worker::rest(SteadyTime until) {
  const Woke woke = wait(until, AtStop::leave);
  // A hang-up with bytes still to read shows again once they are read.
  if (woke != Woke::gone && woke != Woke::line) return;
  Owed owed;
  {
    const std::lock_guard guard(mutex_);
    owed = scheduler_.units().owed(Steady::now());
  }
  auto noticed = conversation_.overhear(owed);
  if (!noticed) {
    line_lost(noticed.error().message());
    return;
  }
  {
    const std::lock_guard guard(mutex_);
    note(*noticed, Steady::now());
  }
  if (woke == Woke::gone && !conversation_.heard()) line_lost(line_->hung_up().message());
}

void Bus::Worker::note(const Noticed& noticed, SteadyTime now) {
  for (const std::uint8_t unit : noticed.late) {
    statistics_.late(unit);
    scheduler_.units().late(unit, now);
  }
  for (std::uint32_t count = 0; count < noticed.strays; ++count) statistics_.stray();
  if (noticed.garbage) statistics_.garbage();
}

// The question that must go first, with `turn` back in its queue; or `turn` itself.
Turn Bus::Worker::lesson_before(Turn turn) {
  if (turn.kind != Turn::Kind::once || !conversation_.needs_echo_lesson(turn.exchange)) return turn;
  conversation_.echo_lesson_done();
  const bool coil = turn.exchange.function == Function::write_coil;
  Turn lesson{.lane = turn.lane,
              .exchange = {.unit = turn.exchange.unit,
                           .function = coil ? Function::read_coils : Function::read_holding,
                           .address = turn.exchange.address,
                           .count = 1,
                           .values = {}},
              .patience = turn.patience,
              .job = {}};
  const std::lock_guard guard(mutex_);
  scheduler_.put_back(std::move(turn));
  return lesson;
}

void Bus::Worker::exchange(Turn turn) {
  turn = lesson_before(std::move(turn));
  Owed owed;
  {
    const std::lock_guard guard(mutex_);
    owed = scheduler_.units().owed(Steady::now());
  }
  const bool leavable = turn.kind != Turn::Kind::once;
  Spoken spoken = conversation_.ask(turn.exchange, turn.patience, owed, leavable);
  conclude(std::move(turn), std::move(spoken));
}

void Bus::Worker::conclude(Turn turn, Spoken spoken) {
  Answer answer{.ending = Ending::line_down, .values = {}, .sent = spoken.sent};
  answer.at = spoken.times.ended;
  if (spoken.verdict) {
    answer.ending = spoken.verdict->ending;
    answer.exception = spoken.verdict->exception;
    answer.values = std::move(spoken.verdict->values);
  }
  const std::uint8_t unit = turn.exchange.unit;
  auto change = Units::Change::none;
  std::vector<PollReport> reports;
  {
    const std::lock_guard guard(mutex_);
    if (spoken.sent) {
      statistics_.asked(unit);
      statistics_.ended(unit, answer.ending, spoken.times.ended - spoken.times.asked);
      statistics_.used(spoken.wire_use, spoken.times.ended);
      change = scheduler_.units().ended(unit, answer.ending, answer.exception,
                                        turn.kind == Turn::Kind::probe, spoken.times);
    }
    if (std::exchange(spoken.noticed.garbage, false)) statistics_.garbage(unit);
    note(spoken.noticed, spoken.times.ended);
    if (change == Units::Change::revived) scheduler_.polls().unit_due(unit, spoken.times.ended);
    if (turn.kind != Turn::Kind::once) {
      if (auto report = scheduler_.polls().answered(turn.poll, answer))
        reports.push_back(std::move(*report));
    }
  }
  if (answer.ending == Ending::answered) reopen_pause_ = first_reopen_pause;
  if (change != Units::Change::none) outbox_.unit(unit, change == Units::Change::died);
  outbox_.reports(std::move(reports));
  outbox_.answer(std::move(turn.job.done), std::move(answer));
  if (!spoken.verdict) line_lost(spoken.fault);
}

void Bus::Worker::end_due(SteadyTime now) {
  std::vector<EndedJob> ended;
  {
    const std::lock_guard guard(mutex_);
    ended = scheduler_.take_ended(now);
  }
  for (EndedJob& one : ended)
    outbox_.answer(std::move(one.job.done), {.ending = one.ending, .values = {}, .at = now});
}

void Bus::Worker::end_waiting(Ending ending) {
  std::vector<Job> jobs;
  {
    const std::lock_guard guard(mutex_);
    jobs = scheduler_.take_all();
  }
  for (Job& job : jobs)
    outbox_.answer(std::move(job.done), {.ending = ending, .values = {}, .at = Steady::now()});
}

void Bus::Worker::post_kept_back(SteadyTime now) {
  if (now < post_at_) return;
  post_at_ = now + kept_back_pause;
  std::vector<PollReport> reports;
  {
    const std::lock_guard guard(mutex_);
    reports = scheduler_.polls().kept_back();
  }
  outbox_.reports(std::move(reports));
}

}  // namespace genkan::bus
