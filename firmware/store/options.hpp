#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "firmware/base/clock.hpp"

namespace genkan::store {

// [storage] of the settings; what is below `path` has the product's values.
struct Options {
  std::filesystem::path path;                  // the folder is made if it is not there
  std::filesystem::path key_file;              // empty: gateway.key in the database's folder
  std::uint32_t journal_days = 400;            // 1 to 3,660
  std::uint64_t journal_bytes = 512ull << 20;  // of the whole database; at least 1 MiB
  // Files up to this size are checked whole at start (0.3 s a 100 MB here, seconds on flash); of
  // larger ones the small tables and the end of the journal's chain.
  std::uint64_t whole_check_bytes = 64ull << 20;
  std::chrono::milliseconds retry_every{1'000};       // while the disk fails
  std::chrono::milliseconds retention_every{60'000};  // and after 1 s while there is more to do
};

}  // namespace genkan::store
