#pragma once

#include <functional>
#include <map>
#include <optional>

#include "tests/building/time.hpp"

namespace building {

// What a device will do by itself, by time. Pure: it only acts when it is told the time.
class Agenda {
 public:
  using Action = std::function<void(Time)>;

  // Replaces what stands under `key`.
  void put(int key, Time at, Action action);
  void drop(int key) { entries_.erase(key); }
  bool has(int key) const { return entries_.contains(key); }

  // Carries out everything that is due at or before `now`, earliest first. Each action is given the
  // time it was due, not `now`, and may put further ones.
  void run(Time now);
  std::optional<Time> next() const;

 private:
  struct Entry {
    Time at;
    Action action;
  };
  std::map<int, Entry>::const_iterator earliest() const;

  std::map<int, Entry> entries_;
};

}  // namespace building
