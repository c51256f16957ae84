#include "tests/model/oracle_slots.hpp"

#include <algorithm>

namespace genkan::model {

std::set<Secret> SlotOracle::settle(const std::vector<Due>& due, const AtTheLock& lock) {
  std::set<Secret> wanted;
  for (const Due& one : due) wanted.insert(one.secret);
  std::erase_if(have_, [&](const auto& entry) { return !wanted.contains(entry.first); });
  std::set<Secret> without;
  for (const Due& one : due) {  // in order
    const bool served = have_.contains(one.secret) || lock.secrets.contains(one.secret);
    if (!served && !give(one.secret, lock)) without.insert(one.secret);
  }
  return without;
}

bool SlotOracle::give(const Secret& secret, const AtTheLock& lock) {
  int masters = 0;
  for (std::size_t number = 0; number < rules_.areas.size(); ++number) {
    const Area& area = rules_.areas[number];
    if (area.master && ++masters > lock.enabled) continue;
    if (!(secret.card ? area.cards : area.codes)) continue;
    const auto by_hand = lock.taken.find(number);
    auto taken = by_hand == lock.taken.end() ? 0 : by_hand->second;
    for (const auto& [other, place] : have_) taken += place == number ? 1 : 0;
    if (taken >= area.places) continue;
    have_.emplace(secret, number);
    return true;
  }
  return false;
}

}  // namespace genkan::model
