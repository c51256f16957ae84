#include "firmware/store/side_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

std::filesystem::path beside(const std::filesystem::path& database, std::string_view suffix) {
  return database.string() + std::string(suffix);
}

std::unexpected<Error> system_fault(std::string_view what, const std::filesystem::path& path) {
  return fail(ErrorCode::io, cat(what, " ", path.string(), ": ", std::strerror(errno)));
}

}  // namespace

Result<> sync_folder_of(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_fault("cannot open", folder);
  const bool synced = ::fsync(descriptor) == 0;
  auto fault = system_fault("cannot sync", folder);
  ::close(descriptor);
  if (!synced) return fault;
  return {};
}

std::filesystem::path aside_name(const std::filesystem::path& path, WallTime now) {
  std::string stamp = format_time(now).substr(0, 19) + "Z";
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  std::filesystem::path target = beside(path, ".damaged-" + stamp);
  for (int again = 2; std::filesystem::exists(target); ++again) {
    target = beside(path, cat(".damaged-", stamp, "-", again));
  }
  return target;
}

Seq read_reserved(const std::filesystem::path& database) {
  std::ifstream file(beside(database, ".head"));
  std::string line;
  std::getline(file, line);
  return Seq{parse_integer<std::int64_t>(line, 1, INT64_MAX / 2).value_or(0)};
}

Result<> write_reserved(const std::filesystem::path& database, Seq below) {
  const auto path = beside(database, ".head");
  const auto draft = beside(database, ".head-new");
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (descriptor < 0) return system_fault("cannot write", draft);
  const std::string line = cat(number(below), "\n");
  const bool written =
      ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
      ::fsync(descriptor) == 0;
  auto fault = system_fault("cannot write", draft);
  ::close(descriptor);
  if (!written) return fault;
  if (::rename(draft.c_str(), path.c_str()) != 0) return system_fault("cannot replace", path);
  return sync_folder_of(path);
}

Result<FileLock> FileLock::take(const std::filesystem::path& database) {
  const auto path = beside(database, ".lock");
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0) return system_fault("cannot open", path);
  FileLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return system_fault("cannot lock", path);
  return fail(ErrorCode::conflict, cat("another gateway is using ", database.string(),
                                       "; stop it, or give this one a database of its own"));
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::filesystem::path> set_aside(const std::filesystem::path& database, WallTime now) {
  const auto target = aside_name(database, now);
  // The log first: should the power fail in between, the file without its log is still damaged and
  // is set aside at the next start, and nothing is lost.
  for (const std::string_view suffix : {"-shm", "-wal", ""}) {
    const auto from = beside(database, suffix);
    const auto to = beside(target, suffix);
    if (::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT) continue;
    return system_fault("cannot set aside", from);
  }
  if (auto synced = sync_folder_of(database); !synced) return fail(synced.error());
  return target;
}

}  // namespace genkan::store
