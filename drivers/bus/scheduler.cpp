#include "drivers/bus/scheduler.hpp"

#include <algorithm>
#include <utility>

#include "drivers/bus/codec.hpp"

namespace genkan::bus {
namespace {

constexpr std::array all_lanes{Lane::command, Lane::alarm, Lane::state, Lane::bulk};
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
  auto& queue = queues_[at(lane)];
  const auto most = lane == Lane::command ? bounds_.most_commands : bounds_.most_bulk;
  if (queue.size() >= most) return false;
  queue.push_back(std::move(job));
  return true;
}

void Scheduler::hurry(PollId poll) {
  if (polls_.find(poll) == nullptr) return;
  polls_.want_report(poll);
  if (std::ranges::find(hurried_, poll) == hurried_.end()) hurried_.push_back(poll);
}

SteadyTime Scheduler::poll_ready_at(std::uint8_t unit) const {
  return units_.dead(unit) ? SteadyTime::max() : units_.ready_at(unit);
}

std::optional<std::size_t> Scheduler::first_ready(Lane lane, SteadyTime now) const {
  const auto& queue = queues_[at(lane)];
  const auto found = std::ranges::find_if(
      queue, [this, now](const Job& job) { return ready(job.exchange.unit, now); });
  if (found == queue.end()) return std::nullopt;
  return static_cast<std::size_t>(found - queue.begin());
}

std::optional<Scheduler::Candidate> Scheduler::command(SteadyTime now) const {
  const auto index = first_ready(Lane::command, now);
  if (!index) return std::nullopt;
  return Candidate{.lane = Lane::command,
                   .index = *index,
                   .unit = queues_[at(Lane::command)][*index].exchange.unit};
}

std::optional<Scheduler::Candidate> Scheduler::hurried(SteadyTime now) const {
  for (std::size_t index = 0; index < hurried_.size(); ++index) {
    const PollSpec* const spec = polls_.find(hurried_[index]);
    if (spec == nullptr || !ready(spec->unit, now)) continue;
    return Candidate{.lane = Lane::command,
                     .kind = Turn::Kind::poll,
                     .index = index,
                     .poll = hurried_[index],
                     .unit = spec->unit};
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
  std::optional<Candidate> job;
  if (const auto index = first_ready(lane, now)) {
    const std::uint8_t unit = queues_[at(lane)][*index].exchange.unit;
    job = Candidate{.lane = lane, .index = *index, .unit = unit};
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
  // Read-backs take turns with what is below: bolts on their way must not stop the polling.
  const auto read_back = hurried(now);
  if (read_back && !read_back_was_last_) return read_back;
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
  if (chosen == nullptr) return urgent ? urgent : read_back;
  for (const Lane lane : lower_lanes) {
    if (lane == *chosen)
      passed_over_[at(lane)] = 0;
    else if (found[at(lane)])
      ++passed_over_[at(lane)];
  }
  return found[at(*chosen)];
}

std::optional<Turn> Scheduler::next(SteadyTime now) {
  std::erase_if(hurried_, [this](PollId poll) { return polls_.find(poll) == nullptr; });
  const auto candidate = choose(now);
  if (!candidate) return std::nullopt;
  const bool urgent = candidate->lane == Lane::command;
  const bool once = candidate->kind == Turn::Kind::once;
  commands_run_ = urgent && once ? commands_run_ + 1 : 0;
  // A command in between leaves the turn where it was.
  if (!urgent || !once) read_back_was_last_ = urgent;
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
  poll_was_last_[at(candidate.lane)] = candidate.kind != Turn::Kind::once;
  if (candidate.kind != Turn::Kind::once) {
    if (candidate.lane == Lane::command) std::erase(hurried_, candidate.poll);
    return poll_turn(candidate, now);
  }
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
  queues_[at(turn.lane)].push_front(std::move(turn.job));
}

SteadyTime Scheduler::next_at() const {
  SteadyTime next = polls_.next_due([this](std::uint8_t unit) { return poll_ready_at(unit); });
  for (const std::uint8_t unit : polls_.units()) {
    if (units_.dead(unit)) next = std::min(next, units_.probe_at(unit));
  }
  for (const PollId poll : hurried_) {
    if (const PollSpec* const spec = polls_.find(poll)) {
      next = std::min(next, units_.ready_at(spec->unit));
    }
  }
  for (const auto& queue : queues_) {
    for (const Job& job : queue) next = std::min(next, units_.ready_at(job.exchange.unit));
  }
  return next;
}

SteadyTime Scheduler::earliest_deadline() const {
  SteadyTime earliest = SteadyTime::max();
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
  for (const Lane lane : all_lanes) {
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
  hurried_.clear();
  for (auto& queue : queues_) {
    std::ranges::move(queue, std::back_inserter(jobs));
    queue.clear();
  }
  return jobs;
}

std::uint32_t Scheduler::waiting() const {
  std::size_t count = hurried_.size();
  for (const auto& queue : queues_) count += queue.size();
  return static_cast<std::uint32_t>(count);
}

}  // namespace genkan::bus
