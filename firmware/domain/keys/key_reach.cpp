#include "firmware/domain/keys/key_reach.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/container_hash/hash.hpp>

namespace genkan::domain {

namespace {

std::size_t content_hash(const Reach& reach) {
  std::size_t seed = 0;
  boost::hash_combine(seed, reach.doors);
  boost::hash_combine(seed, reach.common);
  boost::hash_combine(seed, reach.allowance.count());
  return seed;
}

}  // namespace

std::optional<DoorNumber> ReachPool::door(const DeviceId& device) const {
  const auto found = doors_.find(device);
  return found == doors_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<DoorNumber> ReachPool::numbers(const std::vector<DeviceId>& devices) {
  std::vector<DoorNumber> out;
  out.reserve(devices.size());
  for (const auto& device : devices) {
    const auto next = static_cast<DoorNumber>(doors_.size());
    out.push_back(doors_.try_emplace(device, next).first->second);
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::uint32_t ReachPool::intern(const std::vector<DeviceId>& doors,
                                const std::vector<DeviceId>& common,
                                std::chrono::minutes allowance) {
  Reach reach;
  reach.common = numbers(common);
  std::ranges::set_difference(numbers(doors), reach.common, std::back_inserter(reach.doors));
  if (!reach.common.empty()) reach.allowance = allowance;
  const auto hash = content_hash(reach);
  const auto [first, last] = by_content_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    if (kept_[at->second].reach != reach) continue;
    ++kept_[at->second].uses;
    return at->second;
  }
  auto place = static_cast<std::uint32_t>(kept_.size());
  if (free_.empty()) {
    kept_.emplace_back();
  } else {
    place = free_.back();
    free_.pop_back();
  }
  kept_[place] = {std::move(reach), 1};
  by_content_.emplace(hash, place);
  return place;
}

void ReachPool::release(std::uint32_t reach) {
  Kept& kept = kept_[reach];
  if (--kept.uses > 0) return;
  const auto [first, last] = by_content_.equal_range(content_hash(kept.reach));
  by_content_.erase(
      std::find_if(first, last, [reach](const auto& at) { return at.second == reach; }));
  kept.reach = Reach{};
  free_.push_back(reach);
}

std::optional<std::chrono::minutes> ReachPool::earlier(std::uint32_t reach, DoorNumber door) const {
  const Reach& mine = kept_[reach].reach;
  if (std::ranges::binary_search(mine.common, door)) return mine.allowance;
  if (std::ranges::binary_search(mine.doors, door)) return std::chrono::minutes{0};
  return std::nullopt;
}

}  // namespace genkan::domain
