#include "firmware/domain/keys/key_timing.hpp"

#include <algorithm>
#include <utility>

#include <boost/container_hash/hash.hpp>

namespace genkan::domain {

namespace {

template <class Days>
void combine_days(std::size_t& seed, const Days& days) {
  for (const auto day : days) boost::hash_combine(seed, day.time_since_epoch().count());
}

std::size_t content_hash(const Timing& timing, const TimeZone& zone) {
  std::size_t seed = 0;
  boost::hash_combine(seed, zone.name());
  if (const auto* recurrence = std::get_if<Recurrence>(&timing)) {
    boost::hash_combine(seed, recurrence->first.time_since_epoch().count());
    boost::hash_combine(seed, recurrence->last.time_since_epoch().count());
    boost::hash_combine(seed, recurrence->from.count());
    boost::hash_combine(seed, recurrence->to.count());
    boost::hash_combine(seed, recurrence->weekdays);
    combine_days(seed, recurrence->extra);
    combine_days(seed, recurrence->excluded);
  } else if (const auto* weekly = std::get_if<Weekly>(&timing)) {
    boost::hash_combine(seed, weekly->weekdays);
    boost::hash_combine(seed, weekly->from.count());
    boost::hash_combine(seed, weekly->to.count());
  }
  return seed;
}

}  // namespace

std::uint32_t TimingPool::intern(Timing timing, std::shared_ptr<const TimeZone> zone) {
  const auto hash = content_hash(timing, *zone);
  const auto [first, last] = by_content_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    Kept& kept = kept_[at->second];
    if (kept.timing != timing || kept.zone->name() != zone->name()) continue;
    ++kept.uses;
    return at->second;
  }
  auto place = static_cast<std::uint32_t>(kept_.size());
  if (free_.empty()) {
    kept_.emplace_back();
  } else {
    place = free_.back();
    free_.pop_back();
  }
  Kept& kept = kept_[place];
  if (const auto* recurrence = std::get_if<Recurrence>(&timing)) {
    kept.not_before = zone->to_wall(LocalTime{recurrence->first});
    kept.over = zone->to_wall(LocalTime{recurrence->last + std::chrono::days{1}});
  }
  kept.timing = std::move(timing);
  kept.zone = std::move(zone);
  kept.uses = 1;
  by_content_.emplace(hash, place);
  return place;
}

void TimingPool::release(std::uint32_t rule) {
  Kept& kept = kept_[rule];
  if (--kept.uses > 0) return;
  const auto [first, last] = by_content_.equal_range(content_hash(kept.timing, *kept.zone));
  by_content_.erase(
      std::find_if(first, last, [rule](const auto& at) { return at.second == rule; }));
  kept = Kept{};
  free_.push_back(rule);
}

std::optional<Interval> TimingPool::current_or_next(std::uint32_t rule, WallTime when) {
  Kept& kept = kept_[rule];
  if (when >= kept.over) return std::nullopt;
  const bool known = kept.asked <= when && (!kept.answer || when < kept.answer->end);
  if (!known) {
    const WallTime from = std::max(when, kept.not_before);
    kept.answer = domain::current_or_next(kept.timing, *kept.zone, holidays_, from);
    kept.asked = from == kept.not_before ? WallTime::min() : when;
  }
  return kept.answer;
}

bool TimingPool::is_before_first(std::uint32_t rule, WallTime when) {
  const Kept& kept = kept_[rule];
  if (kept.not_before == WallTime::min()) return false;
  if (when < kept.not_before) return true;
  return occurrences(kept.timing, *kept.zone, holidays_, kept.not_before, when, 1).empty();
}

void TimingPool::forget() {
  for (auto& kept : kept_) kept.asked = never_asked;
}

void TimingPool::clear() {
  kept_.clear();
  free_.clear();
  by_content_.clear();
}

}  // namespace genkan::domain
