#include "tests/unit/devices/models.hpp"

#include "firmware/base/clock.hpp"

namespace genkan::devices::test {

namespace {

using bus::Table;
using domain::Command;
using domain::DeviceKind;
using domain::Field;
using profile::OpenWhileHeld;
using profile::PollLane;
using profile::Profile;
using profile::Register;
using profile::RegisterIndex;

Profile model(std::string name, DeviceKind kind, std::uint16_t channels = 1,
              std::string hardware = "") {
  Profile profile;
  profile.file = name + ".toml";
  profile.info = {.model = name,
                  .title = name,
                  .kind = kind,
                  .hardware = hardware.empty() ? name : hardware,
                  .channels = channels};
  return profile;
}

Register bits(Table table, std::uint16_t address) {
  Register reg;
  reg.table = table;
  reg.address = address;
  reg.encoding = profile::Encoding::bit;
  return reg;
}

Register word(Table table, std::uint16_t address) {
  Register reg;
  reg.table = table;
  reg.address = address;
  return reg;
}

Register field_of(std::uint16_t address, std::uint8_t first, std::uint8_t count) {
  Register reg = word(Table::input, address);
  reg.first_bit = first;
  reg.bit_count = count;
  return reg;
}

RegisterIndex add(Profile& profile, std::string name, Register reg) {
  reg.name = std::move(name);
  reg.lane = PollLane::alarm;
  profile.registers.push_back(std::move(reg));
  return static_cast<RegisterIndex>(profile.registers.size() - 1);
}

void tells(Profile& profile, Field field, RegisterIndex reg) {
  profile.states.push_back({.field = field, .reg = reg, .values = {}, .rules = {}});
}

void plan(Profile& profile, Command command, RegisterIndex reg, std::int32_t value, Field field,
          std::int32_t becomes, std::chrono::milliseconds within) {
  profile.commands.push_back(
      {.command = command,
       .writes = {{.reg = reg, .value = value, .pulse = {}, .rest = 0}},
       .confirm = profile::Confirmation{.field = field, .any_of = {becomes}, .within = within},
       .toggles = false});
}

RegisterIndex lock_parts(Profile& profile) {
  tells(profile, Field::bolt, add(profile, "bolt", field_of(0, 0, 2)));
  tells(profile, Field::power, add(profile, "power", field_of(0, 6, 1)));
  tells(profile, Field::fault, add(profile, "fault", word(Table::input, 1)));
  return add(profile, "order", bits(Table::coil, 0));
}

void lock_plans(Profile& profile, RegisterIndex order) {
  plan(profile, Command::lock, order, 1, Field::bolt, 1, 3s);
  plan(profile, Command::unlock, order, 0, Field::bolt, 0, 3s);
}

void opening(Profile& profile, RegisterIndex contact, std::chrono::milliseconds pulse, bool holds) {
  plan(profile, Command::open, contact, 1, Field::output, 1, 2s);
  profile.commands.back().writes.front().pulse = pulse;
  if (!holds) return;
  plan(profile, Command::hold_open, contact, 1, Field::output, 1, 2s);
  plan(profile, Command::end_hold, contact, 0, Field::output, 0, 2s);
}

}  // namespace

Profile lock_model() {
  Profile profile = model("lock", DeviceKind::lock);
  const auto order = lock_parts(profile);
  tells(profile, Field::door, add(profile, "door", field_of(0, 2, 1)));
  profile.registers[order].polled = false;
  lock_plans(profile, order);
  return profile;
}

Profile polled_lock_model() {
  Profile profile = lock_model();
  profile.info.model = profile.info.hardware = "polled-lock";
  for (Register& reg : profile.registers) reg.polled = true;
  return profile;
}

Profile slow_lock_model() {
  Profile profile = model("two-read-lock", DeviceKind::lock);
  const auto order = lock_parts(profile);
  profile.registers[order].polled = false;
  tells(profile, Field::door, add(profile, "door", bits(Table::discrete, 7)));
  lock_plans(profile, order);
  profile.timing.disconnected_after = 5s;
  return profile;
}

Profile toggle_lock_model() {
  Profile profile = model("toggle-lock", DeviceKind::lock);
  const auto contact = add(profile, "contact", bits(Table::coil, 1));
  tells(profile, Field::bolt, add(profile, "monitor", bits(Table::discrete, 1)));
  for (const auto& [command, bolt] : {std::pair{Command::lock, 1}, std::pair{Command::unlock, 0}}) {
    plan(profile, command, contact, 1, Field::bolt, bolt, 3s);
    profile.commands.back().writes.front().pulse = 500ms;
    profile.commands.back().toggles = true;
  }
  return profile;
}

Profile door_model() {
  Profile profile = model("door", DeviceKind::entrance);
  const auto contact = add(profile, "contact", bits(Table::coil, 0));
  tells(profile, Field::output, contact);
  tells(profile, Field::door, add(profile, "door", bits(Table::discrete, 0)));
  opening(profile, contact, 2s, true);
  return profile;
}

Profile relay_model() {
  Profile profile = model("relay", DeviceKind::entrance, 16);
  Register coil = bits(Table::coil, 0);
  coil.per_channel = 1;
  const auto contact = add(profile, "relay", coil);
  tells(profile, Field::output, contact);
  opening(profile, contact, 5s, true);
  profile.open_while_held = OpenWhileHeld::repulse;
  return profile;
}

Profile blind_door_model() {
  Profile profile = model("blind-door", DeviceKind::entrance);
  Register coil = bits(Table::coil, 5);
  coil.polled = false;
  const auto contact = add(profile, "contact", coil);
  tells(profile, Field::door, add(profile, "door", bits(Table::discrete, 0)));
  profile.commands.push_back(
      {.command = Command::open,
       .writes = {{.reg = contact, .value = 1, .pulse = std::chrono::milliseconds(2s), .rest = 0}},
       .confirm = {},
       .toggles = false});
  return profile;
}

Profile light_model() {
  Profile profile = model("light", DeviceKind::light, 8);
  Register coil = bits(Table::coil, 0);
  coil.per_channel = 1;
  const auto output = add(profile, "output", coil);
  tells(profile, Field::output, output);
  plan(profile, Command::on, output, 1, Field::output, 1, 2s);
  plan(profile, Command::off, output, 0, Field::output, 0, 2s);
  return profile;
}

Profile air_model() {
  Profile profile = model("air", DeviceKind::air_conditioner);
  const auto output = add(profile, "output", bits(Table::coil, 16));
  const auto mode = add(profile, "mode", word(Table::holding, 16));
  tells(profile, Field::output, output);
  tells(profile, Field::mode, mode);
  plan(profile, Command::on, mode, 0, Field::output, 1, 2s);
  profile.commands.back().writes.push_back({.reg = output, .value = 1, .pulse = {}, .rest = 0});
  plan(profile, Command::off, output, 0, Field::output, 0, 2s);
  return profile;
}

Profile box_model() {
  Profile profile = model("box", DeviceKind::delivery_box);
  Register release = bits(Table::coil, 0);
  release.per_part = 1;
  release.parts = 12;
  release.polled = false;
  Register door = bits(Table::discrete, 32);
  door.per_part = 1;
  door.parts = 12;
  const auto latch = add(profile, "release", release);
  tells(profile, Field::compartment_door, add(profile, "door", door));
  plan(profile, Command::release_compartment, latch, 1, Field::compartment_door, 1, 2s);
  return profile;
}

Profile panel_model() {
  Profile profile = model("panel", DeviceKind::security_panel, 1, "panel-hardware");
  tells(profile, Field::guard, add(profile, "guard", word(Table::input, 0)));
  Register orders = word(Table::holding, 0);
  orders.polled = false;
  const auto order = add(profile, "order", orders);
  plan(profile, Command::arm_away, order, 1, Field::guard, 1, 2s);
  plan(profile, Command::arm_home, order, 2, Field::guard, 2, 2s);
  plan(profile, Command::disarm, order, 3, Field::guard, 0, 2s);
  return profile;
}

Profile zone_model() {
  Profile profile = model("zone", DeviceKind::zone, 16, "panel-hardware");
  Register active = bits(Table::discrete, 0);
  active.per_channel = 1;
  Register bypass = bits(Table::coil, 0);
  bypass.per_channel = 1;
  tells(profile, Field::zone, add(profile, "active", active));
  const auto out = add(profile, "bypass", bypass);
  tells(profile, Field::bypass, out);
  plan(profile, Command::bypass, out, 1, Field::bypass, 1, 2s);
  plan(profile, Command::end_bypass, out, 0, Field::bypass, 0, 2s);
  return profile;
}

Profile seldom_model() {
  Profile profile = model("seldom", DeviceKind::zone, 1, "panel-hardware");
  Register active = bits(Table::discrete, 40);
  active.poll = 10s;
  tells(profile, Field::zone, add(profile, "active", active));
  return profile;
}

Profile intercom_model() {
  Profile profile = model("intercom", DeviceKind::intercom);
  const auto release = add(profile, "release", bits(Table::coil, 0));
  tells(profile, Field::output, release);
  tells(profile, Field::call, add(profile, "call", word(Table::input, 0)));
  opening(profile, release, 5s, false);
  return profile;
}

Profile button_model() {
  Profile profile = model("button", DeviceKind::button);
  tells(profile, Field::press, add(profile, "press", word(Table::input, 0)));
  tells(profile, Field::press_count, add(profile, "count", word(Table::input, 1)));
  return profile;
}

profile::Catalog catalog() {
  profile::Catalog models;
  Problems problems;
  for (Profile& each : std::vector{
           lock_model(), polled_lock_model(), slow_lock_model(), toggle_lock_model(), door_model(),
           relay_model(), blind_door_model(), light_model(), air_model(), box_model(),
           panel_model(), zone_model(), seldom_model(), intercom_model(), button_model()}) {
    models.add(std::move(each), problems);
  }
  return models;
}

}  // namespace genkan::devices::test
