#pragma once

#include <filesystem>
#include <string>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/ids.hpp"

// The small files beside genkan.db.
namespace genkan::store {

// How many journal numbers are set apart at a time.
inline constexpr std::int64_t reserved_block = 10'000;

// `genkan.db.head`: one number; every journal number used so far is below it. Written ahead, a
// block at a time, so that a database begun after a damaged one cannot use a number twice. Zero if
// the file is absent or makes no sense.
Seq read_reserved(const std::filesystem::path& database);
Result<> write_reserved(const std::filesystem::path& database, Seq below);

// `genkan.db.lock`: held while a gateway uses the database.
class FileLock {
 public:
  FileLock() = default;
  // `conflict` if another program holds it, `io` if the file cannot be made.
  static Result<FileLock> take(const std::filesystem::path& database);
  FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

// Takes the right to read and change the database, its -wal and -shm, these small files and
// whatever was set aside from all but their owner (0600): a database of before that was made so, or
// a copy that was put back. What cannot be changed (a disk that cannot be written) is logged.
void make_private(const std::filesystem::path& database);

// `<path>.damaged-<time>`, or that with a number behind it: no such file is there yet.
std::filesystem::path aside_name(const std::filesystem::path& path, WallTime now);

// Moves the database with its -wal and -shm to `genkan.db.damaged-<time>`; the new path of the
// database. Nothing is changed in the files.
Result<std::filesystem::path> set_aside(const std::filesystem::path& database, WallTime now);

}  // namespace genkan::store
