#include "firmware/base/files.hpp"

#include <cstdlib>

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace genkan {

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "genkan-files-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path operator/(std::string_view file) const { return path_ / file; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_),
                                                  std::filesystem::directory_iterator()));
  }

 private:
  std::filesystem::path path_;
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat facts{};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

}  // namespace

TEST_CASE("files: written whole, replaced whole, with the mode that was asked for") {
  const Folder folder;
  REQUIRE(write_file(folder / "a", "one", Readers::everybody));
  REQUIRE(write_file(folder / "a", "two", Readers::owner));
  CHECK(read_file(folder / "a", 3).value() == "two");
  CHECK(mode_of(folder / "a") == 0600);
  CHECK(folder.files() == 1);
  const auto long_one = read_file(folder / "a", 2);
  REQUIRE_FALSE(long_one);
  CHECK(long_one.error().code() == ErrorCode::invalid);
  CHECK(read_file(folder / "none", 9).error().code() == ErrorCode::unknown);
}

TEST_CASE("files: a new file never replaces one, and leaves nothing behind") {
  const Folder folder;
  REQUIRE(write_new_file(folder / "a", "one", Readers::owner));
  const auto refused = write_new_file(folder / "a", "two", Readers::owner);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == ErrorCode::conflict);
  CHECK(read_file(folder / "a", 9).value() == "one");
  CHECK(folder.files() == 1);
}

TEST_CASE("files: what is private is its owner's alone, and a plain file") {
  const Folder folder;
  REQUIRE(write_file(folder / "a", "key", Readers::owner));
  CHECK(read_private_file(folder / "a", 9).value() == "key");
  ::chmod((folder / "a").c_str(), 0644);
  CHECK(read_private_file(folder / "a", 9).error().code() == ErrorCode::forbidden);
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(read_private_file(folder / "pipe", 9).error().code() == ErrorCode::forbidden);
}

TEST_CASE("files: removed, also if it was not there; a folder that is not there is told") {
  const Folder folder;
  REQUIRE(write_file(folder / "a", "x", Readers::owner));
  CHECK(remove_file(folder / "a"));
  CHECK(remove_file(folder / "a"));
  CHECK(folder.files() == 0);
  const auto nowhere = write_file(folder / "none/a", "x", Readers::owner);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message().find("none/a") != std::string::npos);
}

}  // namespace genkan
