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

bool SenderRate::take(std::string_view sender, SteadyTime now) {
  auto at = buckets_.find(sender);
  if (at == buckets_.end()) {
    if (buckets_.size() >= most_senders) {
      std::erase_if(buckets_, [now](const auto& entry) { return entry.second.is_full(now); });
    }
    if (buckets_.size() >= most_senders) return false;
    at = buckets_.emplace(std::string(sender), TokenBucket(a_minute_, burst_)).first;
  }
  return at->second.take(now);
}

}  // namespace genkan::domain
