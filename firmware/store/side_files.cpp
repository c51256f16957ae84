#include "firmware/store/side_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware/base/files.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::store {

namespace {

std::filesystem::path beside(const std::filesystem::path& database, std::string_view suffix) {
  return database.string() + std::string(suffix);
}

constexpr mode_t of_others = 0077;
constexpr mode_t owner_alone = 0600;

// By its path: a descriptor of our own, once closed, would end SQLite's locks on the file.
void take_from_others(const std::filesystem::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  if ((status.st_mode & of_others) == 0 || ::chmod(path.c_str(), owner_alone) == 0) return;
  log(LogLevel::warning, "others than its owner can read a file of the database",
      {{"file", path.string()}, {"reason", std::strerror(errno)}});
}

std::unexpected<Error> system_fault(std::string_view what, const std::filesystem::path& path) {
  return fail(ErrorCode::io, cat(what, " ", path.string(), ": ", std::strerror(errno)));
}

}  // namespace

void make_private(const std::filesystem::path& database) {
  for (const std::string_view suffix : {"", "-wal", "-shm", ".head", ".lock"}) {
    take_from_others(beside(database, suffix));
  }
  const auto folder = database.has_parent_path() ? database.parent_path() : ".";
  const std::string aside = database.filename().string() + ".damaged-";
  std::error_code fault;
  for (std::filesystem::directory_iterator at(folder, fault), end; !fault && at != end;
       at.increment(fault)) {
    if (at->path().filename().string().starts_with(aside)) take_from_others(at->path());
  }
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
  return write_file(beside(database, ".head"), cat(number(below), "\n"), Readers::owner);
}

Result<FileLock> FileLock::take(const std::filesystem::path& database) {
  const auto path = beside(database, ".lock");
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_alone);
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
