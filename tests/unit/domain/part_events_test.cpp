#include <doctest/doctest.h>

#include "tests/unit/domain/scene.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace genkan::domain::test;
using Lines = std::vector<std::string>;

namespace {

DeviceState::Entry parcel(std::uint8_t part) {
  return is(Field::compartment, Compartment::deposited, part);
}
DeviceState::Entry empty(std::uint8_t part) {
  return is(Field::compartment, Compartment::empty, part);
}
DeviceState::Entry room(std::uint8_t part, std::int32_t number) {
  return is(Field::compartment_room, number, part);
}
DeviceState::Entry closed(std::uint8_t part) {
  return is(Field::compartment_door, Door::closed, part);
}

}  // namespace

TEST_CASE("BOX-1: a deposit names its compartment and its room") {
  const auto events =
      Scene(DeviceKind::delivery_box).change({empty(3), room(3, 0)}, {parcel(3), room(3, 101)});
  CHECK(texts(events) == Lines{R"(deposited {"compartment":3,"number":101})"});
  CHECK(events.records[0].room == RoomId("r101"));  // of its own building, not of the west one
}

TEST_CASE("BOX-1: a number that is no room of the building is kept as it was typed") {
  const auto events = Scene(DeviceKind::delivery_box).change({empty(3)}, {parcel(3), room(3, 999)});
  CHECK(texts(events) == Lines{R"(deposited {"compartment":3,"number":999})"});
  CHECK(events.records[0].room == RoomId("lobby"));
}

TEST_CASE("BOX-1: a parcel taken out is its room's, though the number is gone") {
  const auto events =
      Scene(DeviceKind::delivery_box).change({parcel(3), room(3, 101)}, {empty(3), room(3, 0)});
  CHECK(texts(events) == Lines{R"(collected {"compartment":3,"number":101})"});
  CHECK(events.records[0].room == RoomId("r101"));
}

TEST_CASE("BOX-2: each compartment that is seen gives its own deposit") {
  const auto events =
      Scene(DeviceKind::delivery_box)
          .change({parcel(1), empty(2), empty(3)}, {parcel(1), parcel(2), parcel(3)});
  CHECK(texts(events) == Lines{R"(deposited {"compartment":2})", R"(deposited {"compartment":3})"});
}

TEST_CASE(
    "BOX-1: a parcel that is there when the box is first seen is a deposit, emptiness is not") {
  const auto events = Scene(DeviceKind::delivery_box).change({}, {parcel(1), empty(2)});
  CHECK(texts(events) == Lines{R"(deposited {"compartment":1})"});
}

TEST_CASE("BOX-1: a deposit waits for its room number") {
  struct Row {
    const char* what;
    std::vector<DeviceState::Entry> before;
    std::vector<DeviceState::Entry> now;
    bool waits;
  };
  const Row table[] = {
      {"the number is not there yet", {empty(1), room(1, 0)}, {parcel(1), room(1, 0)}, true},
      {"the number is there", {empty(1), room(1, 0)}, {parcel(1), room(1, 101)}, false},
      {"the box tells no numbers", {empty(1)}, {parcel(1)}, false},
      {"the parcel was there before", {parcel(1), room(1, 0)}, {parcel(1), room(1, 0)}, false},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    DeviceState before;
    DeviceState now;
    for (const auto& [key, value] : row.before) before.set(key, value);
    for (const auto& [key, value] : row.now) now.set(key, value);
    CHECK(unsettled(DeviceKind::delivery_box, before, now) == row.waits);
  }
}

TEST_CASE("BOX-3: a compartment with a parcel that opens without a release is an alarm") {
  struct Row {
    const char* what;
    std::vector<DeviceState::Entry> before;
    std::vector<UnderWay> commands;
    std::vector<std::uint8_t> released;
    Lines records;
  };
  const UnderWay release{9, {Command::release_compartment, 4}, "user:anna"};
  UnderWay told = release;
  told.told = true;
  const UnderWay other{9, {Command::release_compartment, 5}, "user:anna"};
  const Lines alarm{R"(ALARM compartment_forced {"compartment":4,"alarm":"compartment_forced",)"
                    R"("text":"a box with a parcel may have been opened by force","number":101})"};
  const Row table[] = {
      {"pried open", {parcel(4), room(4, 101), closed(4)}, {}, {}, alarm},
      {"released by a request",
       {parcel(4), closed(4)},
       {release},
       {4},
       {R"(compartment_released by user:anna {"compartment":4,"how":"remote","request":9})"}},
      {"released and told of already", {parcel(4), closed(4)}, {told}, {4}, {}},
      {"released a moment ago", {parcel(4), closed(4)}, {}, {4}, {}},
      {"another one was released", {parcel(4), room(4, 101), closed(4)}, {other}, {5}, alarm},
      {"an empty one, for a courier", {empty(4), closed(4)}, {}, {}, {}},
      {"first seen open", {parcel(4)}, {}, {}, {}},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    Scene scene(DeviceKind::delivery_box);
    scene.commands = row.commands;
    scene.released = row.released;
    DeviceState before;
    for (const auto& [key, value] : row.before) before.set(key, value);
    DeviceState now = before;
    now.set({Field::compartment_door, 4}, static_cast<std::int32_t>(Door::open));
    CHECK(texts(events_of(scene.context(), before, now)) == row.records);
  }
}

TEST_CASE("HIS-2: entrances, lights and what is held") {
  struct Row {
    const char* what;
    DeviceKind kind;
    Output from;
    Output to;
    std::vector<UnderWay> commands;
    bool held;
    Lines records;
    std::vector<std::uint64_t> told;
  };
  const auto on = Output::on;
  const auto off = Output::off;
  const UnderWay opening{1, {Command::open}, "cloud"};
  const UnderWay opened_already{1, {Command::open}, "cloud", true};
  const UnderWay holding{2, {Command::hold_open}, "user:anna"};
  const UnderWay ending{3, {Command::end_hold}, "user:anna"};
  const UnderWay switching{4, {Command::on}, "user:anna"};
  const auto entrance = DeviceKind::entrance;
  const Row table[] = {
      {"opens by itself", entrance, off, on, {}, false, {"opened"}, {}},
      {"opens for a request",
       entrance,
       off,
       on,
       {opening},
       false,
       {R"(opened by cloud {"how":"remote","request":1})"},
       {1}},
      {"the trace of one told of", entrance, off, on, {opened_already}, false, {}, {1}},
      {"the pulse ends", entrance, on, off, {}, false, {}, {}},
      {"a hold begins",
       entrance,
       off,
       on,
       {holding},
       false,
       {R"(hold_began by user:anna {"how":"remote","request":2})"},
       {2}},
      {"a hold ends",
       entrance,
       on,
       off,
       {ending},
       false,
       {R"(hold_ended by user:anna {"how":"remote","request":3})"},
       {3}},
      {"a hold is made so again", entrance, off, on, {}, true, {}, {}},
      {"a pulse within a hold", entrance, on, off, {}, true, {}, {}},
      {"an intercom's release",
       DeviceKind::intercom,
       off,
       on,
       {opening},
       false,
       {R"(opened by cloud {"how":"remote","request":1})"},
       {1}},
      {"a light at its switch", DeviceKind::light, off, on, {}, false, {"switched_on"}, {}},
      {"a light by request",
       DeviceKind::light,
       off,
       on,
       {switching},
       false,
       {R"(switched_on by user:anna {"how":"remote","request":4})"},
       {4}},
      {"a light goes off", DeviceKind::light, on, off, {switching}, false, {"switched_off"}, {}},
      {"an air conditioner", DeviceKind::air_conditioner, off, on, {}, false, {"switched_on"}, {}},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    Scene scene(row.kind);
    scene.commands = row.commands;
    scene.held = row.held;
    const auto events = scene.change({is(Field::output, row.from)}, {is(Field::output, row.to)});
    CHECK(texts(events) == row.records);
    CHECK(events.told == row.told);
  }
}

TEST_CASE("VIS-1: a call's beginning and end, also when its middle was missed") {
  struct Row {
    Call from;
    Call to;
    Lines records;
  };
  const std::string started = R"(call_started {"number":101})";
  const auto ended = [](const std::string& how) {
    return R"(call_ended {"how":")" + how + R"(","number":101})";
  };
  const Row table[] = {
      {Call::idle, Call::calling, {started}},
      {Call::idle, Call::answered, {started}},
      {Call::idle, Call::cancelled, {started, ended("cancelled")}},
      {Call::calling, Call::idle, {ended("unanswered")}},
      {Call::calling, Call::answered, {}},
      {Call::calling, Call::cancelled, {ended("cancelled")}},
      {Call::answered, Call::idle, {ended("answered")}},
      {Call::answered, Call::calling, {ended("answered"), started}},
      {Call::answered, Call::cancelled, {ended("answered")}},
      {Call::cancelled, Call::idle, {}},
      {Call::cancelled, Call::calling, {started}},
      {Call::cancelled, Call::answered, {started}},
  };
  for (const auto& row : table) {
    CAPTURE(text_of({Field::call}, static_cast<std::int32_t>(row.from)));
    CAPTURE(text_of({Field::call}, static_cast<std::int32_t>(row.to)));
    const auto number = is(Field::call_room, 101);
    const auto events =
        Scene(DeviceKind::intercom)
            .change({is(Field::call, row.from), number}, {is(Field::call, row.to), number});
    CHECK(texts(events) == row.records);
  }
}

TEST_CASE("HIS-2: presses are counted, so that none is missed") {
  struct Row {
    const char* what;
    std::int32_t from;
    std::int32_t to;
    int times;
  };
  const Row table[] = {
      {"one", 4, 5, 1},
      {"three between two readings", 4, 7, 3},
      {"none", 4, 4, 0},
      {"the counter wraps", 65'535, 1, 2},
      {"the button began anew", 500, 2, 2},
      {"the button began anew and was not pressed", 500, 0, 0},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    const auto events =
        Scene(DeviceKind::button)
            .change({is(Field::press_count, row.from), is(Field::press, Press::single)},
                    {is(Field::press_count, row.to), is(Field::press, Press::held)});
    if (row.times == 0) {
      CHECK(events.records.empty());
    } else {
      CHECK(texts(events) ==
            Lines{R"(pressed {"press":"long","times":)" + std::to_string(row.times) + "}"});
    }
  }
  CHECK(Scene(DeviceKind::button)
            .change({}, {is(Field::press_count, 9), is(Field::press, Press::single)})
            .records.empty());
}

TEST_CASE("ELV-3: entrapment and fire mode are alarms, and so is their end") {
  const Scene scene(DeviceKind::elevator);
  const auto floor = is(Field::floor, 3);
  CHECK(texts(scene.change({is(Field::trapped, 0)}, {is(Field::trapped, 1), floor})) ==
        Lines{R"(ALARM elevator_trapped {"floor":3})"});
  CHECK(texts(scene.change({is(Field::trapped, 1)}, {is(Field::trapped, 0)})) ==
        Lines{R"(ALARM elevator_normal {"after":"trapped"})"});
  CHECK(texts(scene.change({is(Field::elevator_mode, ElevatorMode::normal)},
                           {is(Field::elevator_mode, ElevatorMode::fire)})) ==
        Lines{"ALARM elevator_fire"});
  CHECK(texts(scene.change({is(Field::elevator_mode, ElevatorMode::fire)},
                           {is(Field::elevator_mode, ElevatorMode::normal)})) ==
        Lines{R"(ALARM elevator_normal {"after":"fire"})"});
  CHECK(texts(scene.change({}, {is(Field::trapped, 1)})) == Lines{"ALARM elevator_trapped"});
  CHECK(scene.change({is(Field::floor, 1)}, {is(Field::floor, 2)}).records.empty());
}
