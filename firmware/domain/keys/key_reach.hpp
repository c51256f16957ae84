#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "firmware/base/ids.hpp"

// Which doors keys open, kept once for all keys that open the same. Only key_ring.cpp uses it.
namespace genkan::domain {

using DoorNumber = std::uint32_t;

// Doors in order of their numbers, each once.
struct Reach {
  std::vector<DoorNumber> doors;
  std::vector<DoorNumber> common;  // from `allowance` before the start; none is in `doors` too
  std::chrono::minutes allowance{0};
  bool operator==(const Reach&) const = default;
};

class ReachPool {
 public:
  std::optional<DoorNumber> door(const DeviceId& device) const;

  // Each intern is paid back with one release.
  std::uint32_t intern(const std::vector<DeviceId>& doors, const std::vector<DeviceId>& common,
                       std::chrono::minutes allowance);
  void release(std::uint32_t reach);

  // How early the reach opens the door; nothing: it does not.
  std::optional<std::chrono::minutes> earlier(std::uint32_t reach, DoorNumber door) const;

 private:
  struct Kept {
    Reach reach;
    std::uint32_t uses = 0;
  };
  std::vector<DoorNumber> numbers(const std::vector<DeviceId>& devices);

  std::unordered_map<DeviceId, DoorNumber> doors_;  // numbers are never given back
  std::vector<Kept> kept_;
  std::vector<std::uint32_t> free_;
  std::unordered_multimap<std::size_t, std::uint32_t> by_content_;
};

}  // namespace genkan::domain
