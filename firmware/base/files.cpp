#include "firmware/base/files.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware/base/text.hpp"

namespace genkan {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

std::unexpected<Error> refused(const std::filesystem::path& path, std::string_view what) {
  const int error = errno;
  std::array<char, 128> words{};
  return fail(error == ENOENT ? ErrorCode::unknown : ErrorCode::io,
              cat(path.string(), ": cannot be ", what, ": ",
                  ::strerror_r(error, words.data(), words.size())));
}

Result<std::string> read_all(const Descriptor& file, const std::filesystem::path& path,
                             std::size_t most) {
  std::string text(most + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refused(path, "read");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > most) {
    return fail(ErrorCode::invalid, cat(path.string(), ": has more than ", most, " bytes"));
  }
  text.resize(size);
  return text;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

// The draft's path.
Result<std::filesystem::path> write_draft(const std::filesystem::path& path, std::string_view text,
                                          Readers readers) {
  std::filesystem::path draft = path.string() + ".new";
  ::unlink(draft.c_str());  // of a write that was cut off; whatever else it is, O_EXCL tells
  const mode_t mode = readers == Readers::owner ? 0600 : 0644;
  const Descriptor file(
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.is_open()) return refused(path, "written");
  if (write_all(file.get(), text)) return draft;
  auto fault = refused(path, "written");
  ::unlink(draft.c_str());
  return fault;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return refused(path, "read");
  return read_all(file, path, most);
}

Result<std::string> read_private_file(const std::filesystem::path& path, std::size_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return refused(path, "read");
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return refused(path, "looked at");
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::forbidden, cat(path.string(), ": is no plain file; move it away"));
  }
  if ((status.st_mode & 0077U) != 0) {
    return fail(ErrorCode::forbidden,
                cat(path.string(), ": can be read or changed by others than its owner; 'chmod 600 ",
                    path.string(), "' would be right, and a new key if somebody may have read it"));
  }
  return read_all(file, path, most);
}

Result<> write_file(const std::filesystem::path& path, std::string_view text, Readers readers) {
  const auto draft = write_draft(path, text, readers);
  if (!draft) return fail(draft.error());
  if (::rename(draft->c_str(), path.c_str()) != 0) {
    auto fault = refused(path, "replaced");
    ::unlink(draft->c_str());
    return fault;
  }
  return sync_folder_of(path);
}

Result<> write_new_file(const std::filesystem::path& path, std::string_view text, Readers readers) {
  const auto draft = write_draft(path, text, readers);
  if (!draft) return fail(draft.error());
  // Unlike rename, link never replaces.
  const bool linked = ::link(draft->c_str(), path.c_str()) == 0;
  const int error = errno;
  ::unlink(draft->c_str());
  if (!linked && error == EEXIST) {
    return fail(ErrorCode::conflict, cat(path.string(), ": is there already"));
  }
  errno = error;
  if (!linked) return refused(path, "written");
  return sync_folder_of(path);
}

Result<> sync_folder_of(const std::filesystem::path& path) {
  const auto folder = path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.is_open() && ::fsync(opened.get()) == 0) return {};
  return refused(folder, "synced");
}

Result<> remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return refused(path, "removed");
  }
  return sync_folder_of(path);
}

}  // namespace genkan
