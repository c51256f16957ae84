#pragma once

#include <string>
#include <vector>

#include "tests/building/code_memory.hpp"

namespace building {

// What tells the lock models with a memory apart; all else they share (README.md).
struct LockSpec {
  std::string model;
  std::vector<MemoryArea> areas;
  // Keeps with each key from when to when it opens, and has a clock of its own for it.
  bool schedules = false;
};

LockSpec el_100();
LockSpec io_80();
LockSpec pk_9();
LockSpec pk_9s();

}  // namespace building
