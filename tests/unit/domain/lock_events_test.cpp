#include <doctest/doctest.h>

#include "tests/unit/domain/scene.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;
using Lines = std::vector<std::string>;

namespace {

struct Operated {
  const char* what;
  std::vector<DeviceState::Entry> report;  // beside the bolt
  Lines records;
};

}  // namespace

TEST_CASE("HIS-2: who unlocked and how, as the lock tells it") {
  const Operated table[] = {
      {"nobody says", {}, {"unlocked"}},
      {"unknown", {is(Field::operated_by, OperatedBy::unknown)}, {"unlocked"}},
      {"hand", {is(Field::operated_by, OperatedBy::hand)}, {R"(unlocked by hand {"how":"hand"})"}},
      {"key",
       {is(Field::operated_by, OperatedBy::key), is(Field::operated_slot, 12)},
       {R"(unlocked by slot:12 {"how":"key","slot":12})"}},
      {"key without a slot",
       {is(Field::operated_by, OperatedBy::key), is(Field::operated_slot, 0)},
       {R"(unlocked by key {"how":"key"})"}},
      {"card",
       {is(Field::operated_by, OperatedBy::card), is(Field::operated_slot, 3)},
       {R"(unlocked by slot:3 {"how":"card","slot":3})"}},
      {"card the lock alone knows",
       {is(Field::operated_by, OperatedBy::card)},
       {R"(unlocked by card {"how":"card"})"}},
      {"auto-lock",
       {is(Field::operated_by, OperatedBy::auto_lock)},
       {R"(unlocked by auto_lock {"how":"auto_lock"})"}},
      {"touch",
       {is(Field::operated_by, OperatedBy::touch)},
       {R"(unlocked by touch {"how":"touch"})"}},
      {"remote, but not by us",
       {is(Field::operated_by, OperatedBy::remote)},
       {R"(unlocked by remote {"how":"remote"})"}},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    Scene scene(DeviceKind::lock);
    DeviceState now = state({is(Field::bolt, Bolt::unlocked)});
    for (const auto& [key, value] : row.report) now.set(key, value);
    const auto events = events_of(scene.context(), state({is(Field::bolt, Bolt::locked)}), now);
    CHECK(texts(events) == row.records);
  }
}

TEST_CASE("HIS-2: a change that a request of ours explains names its caller") {
  Scene scene(DeviceKind::lock);
  scene.commands = {{7, {Command::lock}, "user:anna"}};
  const auto events =
      scene.change({is(Field::bolt, Bolt::unlocked)},
                   {is(Field::bolt, Bolt::locked), is(Field::operated_by, OperatedBy::remote)});
  CHECK(texts(events) == Lines{R"(locked by user:anna {"how":"remote","request":7})"});
  CHECK(events.told == std::vector<std::uint64_t>{7});
}

TEST_CASE("HIS-2: a hand that is quicker than our request is the hand's") {
  Scene scene(DeviceKind::lock);
  scene.commands = {{7, {Command::lock}, "user:anna"}};
  const auto events =
      scene.change({is(Field::bolt, Bolt::unlocked)},
                   {is(Field::bolt, Bolt::locked), is(Field::operated_by, OperatedBy::hand)});
  CHECK(texts(events) == Lines{R"(locked by hand {"how":"hand"})"});
  CHECK(events.told.empty());
}

TEST_CASE("HIS-2: a request explains only what it asked for") {
  Scene scene(DeviceKind::lock);
  scene.commands = {{7, {Command::lock}, "user:anna"}};
  const auto events =
      scene.change({is(Field::bolt, Bolt::locked)}, {is(Field::bolt, Bolt::unlocked)});
  CHECK(texts(events) == Lines{"unlocked"});
  CHECK(events.told.empty());
}

TEST_CASE("HIS-2: of two requests for the same the likelier one is told") {
  Scene scene(DeviceKind::lock);
  scene.commands = {{7, {Command::lock}, "user:anna"}, {8, {Command::lock}, "user:ben"}};
  const auto events =
      scene.change({is(Field::bolt, Bolt::unlocked)}, {is(Field::bolt, Bolt::locked)});
  CHECK(texts(events) == Lines{R"(locked by user:anna {"how":"remote","request":7})"});
}

TEST_CASE("HIS-2: doors, in the order in which they happen") {
  struct Row {
    const char* what;
    std::vector<DeviceState::Entry> before;
    std::vector<DeviceState::Entry> now;
    Lines records;
  };
  const auto locked = is(Field::bolt, Bolt::locked);
  const auto unlocked = is(Field::bolt, Bolt::unlocked);
  const auto open = is(Field::door, Door::open);
  const auto closed = is(Field::door, Door::closed);
  const Row table[] = {
      {"nothing changed", {locked, closed}, {locked, closed}, {}},
      {"opened", {unlocked, closed}, {unlocked, open}, {"door_opened"}},
      {"closed", {unlocked, open}, {unlocked, closed}, {"door_closed"}},
      {"unlocked and opened between two readings",
       {locked, closed},
       {unlocked, open},
       {"unlocked", "door_opened"}},
      {"closed and locked between two readings",
       {unlocked, open},
       {locked, closed},
       {"door_closed", "locked"}},
      {"opened and closed again between two readings", {locked, closed}, {locked, closed}, {}},
      {"the door was never read before", {locked}, {locked, open}, {}},
      {"the door cannot be read now", {locked, open}, {unlocked}, {"unlocked"}},
      {"nothing was ever seen", {}, {unlocked, open}, {}},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    DeviceState before;
    DeviceState now;
    for (const auto& [key, value] : row.before) before.set(key, value);
    for (const auto& [key, value] : row.now) now.set(key, value);
    CHECK(texts(events_of(Scene(DeviceKind::lock).context(), before, now)) == row.records);
  }
}

TEST_CASE("DEV-10: a bolt on its way is at neither end") {
  // Each row is one reading after the other; a record is told where the bolt has got to an end.
  struct Row {
    const char* what;
    std::vector<Bolt> readings;
    Lines records;
  };
  const Row table[] = {
      {"locks", {Bolt::unlocked, Bolt::moving, Bolt::locked}, {"locked"}},
      {"is blocked and goes back", {Bolt::unlocked, Bolt::moving, Bolt::unlocked}, {}},
      {"jams, then is freed", {Bolt::unlocked, Bolt::moving, Bolt::jammed, Bolt::unlocked}, {}},
      {"jams, then locks", {Bolt::unlocked, Bolt::jammed, Bolt::moving, Bolt::locked}, {"locked"}},
      {"a reading is missed", {Bolt::unlocked, Bolt::locked}, {"locked"}},
      {"first seen moving", {Bolt::moving, Bolt::locked}, {}},
      {"a missed pair does not invert", {Bolt::locked, Bolt::locked, Bolt::unlocked}, {"unlocked"}},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    const Scene scene(DeviceKind::lock);
    DeviceState told;
    Lines records;
    for (const Bolt reading : row.readings) {
      const DeviceState now = state({is(Field::bolt, reading)});
      for (auto& line : texts(events_of(scene.context(), told, now))) records.push_back(line);
      told = remember(told, now);
    }
    CHECK(records == row.records);
  }
}

TEST_CASE("HIS-3: what changed while the gateway was away says so, save what we asked for") {
  Scene scene(DeviceKind::lock);
  scene.seen = Seen::while_away;
  CHECK(texts(scene.change({is(Field::bolt, Bolt::locked)}, {is(Field::bolt, Bolt::unlocked)})) ==
        Lines{R"(unlocked {"while_away":true})"});
  scene.commands = {{1, {Command::unlock}, "user:anna"}};
  CHECK(texts(scene.change({is(Field::bolt, Bolt::locked)}, {is(Field::bolt, Bolt::unlocked)})) ==
        Lines{R"(unlocked by user:anna {"how":"remote","request":1})"});
}

TEST_CASE("HIS-2: only what is told of is remembered on disk") {
  const auto kept =
      memorable(state({is(Field::bolt, Bolt::locked), is(Field::battery, 80), is(Field::floor, 3),
                       is(Field::trips, 99), is(Field::guard, Guard::away)}));
  CHECK(kept == state({is(Field::bolt, Bolt::locked), is(Field::guard, Guard::away)}));
}
