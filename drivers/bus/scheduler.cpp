#include "drivers/bus/scheduler.hpp"

#include <algorithm>
#include <utility>

#include "drivers/bus/codec.hpp"

namespace genkan::bus {
namespace {

constexpr std::array lower_lanes{Lane::alarm, Lane::state, Lane::bulk};

constexpr std::size_t at(Lane lane) { return static_cast<std::size_t>(lane); }

Exchange question_of(const PollSpec& spec) {
  return {.unit = spec.unit,
          .function = read_function(spec.table),
          .address = spec.address,
          .count = spec.count,
          .values = {}};
}

}  // namespace

bool Scheduler::push(Job& job, Lane lane) {
  if (lane == Lane::command) {
    const auto is_job = [](const Entry& entry) { return std::holds_alternative<Job>(entry); };
    const auto jobs = static_cast<std::size_t>(std::ranges::count_if(commands_, is_job));
    if (jobs >= bounds_.most_commands) return false;
    commands_.emplace_back(std::move(job));
    return true;
  }
  auto& queue = queues_[at(lane)];
  if (queue.size() >= bounds_.most_bulk) return false;
  queue.push_back(std::move(job));
  return true;
}

void Scheduler::hurry(PollId poll) {
  if (polls_.find(poll) == nullptr) return;
  polls_.want_report(poll);
  const auto is_it = [poll](const Entry& entry) {
    const PollId* const id = std::get_if<PollId>(&entry);
    return id != nullptr && *id == poll;
  };
  if (std::ranges::none_of(commands_, is_it)) commands_.emplace_back(poll);
}

std::uint8_t Scheduler::unit_of(const Entry& entry) const {
  if (const Job* const job = std::get_if<Job>(&entry)) return job->exchange.unit;
  const PollSpec* const spec = polls_.find(std::get<PollId>(entry));
  return spec == nullptr ? 0 : spec->unit;
}

SteadyTime Scheduler::poll_ready_at(std::uint8_t unit) const {
  return units_.dead(unit) ? SteadyTime::max() : units_.ready_at(unit);
}

std::optional<Scheduler::Candidate> Scheduler::command(SteadyTime now) const {
  for (std::size_t index = 0; index < commands_.size(); ++index) {
    const std::uint8_t unit = unit_of(commands_[index]);
    if (!ready(unit, now)) continue;
    const PollId* const poll = std::get_if<PollId>(&commands_[index]);
    if (poll != nullptr && polls_.find(*poll) == nullptr) continue;
    return Candidate{.lane = Lane::command,
                     .kind = poll == nullptr ? Turn::Kind::once : Turn::Kind::poll,
                     .index = index,
                     .poll = poll == nullptr ? 0 : *poll,
                     .unit = unit};
  }
  return std::nullopt;
}

bool Scheduler::command_ready(SteadyTime now) const { return command(now).has_value(); }

std::optional<Scheduler::Candidate> Scheduler::probe(SteadyTime now) const {
  for (const std::uint8_t unit : polls_.units()) {
    if (!units_.dead(unit) || units_.probe_at(unit) > now) continue;
    return Candidate{.lane = Lane::state,
                     .kind = Turn::Kind::probe,
                     .poll = polls_.for_probe(unit).value_or(0),
                     .unit = unit};
  }
  return std::nullopt;
}

std::optional<Scheduler::Candidate> Scheduler::below(Lane lane, SteadyTime now) const {
  const auto& queue = queues_[at(lane)];
  std::optional<Candidate> job;
  for (std::size_t index = 0; index < queue.size() && !job; ++index) {
    const std::uint8_t unit = queue[index].exchange.unit;
    if (ready(unit, now)) job = Candidate{.lane = lane, .index = index, .unit = unit};
  }
  const auto poll_ready = [this](std::uint8_t unit) { return poll_ready_at(unit); };
  // Jobs and polls of one lane take turns.
  if (job && poll_was_last_[at(lane)]) return job;
  if (const auto poll = polls_.due(lane, now, poll_ready)) {
    return Candidate{
        .lane = lane, .kind = Turn::Kind::poll, .poll = *poll, .unit = polls_.find(*poll)->unit};
  }
  return job;
}

std::optional<Scheduler::Candidate> Scheduler::choose(SteadyTime now) {
  const auto urgent = command(now);
  if (urgent && commands_run_ < commands_in_a_row) return urgent;
  // Probes are few and short, and what they find out concerns doors: ahead of all polling.
  if (const auto dead = probe(now)) return dead;
  std::array<std::optional<Candidate>, lane_count> found;
  const Lane* chosen = nullptr;
  for (const Lane& lane : lower_lanes) {
    found[at(lane)] = below(lane, now);
    if (!found[at(lane)]) continue;
    const bool starved = passed_over_[at(lane)] >= fairness;
    if (chosen == nullptr || (starved && passed_over_[at(lane)] > passed_over_[at(*chosen)]))
      chosen = &lane;
  }
  if (chosen == nullptr) return urgent;
  for (const Lane lane : lower_lanes) {
    if (lane == *chosen)
      passed_over_[at(lane)] = 0;
    else if (found[at(lane)])
      ++passed_over_[at(lane)];
  }
  return found[at(*chosen)];
}

std::optional<Turn> Scheduler::next(SteadyTime now) {
  std::erase_if(commands_, [this](const Entry& entry) {
    const PollId* const poll = std::get_if<PollId>(&entry);
    return poll != nullptr && polls_.find(*poll) == nullptr;
  });
  const auto candidate = choose(now);
  if (!candidate) return std::nullopt;
  commands_run_ = candidate->lane == Lane::command ? commands_run_ + 1 : 0;
  return take(*candidate, now);
}

Turn Scheduler::poll_turn(const Candidate& candidate, SteadyTime now) {
  polls_.asked(candidate.poll, now);
  const bool probing = candidate.kind == Turn::Kind::probe || units_.dead(candidate.unit);
  return {.kind = probing ? Turn::Kind::probe : Turn::Kind::poll,
          .lane = candidate.lane,
          .exchange = question_of(*polls_.find(candidate.poll)),
          .patience = probing ? units_.probe_patience(candidate.unit, now)
                              : units_.patience(candidate.unit),
          .poll = candidate.poll,
          .job = {}};
}

Turn Scheduler::take(const Candidate& candidate, SteadyTime now) {
  if (candidate.lane == Lane::command) {
    const auto entry = commands_.begin() + static_cast<std::ptrdiff_t>(candidate.index);
    if (candidate.kind == Turn::Kind::poll) {
      commands_.erase(entry);
      return poll_turn(candidate, now);
    }
    Job job = std::move(std::get<Job>(*entry));
    commands_.erase(entry);
    Exchange exchange = std::move(job.exchange);
    return {.lane = Lane::command,
            .exchange = std::move(exchange),
            .patience = units_.patience(candidate.unit),
            .job = std::move(job)};
  }
  poll_was_last_[at(candidate.lane)] = candidate.kind != Turn::Kind::once;
  if (candidate.kind != Turn::Kind::once) return poll_turn(candidate, now);
  auto& queue = queues_[at(candidate.lane)];
  const auto entry = queue.begin() + static_cast<std::ptrdiff_t>(candidate.index);
  Job job = std::move(*entry);
  queue.erase(entry);
  Exchange exchange = std::move(job.exchange);
  return {.lane = candidate.lane,
          .exchange = std::move(exchange),
          .patience = units_.patience(candidate.unit),
          .job = std::move(job)};
}

void Scheduler::put_back(Turn turn) {
  turn.job.exchange = std::move(turn.exchange);
  if (turn.lane == Lane::command)
    commands_.emplace_front(std::move(turn.job));
  else
    queues_[at(turn.lane)].push_front(std::move(turn.job));
}

SteadyTime Scheduler::next_at() const {
  SteadyTime next = polls_.next_due([this](std::uint8_t unit) { return poll_ready_at(unit); });
  for (const std::uint8_t unit : polls_.units()) {
    if (units_.dead(unit)) next = std::min(next, units_.probe_at(unit));
  }
  for (const Entry& entry : commands_) next = std::min(next, units_.ready_at(unit_of(entry)));
  for (const auto& queue : queues_) {
    for (const Job& job : queue) next = std::min(next, units_.ready_at(job.exchange.unit));
  }
  return next;
}

SteadyTime Scheduler::earliest_deadline() const {
  SteadyTime earliest = SteadyTime::max();
  for (const Entry& entry : commands_) {
    if (const Job* const job = std::get_if<Job>(&entry))
      earliest = std::min(earliest, job->deadline);
  }
  for (const auto& queue : queues_) {
    for (const Job& job : queue) earliest = std::min(earliest, job.deadline);
  }
  return earliest;
}

bool Scheduler::unanswerable(const Job& job, Lane lane) const {
  const std::uint8_t unit = job.exchange.unit;
  return lane != Lane::command && units_.dead(unit) && polls_.any(unit);
}

std::vector<EndedJob> Scheduler::take_ended(SteadyTime now) {
  std::vector<EndedJob> ended;
  for (auto entry = commands_.begin(); entry != commands_.end();) {
    Job* const job = std::get_if<Job>(&*entry);
    if (job == nullptr || job->deadline > now) {
      ++entry;
      continue;
    }
    ended.push_back({std::move(*job), Ending::expired});
    entry = commands_.erase(entry);
  }
  for (const Lane lane : lower_lanes) {
    auto& queue = queues_[at(lane)];
    for (auto job = queue.begin(); job != queue.end();) {
      const bool expired = job->deadline <= now;
      if (!expired && !unanswerable(*job, lane)) {
        ++job;
        continue;
      }
      ended.push_back({std::move(*job), expired ? Ending::expired : Ending::silent});
      job = queue.erase(job);
    }
  }
  return ended;
}

std::vector<Job> Scheduler::take_all() {
  std::vector<Job> jobs;
  for (Entry& entry : commands_) {
    if (Job* const job = std::get_if<Job>(&entry)) jobs.push_back(std::move(*job));
  }
  commands_.clear();
  for (auto& queue : queues_) {
    std::ranges::move(queue, std::back_inserter(jobs));
    queue.clear();
  }
  return jobs;
}

std::uint32_t Scheduler::waiting() const {
  std::size_t count = commands_.size();
  for (const auto& queue : queues_) count += queue.size();
  return static_cast<std::uint32_t>(count);
}

}  // namespace genkan::bus
