#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "firmware/domain/keys/key_hash.hpp"
#include "firmware/services/keys/key_desk.hpp"

namespace genkan::services {

// The codes that count at some doors in some time (KEY-21): of reservations, holders and rooms, and
// those that were programmed at the locks. A picture of the moment. Holds codes: short-lived.
class CodesInUse {
 public:
  // `time`: none is always. `self` does not count.
  CodesInUse(const KeyDesk& desk, std::span<const DeviceId> doors,
             std::optional<domain::Interval> time, const std::string& self = {});

  bool has(const domain::Code& code) const;
  // Whose it is, for people; empty if nobody's of ours.
  std::string owner_of(const domain::Code& code) const;
  void add(const domain::Code& code, std::string owner);

 private:
  void add_door(const KeyDesk& desk, const DeviceId& door,
                const std::optional<domain::Interval>& time, const std::string& self);

  const domain::KeyHasher& hasher_;
  std::unordered_map<std::uint32_t, std::string> owners_;
  std::unordered_set<domain::KeyHash> foreign_;
};

}  // namespace genkan::services
