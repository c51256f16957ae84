#include "drivers/bus/polls.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace genkan::bus {
namespace {

bool same(const Answer& left, const Answer& right) {
  return left.ending == right.ending && left.exception == right.exception &&
         left.values == right.values;
}

// By how much a poll's first interval is shorter: by nothing for the first poll, for the others
// spread evenly over the interval by the golden ratio, however many there are and come to be.
std::chrono::nanoseconds parting(PollId poll, std::chrono::nanoseconds interval) {
  constexpr std::uint64_t golden = 0x9E37'79B9'7F4A'7C15;  // 2^64 / 1.618…
  constexpr std::int64_t parts = 1 << 16;
  const auto part = static_cast<std::int64_t>((poll - 1) * golden >> 48);
  return interval / parts * part;
}

}  // namespace

PollId Polls::add(const PollSpec& spec, SteadyTime now) {
  polls_.push_back({.id = ++last_id_, .spec = spec, .due = now, .latest = {}});
  return last_id_;
}

void Polls::remove(PollId poll) {
  std::erase_if(polls_, [poll](const Poll& one) { return one.id == poll; });
}

Polls::Poll* Polls::get(PollId poll) {
  const auto at = std::ranges::find(polls_, poll, &Poll::id);
  return at == polls_.end() ? nullptr : &*at;
}

const PollSpec* Polls::find(PollId poll) const {
  const auto at = std::ranges::find(polls_, poll, &Poll::id);
  return at == polls_.end() ? nullptr : &at->spec;
}

bool Polls::any(std::uint8_t unit) const {
  return std::ranges::any_of(polls_, [unit](const Poll& one) { return one.spec.unit == unit; });
}

bool Polls::earlier(const Poll& left, const Poll& right) {
  return left.due != right.due ? left.due < right.due : left.turn < right.turn;
}

std::optional<PollId> Polls::due(Lane lane, SteadyTime now, const ReadyAt& ready_at) const {
  const Poll* best = nullptr;
  for (const Poll& poll : polls_) {
    if (poll.spec.lane != lane || poll.due > now) continue;
    if (best != nullptr && !earlier(poll, *best)) continue;
    if (ready_at(poll.spec.unit) <= now) best = &poll;
  }
  return best == nullptr ? std::nullopt : std::optional(best->id);
}

std::optional<PollId> Polls::for_probe(std::uint8_t unit) const {
  const Poll* best = nullptr;
  for (const Poll& poll : polls_) {
    if (poll.spec.unit != unit) continue;
    if (best == nullptr || earlier(poll, *best)) best = &poll;
  }
  return best == nullptr ? std::nullopt : std::optional(best->id);
}

SteadyTime Polls::next_due(const ReadyAt& ready_at) const {
  SteadyTime next = SteadyTime::max();
  for (const Poll& poll : polls_)
    next = std::min(next, std::max(poll.due, ready_at(poll.spec.unit)));
  return next;
}

std::vector<std::uint8_t> Polls::units() const {
  std::vector<std::uint8_t> units;
  for (const Poll& poll : polls_) units.push_back(poll.spec.unit);
  std::ranges::sort(units);
  const auto rest = std::ranges::unique(units);
  units.erase(rest.begin(), rest.end());
  return units;
}

void Polls::asked(PollId poll, SteadyTime now) {
  Poll* const one = get(poll);
  if (one == nullptr) return;
  one->turn = ++turns_;
  if (one->spec.interval <= 0ms) {
    one->due = now;
    return;
  }
  if (one->due > now) return;  // asked ahead of its time: the rhythm stays
  if (!std::exchange(one->parted, true)) one->due -= parting(poll, one->spec.interval);
  const auto late = now - one->due;
  one->due = now + one->spec.interval - late % one->spec.interval;
}

void Polls::all_due(SteadyTime now) {
  for (Poll& poll : polls_) make_due(poll, now);
}

void Polls::unit_due(std::uint8_t unit, SteadyTime now) {
  for (Poll& poll : polls_) {
    if (poll.spec.unit == unit) make_due(poll, now);
  }
}

void Polls::make_due(Poll& poll, SteadyTime now) {
  poll.due = std::min(poll.due, now);
  poll.parted = false;
}

void Polls::want_report(PollId poll) {
  if (Poll* const one = get(poll); one != nullptr) one->wanted = true;
}

std::optional<PollReport> Polls::answered(PollId poll, const Answer& answer) {
  Poll* const one = get(poll);
  if (one == nullptr) return std::nullopt;
  const bool news = !one->posted || one->wanted || !same(one->latest, answer);
  one->latest = answer;
  one->kept = !news;
  if (!news) return std::nullopt;
  one->posted = true;
  one->wanted = false;
  return PollReport{.poll = poll, .answer = answer};
}

std::vector<PollReport> Polls::kept_back() {
  std::vector<PollReport> reports;
  for (Poll& poll : polls_) {
    if (!std::exchange(poll.kept, false)) continue;
    reports.push_back({.poll = poll.id, .answer = poll.latest});
  }
  return reports;
}

std::vector<PollReport> Polls::answered_all(const Answer& answer) {
  std::vector<PollReport> reports;
  for (Poll& poll : polls_) {
    if (auto report = answered(poll.id, answer)) reports.push_back(std::move(*report));
  }
  return reports;
}

}  // namespace genkan::bus
