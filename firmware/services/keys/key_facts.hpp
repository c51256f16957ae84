#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/ids.hpp"
#include "firmware/domain/keys/key_ref.hpp"
#include "firmware/domain/locks/lock_model.hpp"

namespace genkan::services {

// What the records say beside the book; kept by who changes them.
struct KeyFacts {
  // When a common door's coupling became `entrance` (RES-40).
  std::map<DeviceId, WallTime> coupled_since;
  // Keys whose code or card the store could not open, in order (docs/SECRETS.md).
  std::vector<domain::KeyRef> unreadable;
  // Notes with a hash of a lost hashing key.
  std::set<std::pair<DeviceId, domain::SlotAddress>> stale_hashes;

  std::optional<WallTime> since_of(const DeviceId& device) const {
    const auto at = coupled_since.find(device);
    if (at == coupled_since.end()) return std::nullopt;
    return at->second;
  }
};

}  // namespace genkan::services
