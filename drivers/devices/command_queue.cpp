#include "drivers/devices/command_queue.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace genkan::devices {

namespace {

using domain::Command;
using domain::Outcome;
using domain::Reason;
using domain::Verdict;

// Commands that drive the same thing to different ends.
enum class Subject { none, bolt, holding, output, guard, bypass };
constexpr std::array subjects{
    std::pair{Command::lock, Subject::bolt},
    std::pair{Command::unlock, Subject::bolt},
    std::pair{Command::open, Subject::none},
    std::pair{Command::hold_open, Subject::holding},
    std::pair{Command::end_hold, Subject::holding},
    std::pair{Command::on, Subject::output},
    std::pair{Command::off, Subject::output},
    std::pair{Command::arm_away, Subject::guard},
    std::pair{Command::arm_home, Subject::guard},
    std::pair{Command::disarm, Subject::guard},
    std::pair{Command::bypass, Subject::bypass},
    std::pair{Command::end_bypass, Subject::bypass},
    std::pair{Command::release_compartment, Subject::none},
};

Subject subject(Command command) {
  const auto found = std::ranges::find(subjects, command, &std::pair<Command, Subject>::first);
  return found == subjects.end() ? Subject::none : found->second;
}

}  // namespace

bool contradicts(const domain::DeviceCommand& newer, const domain::DeviceCommand& older) {
  return newer.command != older.command && subject(newer.command) != Subject::none &&
         subject(newer.command) == subject(older.command);
}

void Ticket::end(Outcome how) {
  if (outcome) return;
  outcome = std::move(how);
  wake->notify();
}

void CommandQueue::add(const std::shared_ptr<Ticket>& ticket) {
  std::erase_if(waiting_, [&ticket](const std::shared_ptr<Ticket>& older) {
    if (!contradicts(ticket->command, older->command)) return false;
    older->end(
        {.verdict = Verdict::refused, .reason = Reason::superseded, .detail = {}, .state = {}});
    return true;
  });
  if (running_ && waiting_.size() >= most_waiting) {
    return ticket->end(
        {.verdict = Verdict::refused, .reason = Reason::busy, .detail = {}, .state = {}});
  }
  waiting_.push_back(ticket);
}

std::shared_ptr<Ticket> CommandQueue::start(SteadyTime now) {
  while (!running_ && !waiting_.empty()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    if (now >= next->deadline) {
      next->end({.verdict = Verdict::expired, .reason = Reason::none, .detail = {}, .state = {}});
      continue;
    }
    next->started = true;
    running_ = next;
    return next;
  }
  return nullptr;
}

void CommandQueue::expire(const std::shared_ptr<Ticket>& ticket) {
  if (std::erase(waiting_, ticket) == 0) return;
  ticket->end({.verdict = Verdict::expired, .reason = Reason::none, .detail = {}, .state = {}});
}

void CommandQueue::clear(const Outcome& how) {
  for (const auto& ticket : std::exchange(waiting_, {})) ticket->end(how);
  if (running_) {
    Outcome cut = how;
    if (cut.verdict != Verdict::unknown_outcome) cut.verdict = Verdict::unknown_outcome;
    running_->end(cut);
  }
}

}  // namespace genkan::devices
