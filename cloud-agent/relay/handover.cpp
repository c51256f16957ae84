#include "cloud-agent/relay/handover.hpp"

#include <utility>

namespace genkan::relay {

void Handover::put(Taken taken) {
  bool first = false;
  {
    const std::scoped_lock lock(mutex_);
    first = waiting_.empty();
    Taken& entry = waiting_[taken.standing.gateway];
    entry.standing = std::move(taken.standing);
    if (taken.presence != Taken::Presence::same) entry.presence = taken.presence;
    entry.added += taken.added;
    entry.doubled += taken.doubled;
    entry.disputed += taken.disputed;
    entry.new_journal = entry.new_journal || taken.new_journal;
  }
  if (first) ring_();
}

std::vector<Taken> Handover::take() {
  std::unordered_map<std::string, Taken> taken;
  {
    const std::scoped_lock lock(mutex_);
    taken.swap(waiting_);
  }
  std::vector<Taken> list;
  list.reserve(taken.size());
  for (auto& [gateway, entry] : taken) list.push_back(std::move(entry));
  return list;
}

}  // namespace genkan::relay
