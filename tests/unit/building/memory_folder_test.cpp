#include "tests/building/memory_folder.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/building/memory_json.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/building/memory_master.hpp"

namespace building::test {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("memory folder: slots, serial, counter and masters outlive the program, the clock not") {
  genkan::test::TempDir folder;
  std::string before;
  {
    MemoryFolder keep(folder.file("memories"));
    MemoryMaster master(io_80(), &keep);
    REQUIRE(master.say("swap", {}));
    REQUIRE(master.say("masters", {"2"}));
    REQUIRE(master.write(120, {2, 0, 100, 1, 0, 0x7F, 0x0190}) == 0);
    REQUIRE(master.write_code({0, 80}, "123456") == 0);
    REQUIRE(master.write_card({2, 90}, "00112233445566778899") == 0);
    REQUIRE(master.say("program", {"0", "1", "code", "4711"}));
    REQUIRE(master.write(130, {0, 500, 0}) == 0);
    before = boost::json::serialize(
        to_json(MemoryFolder(folder.file("memories")).load("lock-5").value()));
  }
  MemoryFolder keep(folder.file("memories"));
  MemoryMaster again(io_80(), &keep);
  auto told = again.say("memory", {}).value();
  CHECK(told.at("clock").at("minute") == 0);
  told.erase("clock");
  CHECK(boost::json::serialize(told) == before);
  CHECK(again.input(22) == 2);
  CHECK(again.shown("card", "00112233445566778899") == "schedule");
  CHECK(again.shown("code", "4711") == "0/1");
}

TEST_CASE("memory folder: each change is in the file when its effect is there") {
  genkan::test::TempDir folder;
  MemoryFolder keep(folder.path());
  MemoryMaster master(el_100(), &keep);
  const std::string path = folder.file("lock-5.json");
  const auto slots_kept = [&keep] { return keep.load("lock-5").value().slots.size(); };
  CHECK(slots_kept() == 0);
  REQUIRE(master.write(99, {0, 1, 1, 0x1234, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 4, 0, 0, 1}) == 0);
  CHECK(slots_kept() == 0);
  master.now += 120ms;
  master.lock.advance(master.now);
  CHECK(slots_kept() == 1);
  REQUIRE(master.remove({0, 1}) == 0);
  CHECK(slots_kept() == 0);
  const auto serial = keep.load("lock-5").value().serial;
  REQUIRE(master.say("swap", {}));
  CHECK(keep.load("lock-5").value().serial != serial);
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
  CHECK_FALSE(std::filesystem::exists(path + ".next"));
}

TEST_CASE("memory folder: serials differ from lock to lock and are the same in each run") {
  Recorder log;
  MemoryLock one(Identity{"line-a", 1, {}}, log, el_100());
  MemoryLock same(Identity{"line-a", 1, {}}, log, el_100());
  MemoryLock two(Identity{"line-a", 2, {}}, log, el_100());
  MemoryLock other(Identity{"line-b", 1, {}}, log, el_100());
  const auto serial = [](MemoryLock& lock) {
    return input(lock, 24, start) << 16 | input(lock, 25, start);
  };
  CHECK(serial(one) == serial(same));
  CHECK(serial(one) != serial(two));
  CHECK(serial(one) != serial(other));
}

TEST_CASE(
    "memory folder: a file that is no memory of this lock stops the program with a sentence") {
  const std::string slot = R"({"area":0,"slot":1,"kind":"code","value":"1234",)";
  const std::string always = R"("schedule":{"mode":"always"}})";
  const std::string head = R"({"serial":1,"changes":0,"masters":0,"slots":[)";
  const std::string cases[] = {
      "",
      "nonsense",
      "[]",
      "{}",
      R"({"serial":-1,"changes":0,"masters":0,"slots":[]})",
      R"({"serial":1,"changes":65536,"masters":0,"slots":[]})",
      R"({"serial":1,"changes":0,"masters":1,"slots":[]})",
      head + "7]}",
      head + slot + always + "," + slot + always + "]}",
      head + R"({"area":1,"slot":1,"kind":"card","value":"0102",)" + always + "]}",
      head + R"({"area":0,"slot":231,"kind":"code","value":"1234",)" + always + "]}",
      head + R"({"area":0,"slot":1,"kind":"face","value":"1234",)" + always + "]}",
      head + R"({"area":0,"slot":1,"kind":"code","value":"12x4",)" + always + "]}",
      head + slot + R"("schedule":{"mode":"never"}}]})",
      head + slot + R"("schedule":{"mode":"span","first":1,"last":2}}]})",
      head + slot + "]}",
      std::string(1'000'001, ' '),
  };
  for (const std::string& text : cases) {
    CAPTURE(text.substr(0, 200));
    genkan::test::TempDir folder;
    std::ofstream(folder.file("lock-5.json")) << text;
    MemoryFolder keep(folder.path());
    CHECK_THROWS_AS(MemoryMaster(el_100(), &keep), std::runtime_error);
    CHECK(content(folder.file("lock-5.json")) == text);
  }
  genkan::test::TempDir folder;
  std::ofstream(folder.file("lock-5.json")) << head + slot + always + "]}";
  MemoryFolder keep(folder.path());
  CHECK(MemoryMaster(el_100(), &keep).slots().size() == 1);
}

}  // namespace
}  // namespace building::test
