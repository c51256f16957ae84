#include "firmware/store/key_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "firmware/base/text.hpp"
#include "tests/unit/store/key_testing.hpp"

using namespace genkan;
using namespace genkan::store;
using namespace genkan::store::testing;

namespace fs = std::filesystem;

namespace {

KeyFile some_keys() { return {{new_key(), new_key()}, {new_key()}}; }

std::string written(const KeyFile& keys) {
  TemporaryFolder folder;
  REQUIRE(write_key_file(folder.key_file(), keys).has_value());
  return read_text(folder.key_file());
}

mode_t mode_of(const fs::path& file) {
  struct stat status{};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("KEY-24: a key file is read back as it was written, for its owner alone") {
  TemporaryFolder folder;
  const auto keys = some_keys();
  const auto absent = read_key_file(folder.key_file());
  REQUIRE(absent.has_value());
  CHECK(absent->state == KeyFileState::absent);
  REQUIRE(write_key_file(folder.key_file(), keys).has_value());
  const auto reading = read_key_file(folder.key_file());
  REQUIRE(reading.has_value());
  CHECK(reading->state == KeyFileState::sound);
  CHECK(reading->keys == keys);
  CHECK(mode_of(folder.key_file()) == 0600);
  CHECK(folder.files("gateway.key.new").empty());
  CHECK(keys.seal[0].id != keys.seal[1].id);
  // Again over it, with the rest of a write that the power ended in the way.
  write_text(folder.key_file().string() + ".new", "genkan key file 1\nseal ");
  const KeyFile others = some_keys();
  REQUIRE(write_key_file(folder.key_file(), others).has_value());
  CHECK(read_key_file(folder.key_file())->keys == others);
}

TEST_CASE("KEY-24: a key file that others may read or change is refused with what to do") {
  TemporaryFolder folder;
  REQUIRE(write_key_file(folder.key_file(), some_keys()).has_value());
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0666U, 0610U}) {
    CAPTURE(mode);
    REQUIRE(::chmod(folder.key_file().c_str(), mode) == 0);
    const auto reading = read_key_file(folder.key_file());
    REQUIRE_FALSE(reading.has_value());
    CHECK(reading.error().code() == ErrorCode::forbidden);
    CHECK(reading.error().message().find("chmod 600 " + folder.key_file().string()) !=
          std::string::npos);
  }
  boost::asio::io_context loop;
  TestClock clock;
  auto opened = SqliteStore::open(StoreBench::quick(folder.database()), loop.get_executor(), clock);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code() == ErrorCode::forbidden);
  REQUIRE(::chmod(folder.key_file().c_str(), 0400) == 0);
  CHECK(read_key_file(folder.key_file()).has_value());
  fs::remove(folder.key_file());
  fs::create_directory(folder.key_file());
  ::chmod(folder.key_file().c_str(), 0700);
  CHECK(read_key_file(folder.key_file()).error().code() == ErrorCode::forbidden);
}

TEST_CASE("KEY-24: what is wrong in a key file is told by its line, never by its content") {
  const auto keys = some_keys();
  const std::string sound = written(keys);
  const std::string secret = lines_of_text(sound, "seal")[0].substr(14);
  struct Row {
    const char* what;
    std::string text;
    std::string fault;
    std::size_t seals;
    std::size_t roots;
  };
  std::string flipped = sound;
  flipped[sound.find(secret) + 5] = flipped[sound.find(secret) + 5] == '0' ? '1' : '0';
  const Row table[] = {
      {"empty", "", "line 1 is not 'genkan key file 1'", 0, 0},
      {"cut in the last line", sound.substr(0, sound.size() - 20),
       "line 4 has no key of 64 hexadecimal digits", 2, 0},
      {"another version", "genkan key file 2\n" + sound.substr(18),
       "line 1 is not 'genkan key file 1'", 2, 1},
      {"a flipped bit", flipped, "line 2 has a key that does not fit its name", 1, 1},
      {"a strange line", sound + "open sesame\n", "line 5 begins with neither 'seal' nor 'root'", 2,
       1},
      {"something behind", sound.substr(0, sound.size() - 1) + " x\n",
       "line 4 has no key of 64 hexadecimal digits", 2, 0},
      {"no root", sound.substr(0, sound.find("root")), "it has no 'root' line", 2, 0},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    const auto reading = parse_key_file(row.text);
    CHECK(reading.state == KeyFileState::damaged);
    CHECK(reading.fault == row.fault);
    CHECK(reading.keys.seal.size() == row.seals);
    CHECK(reading.keys.root.size() == row.roots);
    CHECK(reading.fault.find(secret.substr(8)) == std::string::npos);
  }
}

TEST_CASE("KEY-24: typed key files: upper case, remarks, blanks, two files in one") {
  const KeyFile first = some_keys();
  const KeyFile second{{new_key(), first.seal[1]}, {new_key()}};
  const std::string both = written(first) + written(second);
  const auto reading = parse_key_file(both);
  CHECK(reading.state == KeyFileState::sound);
  CHECK(reading.keys.seal == std::vector<NamedKey>{first.seal[0], first.seal[1], second.seal[0]});
  CHECK(reading.keys.root == std::vector<NamedKey>{first.root[0], second.root[0]});

  std::string typed = "genkan key file 1\n# of Sakura Court\n\n";
  for (auto line : lines_of_text(written(first), "")) {
    if (line.starts_with("genkan")) continue;
    for (std::size_t i = 14; i < line.size(); ++i) {
      line[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(line[i])));
    }
    typed += " " + line.replace(4, 1, "  \t") + " \r\n";
  }
  const auto again = parse_key_file(typed);
  CHECK(again.fault == "");
  CHECK(again.keys == first);
}

TEST_CASE("KEY-24: a key file that cannot be written leaves the one that is there") {
  TemporaryFolder folder;
  const auto keys = some_keys();
  REQUIRE(write_key_file(folder.key_file(), keys).has_value());
  fs::create_directories(folder.key_file().string() + ".new/in-the-way");
  const auto refused = write_key_file(folder.key_file(), some_keys());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code() == ErrorCode::io);
  CHECK(read_key_file(folder.key_file())->keys == keys);
}
