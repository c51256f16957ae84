#include "firmware/base/files.hpp"

#include <cstdlib>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/fakes/temp_dir.hpp"

namespace genkan {

namespace {

std::size_t files_in(const test::TempDir& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder.path()),
                                                std::filesystem::directory_iterator()));
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat facts{};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

}  // namespace

TEST_CASE("files: written whole, replaced whole, with the mode that was asked for") {
  const test::TempDir folder;
  REQUIRE(write_file(folder / "a", "one", Readers::everybody));
  REQUIRE(write_file(folder / "a", "two", Readers::owner));
  CHECK(read_file(folder / "a", 3).value() == "two");
  CHECK(mode_of(folder / "a") == 0600);
  CHECK(files_in(folder) == 1);
  const auto long_one = read_file(folder / "a", 2);
  REQUIRE_FALSE(long_one);
  CHECK(long_one.error().code() == ErrorCode::invalid);
  CHECK(read_file(folder / "none", 9).error().code() == ErrorCode::unknown);
}

TEST_CASE("files: a new file never replaces one, and leaves nothing behind") {
  const test::TempDir folder;
  REQUIRE(write_new_file(folder / "a", "one", Readers::owner));
  const auto refused = write_new_file(folder / "a", "two", Readers::owner);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == ErrorCode::conflict);
  CHECK(read_file(folder / "a", 9).value() == "one");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("files: what is private is its owner's alone, and a plain file") {
  const test::TempDir folder;
  REQUIRE(write_file(folder / "a", "key", Readers::owner));
  CHECK(read_private_file(folder / "a", 9).value() == "key");
  ::chmod((folder / "a").c_str(), 0644);
  CHECK(read_private_file(folder / "a", 9).error().code() == ErrorCode::forbidden);
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(read_private_file(folder / "pipe", 9).error().code() == ErrorCode::forbidden);
}

TEST_CASE("files: removed, also if it was not there; a folder that is not there is told") {
  const test::TempDir folder;
  REQUIRE(write_file(folder / "a", "x", Readers::owner));
  CHECK(remove_file(folder / "a"));
  CHECK(remove_file(folder / "a"));
  CHECK(files_in(folder) == 0);
  const auto nowhere = write_file(folder / "none/a", "x", Readers::owner);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message().find("none/a") != std::string::npos);
}

}  // namespace genkan
