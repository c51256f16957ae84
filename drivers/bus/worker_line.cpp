// The line's life: opening, coming up, being lost, trying again.
#include <utility>

#include "drivers/bus/worker.hpp"

namespace genkan::bus {
namespace {

// A connection that is neither made nor refused by then is given up.
constexpr auto open_within = 3s;
constexpr std::chrono::milliseconds longest_reopen_pause = 1s;

}  // namespace

void Bus::Worker::open() {
  if (Steady::now() < reopen_at_) {
    wait(reopen_at_, AtStop::leave);
    return;
  }
  auto opening = line_->begin_open();
  const SteadyTime limit = Steady::now() + open_within;
  while (opening && *opening == Line::Opening::pending) {
    const Woke woke = wait(limit, AtStop::leave);
    if (stopping_.load()) return;
    if (woke == Woke::time)
      opening = fail(line_->unopened());
    else if (woke != Woke::asked)
      opening = line_->go_on_opening();
  }
  if (opening)
    opened();
  else
    line_lost(opening.error().message());
}

void Bus::Worker::opened() {
  conversation_.begin();
  const SteadyTime now = Steady::now();
  {
    const std::lock_guard guard(mutex_);
    state_ = State::up;
    fault_.clear();
    scheduler_.units().line_opened(now);
    scheduler_.polls().all_due(now);
    if (std::exchange(was_up_, true)) statistics_.reopened();
  }
  up_.store(true);
  outbox_.line({});
}

void Bus::Worker::line_lost(const std::string& fault) {
  line_->close();
  up_.store(false);
  const SteadyTime now = Steady::now();
  reopen_at_ = now + reopen_pause_;
  reopen_pause_ = std::min(reopen_pause_ * 2, longest_reopen_pause);
  bool news = false;
  std::vector<PollReport> reports;
  {
    const std::lock_guard guard(mutex_);
    news = state_ != State::down || fault_ != fault;
    state_ = State::down;
    fault_ = fault;
    reports =
        scheduler_.polls().answered_all({.ending = Ending::line_down, .values = {}, .at = now});
  }
  if (news) outbox_.line(fault);
  outbox_.reports(std::move(reports));
  end_waiting(Ending::line_down);
}

}  // namespace genkan::bus
