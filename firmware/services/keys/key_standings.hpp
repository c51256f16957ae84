#pragma once

#include <string>
#include <utility>
#include <vector>

#include "firmware/domain/keys/key_ref.hpp"
#include "firmware/domain/locks/slot_plan.hpp"

namespace genkan::services {

struct LockKeys;  // key_sync.hpp

// How keys stand at the locks, as the office reads it; KeySync knows. Loop thread.
class KeyStandings {
 public:
  virtual ~KeyStandings() = default;
  // How one owner's keys stand at all doors.
  virtual std::vector<std::pair<DeviceId, domain::KeyStanding>> standings_of(
      domain::KeyOwner owner, const std::string& id) const = 0;
  virtual LockKeys keys_of(const DeviceId& device) const = 0;
  // Keys of ours that are, or may be, in the lock's memory.
  virtual std::vector<domain::KeyRef> still_in(const DeviceId& device) const = 0;
};

}  // namespace genkan::services
