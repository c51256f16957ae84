#include <filesystem>
#include <fstream>
#include <string>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/building/commands.hpp"
#include "tests/building/scene.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace building::test {
namespace {

// A line without a wire.
class StillWire final : public Wire {
 public:
  explicit StillWire(Bank& bank) : bank_(bank) {}
  Bank& bank() override { return bank_; }
  void unplug() override { plugged_ = false; }
  void plug() override { plugged_ = true; }
  bool plugged() const override { return plugged_; }
  boost::json::object statistics() override { return {{"plugged", plugged_}}; }

 private:
  Bank& bank_;
  bool plugged_ = true;
};

struct House {
  genkan::test::TempDir folder;
  MoveLog moves{folder.file("moves.jsonl")};
  Scene scene = make_scene(SceneName::sample, Duration::zero(), moves);
  StillWire a{*scene.line_a};
  StillWire b{*scene.line_b};
  StillWire tcp{*scene.tcp};
  Commands commands{{&a, &b, &tcp}, moves};

  bool ok(std::string_view line) { return commands.run(line).at("ok").as_bool(); }
  boost::json::object state(const std::string& device) {
    return commands.run("show " + device).at("state").as_object();
  }
};

TEST_CASE("control: every command of the page is taken") {
  const char* const commands[] = {"hand lock-101 unlock",
                                  "key lock-102 17",
                                  "jam lock-103 on",
                                  "force lock-104",
                                  "tamper lock-201 on",
                                  "battery lock-202 5",
                                  "power lock-203 lost",
                                  "lockout lock-204 on",
                                  "fault-code lock-301 9",
                                  "deposit 3 305",
                                  "pry 4",
                                  "shut 4",
                                  "zone 5 tamper",
                                  "zone 5 clear",
                                  "zone 5 active",
                                  "zone 5 normal",
                                  "input 1 on",
                                  "call 203",
                                  "answer",
                                  "cancel",
                                  "press 1 double",
                                  "elevator 1 floor 3",
                                  "elevator 2 mode fault",
                                  "elevator 2 trapped on",
                                  "elevator 2 code 42",
                                  "fault line-a 1 dead",
                                  "fault line-b 12 slow 300",
                                  "fault tcp-1 1 late 5",
                                  "fault tcp 2 exception 4",
                                  "fault line-a * none",
                                  "unplug line-b",
                                  "plug line-b",
                                  "stats tcp-1",
                                  "show zone-16",
                                  "devices",
                                  "moves",
                                  "help",
                                  "hand lobby-light on",
                                  "guard panel home",
                                  "door lobby-door open",
                                  "door intercom open",
                                  "battery zone-3 4",
                                  "power panel lost",
                                  "tamper boxes on",
                                  "  show   lock-101  ",
                                  "program lock-101 0 1 code 4711",
                                  "program lock-502 1 90 card 0102030405060708",
                                  "code lock-101 4711",
                                  "code lock-101 4712",
                                  "card lock-502 0102030405060708",
                                  "key lock-502 90 1",
                                  "touch lock-501 unlock",
                                  "touch lock-503 lock",
                                  "memory lock-501",
                                  "erase lock-101 0 1",
                                  "swap lock-503",
                                  "clock lock-501 -60",
                                  "drift lock-501 50",
                                  "masters lock-501 9",
                                  "refuse lock-502 4",
                                  "refuse lock-502 off",
                                  "quit"};
  House house;
  for (const char* command : commands) {
    const auto answer = house.commands.run(command);
    CHECK_MESSAGE(answer.at("ok").as_bool(), command, ": ", boost::json::serialize(answer));
  }
  CHECK(house.commands.quit_wanted());
}

TEST_CASE("control: what is wrong gets a sentence and changes nothing") {
  const char* const commands[] = {"",
                                  "dance",
                                  "door",
                                  "door lock-999 open",
                                  "door lock-101 ajar",
                                  "door lock-101 open",
                                  "hand lock-101",
                                  "key lock-101 231",
                                  "battery lock-101 101",
                                  "code lobby-door 1234",
                                  "code lock-101 12a4",
                                  "card lock-603 01020304",
                                  "touch lock-603 lock",
                                  "memory lock-604",
                                  "swap boxes",
                                  "clock lock-101 60",
                                  "masters lock-502 1",
                                  "program lock-101 0 231 code 1234",
                                  "erase lock-502 2 1",
                                  "refuse lock-101 7",
                                  "battery lock-101 5x",
                                  "tamper lobby-door on",
                                  "deposit 13 101",
                                  "deposit 1",
                                  "collect 1",
                                  "zone 17 active",
                                  "zone x active",
                                  "elevator 3 floor 1",
                                  "elevator 1",
                                  "elevator 1 dive",
                                  "answer",
                                  "press 9 single",
                                  "fault line-a 1",
                                  "fault line-a 99 dead",
                                  "fault line-c 1 dead",
                                  "fault line-a 1 slow",
                                  "fault line-a 1 upset",
                                  "unplug line-z",
                                  "stats",
                                  "show"};
  House house;
  for (const char* command : commands) {
    const auto answer = house.commands.run(command);
    CHECK_MESSAGE(!answer.at("ok").as_bool(), command);
    CHECK_MESSAGE(answer.at("error").as_string().size() > 8, command);
  }
  CHECK(house.commands.run("moves").at("count") == 0);
  CHECK(house.state("lock-101").at("bolt") == "locked");
}

TEST_CASE("control: a code typed tells whether it opened, and a memory what is in it") {
  House house;
  REQUIRE(house.ok("program lock-502 0 3 code 4711"));
  const auto right = house.commands.run("code lock-502 4711");
  CHECK(boost::json::serialize(right) == R"({"ok":true,"accepted":true,"area":0,"slot":3})");
  const auto wrong = house.commands.run("code lock-502 4712");
  CHECK(boost::json::serialize(wrong) == R"({"ok":true,"accepted":false,"why":"unknown"})");
  CHECK(house.commands.run("memory lock-502").at("slots").as_array().size() == 1);
  CHECK(house.state("lock-502").at("slots_used") == 1);
  const auto moves = house.commands.run("moves").at("moves").as_array();
  REQUIRE(moves.size() == 2);
  auto slot = moves[0].as_object();
  slot.erase("t_ns");
  CHECK(slot == boost::json::parse(R"({"device":"lock-502","what":"slot","area":0,"slot":3,)"
                                   R"("value":"write","by":"hand"})"));
  CHECK(moves[1].at("slot") == 3);
  CHECK(moves[1].at("by") == "key");
  const auto shown = boost::json::serialize(house.commands.run("show lock-502"));
  CHECK(shown.find("4711") == std::string::npos);
}

TEST_CASE("control: devices are found by name, whatever line, unit and channel they have") {
  House house;
  CHECK(house.ok("battery lock-604 11"));
  CHECK(house.state("lock-604").at("battery") == 11);
  CHECK(house.state("lock-603").at("battery") == 95);
  CHECK(house.ok("zone 5 active"));
  CHECK(house.state("zone-5").at("zone") == "active");
  CHECK(house.commands.run("show lobby-air").at("unit") == 3);
}

TEST_CASE("control: moves are counted, the last 50 told, all of them in the file") {
  House house;
  for (int count = 0; count < 40; ++count) {
    house.ok("zone 1 active");
    house.ok("zone 1 normal");
  }
  const auto answer = house.commands.run("moves");
  CHECK(answer.at("count") == 80);
  CHECK(answer.at("moves").as_array().size() == 50);
  std::ifstream file(house.folder.file("moves.jsonl"));
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const auto move = boost::json::parse(line).as_object();
    CHECK(move.at("device") == "zone-1");
    CHECK(move.at("what") == "zone");
    CHECK(move.at("by") == "hand");
    CHECK(move.at("t_ns").as_int64() > 0);
  }
  CHECK(lines == 80);
}

}  // namespace
}  // namespace building::test
