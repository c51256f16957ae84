#include "firmware/store/disk_space.hpp"

#include <string>
#include <system_error>

#include <sys/statvfs.h>

namespace genkan::store {

namespace {

std::uint64_t size_of(const std::filesystem::path& path) {
  std::error_code absent;
  const auto size = std::filesystem::file_size(path, absent);
  return absent ? 0 : size;
}

}  // namespace

DiskSpace disk_space_of(const std::filesystem::path& database) {
  const std::string folder = database.has_parent_path() ? database.parent_path().string() : ".";
  struct statvfs disk{};
  const bool known = ::statvfs(folder.c_str(), &disk) == 0;
  return {size_of(database) + size_of(database.string() + "-wal"),
          known ? std::uint64_t{disk.f_bavail} * disk.f_frsize : 0};
}

}  // namespace genkan::store
