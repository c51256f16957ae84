#include "firmware/domain/cloud/sender_rate.hpp"

#include <algorithm>

namespace genkan::domain {

double TokenBucket::tokens_at(SteadyTime now) const {
  const std::chrono::duration<double> passed = std::max(now - since_, SteadyTime::duration::zero());
  return burst_ - std::max(0.0, missing_ - passed.count() * a_minute_ / 60);
}

bool TokenBucket::take(SteadyTime now) {
  const double tokens = tokens_at(now);
  if (tokens < 1) return false;
  missing_ = burst_ - tokens + 1;
  since_ = now;
  return true;
}

bool SenderRate::take(std::string_view kid, std::string_view sender, SteadyTime now) {
  const auto tidy = [now](Buckets& buckets) {
    std::erase_if(buckets, [now](const auto& entry) { return entry.second.is_full(now); });
  };
  auto key = keys_.find(kid);
  if (key == keys_.end()) {
    // What is left of keys that are trusted no more goes with its last full bucket.
    for (auto& [its_kid, buckets] : keys_) tidy(buckets);
    std::erase_if(keys_, [](const auto& entry) { return entry.second.empty(); });
    key = keys_.emplace(std::string(kid), Buckets{}).first;
  }
  Buckets& buckets = key->second;
  auto at = buckets.find(sender);
  if (at == buckets.end()) {
    if (buckets.size() >= most_senders) tidy(buckets);
    if (buckets.size() >= most_senders) return false;
    at = buckets.emplace(std::string(sender), TokenBucket(a_minute_, burst_)).first;
  }
  return at->second.take(now);
}

}  // namespace genkan::domain
