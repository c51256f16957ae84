#include <filesystem>
#include <set>

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"
#include "tests/unit/profile/support.hpp"

using namespace genkan;
using namespace genkan::profile;
using namespace genkan::profile::test;
using domain::Command;
using domain::DeviceKind;
using domain::Field;

namespace {

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("shipped profiles: every file parses, is named after its model, and none is missing") {
  Problems problems;
  const auto catalog = Catalog::load({shipped_folder()}, problems);
  CHECK(problems.as_error().message() == "");
  const std::set<std::string_view> expected{"el-100",
                                            "io-80",
                                            "pk-9",
                                            "pk-9s",
                                            "jema-door",
                                            "jema-lock",
                                            "ic-1",
                                            "box-12",
                                            "sp-16",
                                            "sp-16-zone",
                                            "ev-2",
                                            "la-8-light",
                                            "la-8-air",
                                            "ws-relay-16-entrance",
                                            "ws-relay-16-light",
                                            "ws-input-16-zone",
                                            "sb-8",
                                            "bt-8"};
  const auto names = catalog.names();
  CHECK(std::set<std::string_view>(names.begin(), names.end()) == expected);
  for (const auto name : names) {
    const Profile& profile = *catalog.profile(name);
    CHECK(std::filesystem::path(profile.file).stem().string() == name);
    CHECK(catalog.find(name) == &profile.info);
    CHECK(!profile.info.title.empty());
    // A shipped model offers all that its kind can be told, save what its data sheet lacks.
    if (name != "ws-input-16-zone") {
      CHECK(profile.commands.size() == spec(profile.info.kind).commands.size());
    }
    // What the model is said to offer is what the profile has a plan for.
    CHECK(profile.info.commands.size() == profile.commands.size());
    for (const Command command : profile.info.commands) CHECK(profile.plan(command) != nullptr);
  }
}

TEST_CASE("shipped profiles: models of one hardware may share a unit") {
  for (const auto& [one, other] :
       {std::pair("jema-door", "jema-lock"), std::pair("sp-16", "sp-16-zone"),
        std::pair("la-8-light", "la-8-air"),
        std::pair("ws-relay-16-entrance", "ws-relay-16-light")}) {
    CHECK(shipped(one).info.hardware == shipped(other).info.hardware);
  }
}

TEST_CASE("shipped profiles: what a model writes is known to the site's check") {
  const auto written = [](std::string_view model) {
    std::string text;
    for (const auto& write : shipped(model).info.writes) {
      text += cat(write.coil ? "coil " : "holding ", write.address, "+", write.per_channel, " ");
    }
    return text;
  };
  CHECK(written("ws-relay-16-entrance") == "coil 0+1 ");
  CHECK(written("ws-relay-16-light") == "coil 0+1 ");
  CHECK(written("la-8-air") == "coil 16+1 holding 16+1 ");
  CHECK(written("sp-16") == "holding 0+0 ");
  CHECK(written("sp-16-zone") == "coil 0+1 ");
  CHECK(written("box-12").starts_with("coil 0+0 coil 1+0 "));
  CHECK(written("ev-2").empty());
}

TEST_CASE("shipped profiles: reads") {
  struct Case {
    const char* model;
    std::vector<std::uint16_t> channels;
    Texts reads;
  };
  const Case cases[] = {
      {"el-100", {1}, {"state input 0+4 @0"}},
      {"io-80", {1}, {"state input 0+4 @0"}},
      {"pk-9", {1}, {"state input 0+4 @0"}},
      {"pk-9s", {1}, {"state input 0+4 @0"}},
      {"sb-8", {1, 2}, {"state input 0+4 @0", "state input 10+4 @0"}},
      {"jema-door", {1}, {"state coil 0+1 @0", "state discrete 2+1 @0"}},
      {"jema-lock", {2}, {"state discrete 1+3 @0"}},
      {"ic-1", {1}, {"alarm discrete 0+2 @250", "state coil 0+1 @0", "state input 0+2 @0"}},
      {"box-12",
       {1},
       {"alarm discrete 32+12 @200", "alarm discrete 60+2 @500", "state discrete 0+12 @0",
        "state input 0+1 @1000", "state input 100+12 @0"}},
      {"sp-16", {1}, {"alarm input 0+3 @100"}},
      {"sp-16-zone", {1, 4, 16}, {"alarm discrete 0+48 @100", "state coil 0+16 @500"}},
      {"ev-2", {1, 2}, {"alarm input 0+9 @200", "alarm input 20+9 @200"}},
      {"la-8-light", {1, 8}, {"state coil 0+8 @250"}},
      {"la-8-air", {1}, {"state coil 16+1 @250", "state holding 16+1 @1000"}},
      {"ws-relay-16-entrance", {1}, {"state coil 0+1 @250"}},
      {"ws-relay-16-light", {2, 16}, {"state coil 1+15 @250"}},
      {"ws-input-16-zone", {1, 2}, {"alarm discrete 0+2 @100"}},
      {"bt-8", {1, 3}, {"state input 0+6 @100"}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.model);
    CHECK(texts(plan_reads(shipped(c.model), c.channels)) == c.reads);
  }
}

TEST_CASE("shipped profiles: what shares a unit is read together") {
  CHECK(texts(plan_reads({{&shipped("jema-door"), {1}}, {&shipped("jema-lock"), {2}}})) ==
        Texts{"state coil 0+1 @0", "state discrete 1+3 @0"});
  CHECK(texts(plan_reads({{&shipped("la-8-light"), {1}}, {&shipped("la-8-air"), {1}}})) ==
        Texts{"state coil 0+1 @250", "state coil 16+1 @250", "state holding 16+1 @1000"});
}

TEST_CASE("shipped profiles: el-100 as its data sheet says") {
  const Profile& lock = shipped("el-100");
  RegisterImage image;
  // jammed, door open, tamper, battery low, operated by key
  image.put(bus::Table::input, 0, {3 | 1 << 2 | 1 << 3 | 1 << 7 | 2 << 8, 87, 12, 5});
  std::vector<std::string> strange;
  const auto state = decode(lock, 1, image, &strange);
  CHECK(strange.empty());
  CHECK(state.entries().size() == lock.states.size());
  CHECK(state.is(Field::bolt, domain::Bolt::jammed));
  CHECK(state.is(Field::door, domain::Door::open));
  CHECK(state.get(Field::tamper) == 1);
  CHECK(state.get(Field::forced) == 0);
  CHECK(state.get(Field::lockout) == 0);
  CHECK(state.is(Field::power, domain::Power::ok));
  CHECK(state.get(Field::battery_low) == 1);
  CHECK(state.is(Field::operated_by, domain::OperatedBy::key));
  CHECK(state.get(Field::battery) == 87);
  CHECK(state.get(Field::operated_slot) == 12);
  CHECK(state.get(Field::fault) == 5);

  const CommandPlan* unlock = lock.plan(Command::unlock);
  REQUIRE(unlock != nullptr);
  REQUIRE(unlock->writes.size() == 1);
  CHECK(unlock->writes[0].value == 0);
  REQUIRE(unlock->confirm.has_value());
  CHECK(unlock->confirm->any_of == std::vector<std::int32_t>{0});
  CHECK(unlock->confirm->within == std::chrono::seconds(3));
}

TEST_CASE("shipped profiles: ev-2 floor below ground and a long trip counter") {
  RegisterImage image;
  image.put(bus::Table::input, 20, {0xFFFE, 2, 1, 0, 1, 40, 0x0001, 0x86A0, 0});
  const auto state = decode(shipped("ev-2"), 2, image);
  CHECK(state.get(Field::floor) == -2);
  CHECK(state.is(Field::direction, domain::Direction::down));
  CHECK(state.get(Field::trapped) == 1);
  CHECK(state.get(Field::trips) == 100'000);
  CHECK(decode(shipped("ev-2"), 1, image).empty());
}

TEST_CASE("shipped profiles: box-12 compartments and their release") {
  const Profile& box = shipped("box-12");
  CHECK(box.parts() == 12);
  RegisterImage image;
  std::vector<std::uint16_t> deposited(12, 0);
  deposited[4] = 1;
  std::vector<std::uint16_t> rooms(12, 0);
  rooms[4] = 203;
  image.put(bus::Table::discrete, 0, deposited);
  image.put(bus::Table::input, 100, rooms);
  const auto state = decode(box, 1, image);
  CHECK(state.entries().size() == 24);
  CHECK(state.is(Field::compartment, domain::Compartment::deposited, 5));
  CHECK(state.is(Field::compartment, domain::Compartment::empty, 12));
  CHECK(state.get({Field::compartment_room, 5}) == 203);

  const CommandPlan* release = box.plan(Command::release_compartment);
  REQUIRE(release != nullptr);
  const auto exchange = write_exchange(box.registers[release->writes[0].reg], 12, 1, 3, 1);
  CHECK(exchange.unit == 12);
  CHECK(exchange.function == bus::Function::write_coil);
  CHECK(exchange.address == 2);
  CHECK(release->confirm->field == Field::compartment_door);
  CHECK(release->confirm->within == std::chrono::seconds(2));
}

TEST_CASE("shipped profiles: pulses, holds and toggles") {
  const auto pulse_of = [](std::string_view model, Command command) {
    return shipped(model).plan(command)->writes.at(0).pulse;
  };
  CHECK(pulse_of("jema-door", Command::open) == std::chrono::milliseconds(2000));
  CHECK(pulse_of("ws-relay-16-entrance", Command::open) == std::chrono::milliseconds(5000));
  CHECK(pulse_of("ic-1", Command::open) == std::chrono::milliseconds(5000));
  CHECK_FALSE(pulse_of("jema-door", Command::hold_open).has_value());
  CHECK(*pulse_of("jema-lock", Command::lock) >= std::chrono::milliseconds(250));
  CHECK(shipped("jema-lock").plan(Command::lock)->toggles);
  CHECK_FALSE(shipped("el-100").plan(Command::lock)->toggles);
  CHECK(shipped("jema-door").open_while_held == OpenWhileHeld::ignore);
  CHECK(shipped("ws-relay-16-entrance").open_while_held == OpenWhileHeld::repulse);
  const CommandPlan* on = shipped("la-8-air").plan(Command::on);
  REQUIRE(on->writes.size() == 2);
  CHECK(shipped("la-8-air").registers[on->writes[0].reg].table == bus::Table::holding);
  CHECK(shipped("sb-8").plan(Command::lock)->confirm->within == std::chrono::seconds(5));
}
