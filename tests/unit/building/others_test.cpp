#include <map>
#include <set>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include "tests/building/boards.hpp"
#include "tests/building/box12.hpp"
#include "tests/building/ev2.hpp"
#include "tests/building/ic1.hpp"
#include "tests/building/life.hpp"
#include "tests/building/sp16.hpp"
#include "tests/unit/building/recorder.hpp"

namespace building::test {
namespace {

TEST_CASE("box-12: a deposit and its collection") {
  Recorder log;
  Box12 box(Identity{"line-b", 12, {{1, "boxes"}}}, log);
  CHECK(tell(box, 1, "deposit", {"3", "305"}, start));
  CHECK(discrete(box, 34, start) == 1);
  CHECK(discrete(box, 2, start + 299ms) == 0);
  CHECK(discrete(box, 2, start + 300ms) == 1);
  CHECK(input(box, 102, start + 300ms) == 305);
  CHECK(discrete(box, 34, start + 600ms) == 0);
  CHECK_FALSE(tell(box, 1, "deposit", {"3", "101"}, start + 1s));
  CHECK_FALSE(tell(box, 1, "collect", {"4"}, start + 1s));
  CHECK(tell(box, 1, "collect", {"3"}, start + 1s));
  CHECK(discrete(box, 2, start + 2s) == 0);
  CHECK(input(box, 102, start + 2s) == 0);
  REQUIRE(log.moves.size() == 6);
  CHECK(log.moves[0].part == 3);
}

TEST_CASE("box-12: a release opens the door, the coil falls back, a jam keeps it shut") {
  Recorder log;
  Box12 box(Identity{"line-b", 12, {}}, log);
  CHECK(write(box, Table::coil, 0, 1, start) == Refusal::none);
  CHECK(discrete(box, 32, start + 99ms) == 0);
  CHECK(discrete(box, 32, start + 100ms) == 1);
  CHECK(box.read(Table::coil, 0) == 1);
  box.advance(start + 1s);
  CHECK(box.read(Table::coil, 0) == 0);
  CHECK(tell(box, 1, "jam", {"on"}, start + 2s));
  write(box, Table::coil, 1, 1, start + 2s);
  CHECK(discrete(box, 33, start + 5s) == 0);
  CHECK(tell(box, 1, "power", {"lost"}, start + 5s));
  CHECK(discrete(box, 61, start + 5s) == 1);
  CHECK(write(box, Table::coil, 2, 1, start + 5s) == Refusal::failure);
  CHECK(write(box, Table::coil, 12, 1, start + 5s) == Refusal::address);
}

TEST_CASE("box-12: a pried compartment is a fault until it is shut") {
  Recorder log;
  Box12 box(Identity{"line-b", 12, {}}, log);
  CHECK(tell(box, 1, "pry", {"7"}, start));
  CHECK(input(box, 0, start) == 27);
  CHECK(discrete(box, 38, start) == 1);
  CHECK(tell(box, 1, "shut", {"7"}, start + 1s));
  CHECK(input(box, 0, start + 1s) == 0);
}

TEST_CASE("sp-16: arming is refused while a zone is active that is not bypassed") {
  Recorder log;
  Sp16 panel(Identity{"tcp-1", 1, {{0, "panel"}, {5, "zone-5"}}}, log);
  CHECK(tell(panel, 5, "zone", {"active"}, start));
  CHECK(discrete(panel, 4, start) == 1);
  CHECK(write(panel, Table::holding, 0, 1, start) == Refusal::failure);
  CHECK(write(panel, Table::holding, 0, 3, start) == Refusal::none);
  CHECK(write(panel, Table::holding, 0, 4, start) == Refusal::value);
  CHECK(write(panel, Table::coil, 4, 1, start) == Refusal::none);
  CHECK(write(panel, Table::holding, 0, 1, start) == Refusal::none);
  CHECK(input(panel, 0, start) == 1);
  CHECK(tell(panel, 6, "zone", {"active"}, start + 1s));
  CHECK(log.moves.back().what == "alarm");
  CHECK(write(panel, Table::holding, 0, 3, start + 2s) == Refusal::none);
  CHECK(input(panel, 0, start + 2s) == 0);
  CHECK(log.moves.back().value == "off");
}

TEST_CASE("sp-16: tamper, battery and mains, of zones and panel") {
  Recorder log;
  Sp16 panel(Identity{"tcp-1", 1, {}}, log);
  CHECK(tell(panel, 16, "zone", {"tamper"}, start));
  CHECK(discrete(panel, 31, start) == 1);
  CHECK(tell(panel, 16, "zone", {"clear"}, start));
  CHECK(discrete(panel, 31, start) == 0);
  CHECK(tell(panel, 1, "battery", {"5"}, start));
  CHECK(discrete(panel, 32, start) == 1);
  CHECK(tell(panel, 0, "power", {"lost"}, start));
  CHECK(tell(panel, 0, "battery", {"5"}, start));
  CHECK(tell(panel, 0, "tamper", {"on"}, start));
  CHECK(input(panel, 1, start) == 7);
}

TEST_CASE("ev-2: a car runs floor by floor, counts its trip, opens and closes") {
  Recorder log;
  Ev2 monitor(Identity{"tcp-1", 2, {}}, log);
  CHECK(tell(monitor, 2, "floor", {"-1"}, start));
  CHECK(input(monitor, 21, start) == 2);
  CHECK(input(monitor, 20, start + 1500ms) == 0);
  CHECK(input(monitor, 20, start + 3s) == 0xFFFF);
  CHECK(input(monitor, 21, start + 3s) == 0);
  CHECK(input(monitor, 22, start + 3s) == 2);
  CHECK(input(monitor, 22, start + 3800ms) == 1);
  CHECK(input(monitor, 22, start + 7600ms) == 0);
  CHECK(input(monitor, 26, start + 8s) == 0);
  CHECK(input(monitor, 27, start + 8s) == 1);
  CHECK(input(monitor, 0, start + 8s) == 1);
  CHECK_FALSE(monitor.read(Table::input, 9).has_value());
}

TEST_CASE("ev-2: a fault halts the car, and it goes on when all is normal again") {
  Recorder log;
  Ev2 monitor(Identity{"tcp-1", 2, {}}, log);
  CHECK(tell(monitor, 1, "floor", {"5"}, start));
  CHECK(tell(monitor, 1, "mode", {"fault"}, start + 1s));
  CHECK(tell(monitor, 1, "trapped", {"on"}, start + 1s));
  CHECK(tell(monitor, 1, "code", {"42"}, start + 1s));
  CHECK(input(monitor, 0, start + 60s) == 2);
  CHECK(input(monitor, 3, start + 60s) == 3);
  CHECK(input(monitor, 4, start + 60s) == 1);
  CHECK(input(monitor, 8, start + 60s) == 42);
  CHECK(tell(monitor, 1, "trapped", {"off"}, start + 60s));
  CHECK(tell(monitor, 1, "mode", {"normal"}, start + 60s));
  CHECK(input(monitor, 0, start + 90s) == 5);
}

TEST_CASE("ic-1: a call rings, is answered, is cancelled, and forgets its room") {
  Recorder log;
  Ic1 intercom(Identity{"line-b", 11, {}}, log);
  CHECK_FALSE(tell(intercom, 1, "answer", {}, start));
  CHECK(tell(intercom, 1, "call", {"203"}, start));
  CHECK(input(intercom, 0, start) == 1);
  CHECK(input(intercom, 1, start) == 203);
  CHECK_FALSE(tell(intercom, 1, "call", {"204"}, start + 1s));
  CHECK(tell(intercom, 1, "answer", {}, start + 2s));
  CHECK(input(intercom, 0, start + 3s) == 2);
  CHECK(tell(intercom, 1, "cancel", {}, start + 4s));
  CHECK(input(intercom, 0, start + 5s) == 3);
  CHECK(input(intercom, 0, start + 6s) == 0);
  CHECK(input(intercom, 1, start + 6s) == 0);
  CHECK(tell(intercom, 1, "call", {"101"}, start + 10s));
  CHECK(input(intercom, 0, start + 40s) == 3);
}

TEST_CASE("la-8, relays, inputs, buttons: each at its addresses") {
  Recorder log;
  La8 adapter(Identity{"tcp-1", 3, {{1, "lobby-light"}, {101, "lobby-air"}}}, log);
  CHECK(write(adapter, Table::coil, 16, 1, start) == Refusal::none);
  CHECK(write(adapter, Table::holding, 16, 4, start) == Refusal::none);
  CHECK(write(adapter, Table::holding, 16, 5, start) == Refusal::value);
  CHECK(write(adapter, Table::coil, 8, 1, start) == Refusal::address);
  CHECK(adapter.show(101).at("output") == "on");
  CHECK(adapter.show(1).at("output") == "off");

  WsRelay16 relays(Identity{"line-b", 13, {}}, log);
  CHECK(write(relays, Table::coil, 15, 1, start) == Refusal::none);
  CHECK(write(relays, Table::coil, 16, 1, start) == Refusal::address);
  CHECK(relays.read(Table::coil, 15) == 1);

  WsInput16 inputs(Identity{"line-b", 14, {}}, log);
  CHECK(tell(inputs, 2, "input", {"on"}, start));
  CHECK(discrete(inputs, 1, start) == 1);

  Bt8 buttons(Identity{"tcp-1", 4, {}}, log);
  CHECK(tell(buttons, 8, "press", {"long"}, start));
  CHECK(tell(buttons, 8, "press", {"double"}, start));
  CHECK(input(buttons, 14, start) == 2);
  CHECK(input(buttons, 15, start) == 2);
  CHECK_FALSE(tell(buttons, 8, "press", {"twice"}, start));
}

TEST_CASE("life: goes on for ever, in order, and stays gentle") {
  Life life(7, start);
  std::size_t acts = 0;
  for (Time now = start; now < start + 10min; now += 1s) acts += life.due(now).size();
  CHECK(acts > 100);
  CHECK(acts < 1000);
  CHECK(life.next() > start + 9min);
}

TEST_CASE("life: couriers stop at five parcels, and only released ones are collected") {
  Life life(7, start);
  std::vector<std::string> full;
  const auto live = [&life, &full](Time from, Time to) {
    std::size_t collected = 0;
    for (Time now = from; now < to; now += 1s) {
      for (const auto& act : life.due(now)) {
        if (act.starts_with("collect ")) ++collected;
        if (act.starts_with("deposit ")) full.push_back(act.substr(8, act.find(' ', 8) - 8));
      }
    }
    return collected;
  };
  CHECK(live(start, start + 20min) == 0);
  REQUIRE(full.size() == 5);
  CHECK(std::set<std::string>(full.begin(), full.end()).size() == 5);
  life.released(std::stoi(full.front()), start + 20min);
  CHECK(live(start + 20min, start + 30min) == 1);
  CHECK(full.size() == 6);
}

TEST_CASE("life: nobody is at a door that somebody is at") {
  Life life(7, start);
  std::map<std::string, std::string> last;
  const std::map<std::string, std::string> before{
      {"unlock", "lock"}, {"open", "unlock"}, {"close", "open"}, {"lock", "close"}};
  for (Time now = start; now < start + 60min; now += 1s) {
    for (const auto& act : life.due(now)) {
      if (!act.contains("lock-")) continue;
      const auto at = act.find("lock-");
      const std::string lock = act.substr(at, 8);
      const std::string what = act.substr(at + 9);
      CHECK(last.try_emplace(lock, "lock").first->second == before.at(what));
      last[lock] = what;
    }
  }
}

}  // namespace
}  // namespace building::test
