#pragma once

#include <optional>
#include <string>

#include "tests/building/code_memory.hpp"

namespace building {

// Where locks' memories outlive the program. What cannot be read or written throws
// std::runtime_error: a building that forgets in silence would make every test doubtful.
class MemoryKeep {
 public:
  virtual ~MemoryKeep() = default;
  // Nothing: it was never saved.
  virtual std::optional<MemoryImage> load(const std::string& device) = 0;
  virtual void save(const std::string& device, const MemoryImage& image) = 0;
};

}  // namespace building
