#pragma once

#include <string>

#include "tests/building/memory_keep.hpp"

namespace building {

// A file a lock, FOLDER/DEVICE.json, readable by its owner only (codes stand in it). A file is
// replaced whole by renaming: whenever the program is killed, it holds one state or the next. It is
// not synchronised to the disk: a power cut of the machine is not what this is for.
class MemoryFolder final : public MemoryKeep {
 public:
  // Makes the folder if it is missing.
  explicit MemoryFolder(std::string folder);

  std::optional<MemoryImage> load(const std::string& device) override;
  void save(const std::string& device, const MemoryImage& image) override;

 private:
  std::string file(const std::string& device) const { return folder_ + "/" + device + ".json"; }

  std::string folder_;
};

}  // namespace building
