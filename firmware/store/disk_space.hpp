#pragma once

#include <cstdint>
#include <filesystem>

namespace genkan::store {

struct DiskSpace {
  std::uint64_t database_bytes = 0;  // the file and its log
  std::uint64_t free_bytes = 0;      // of the file system; 0 if it does not tell
};

DiskSpace disk_space_of(const std::filesystem::path& database);

}  // namespace genkan::store
