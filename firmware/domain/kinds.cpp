#include "firmware/domain/kinds.hpp"

#include <algorithm>
#include <array>

namespace genkan::domain {

namespace {

using enum FieldType;

constexpr std::string_view bolt_words[] = {"unlocked", "locked", "moving", "jammed"};
constexpr std::string_view door_words[] = {"closed", "open"};
constexpr std::string_view output_words[] = {"off", "on"};
constexpr std::string_view power_words[] = {"ok", "lost"};
constexpr std::string_view operated_words[] = {"unknown",   "hand",   "key",  "card",
                                               "auto_lock", "remote", "touch"};
constexpr std::string_view air_words[] = {"automatic", "cool", "heat", "dry", "fan"};
constexpr std::string_view zone_words[] = {"normal", "active"};
constexpr std::string_view guard_words[] = {"disarmed", "away", "home"};
constexpr std::string_view compartment_words[] = {"empty", "deposited"};
constexpr std::string_view call_words[] = {"idle", "calling", "answered", "cancelled"};
constexpr std::string_view press_words[] = {"none", "single", "double", "long"};
constexpr std::string_view direction_words[] = {"idle", "up", "down"};
constexpr std::string_view car_door_words[] = {"closed", "open", "moving"};
constexpr std::string_view elevator_words[] = {"normal", "inspection", "fire", "fault"};

constexpr FieldSpec words(Field field, std::string_view name,
                          std::span<const std::string_view> list, bool indexed = false) {
  return {field, name, word, list, 0, static_cast<std::int32_t>(list.size()) - 1, "", indexed};
}
constexpr FieldSpec yes_no(Field field, std::string_view name) {
  return {field, name, flag, {}, 0, 1, "", false};
}
constexpr FieldSpec count(Field field, std::string_view name, std::int32_t low, std::int32_t high,
                          std::string_view unit = "", bool indexed = false) {
  return {field, name, number, {}, low, high, unit, indexed};
}

constexpr std::array fields{
    words(Field::bolt, "bolt", bolt_words),
    words(Field::door, "door", door_words),
    words(Field::output, "output", output_words),
    yes_no(Field::forced, "forced"),
    yes_no(Field::tamper, "tamper"),
    count(Field::battery, "battery", 0, 100, "%"),
    yes_no(Field::battery_low, "battery_low"),
    words(Field::power, "power", power_words),
    yes_no(Field::lockout, "lockout"),
    words(Field::operated_by, "operated_by", operated_words),
    count(Field::operated_slot, "operated_slot", 0, 65'535),
    words(Field::mode, "mode", air_words),
    words(Field::zone, "zone", zone_words),
    yes_no(Field::bypass, "bypass"),
    words(Field::guard, "guard", guard_words),
    words(Field::compartment, "compartment", compartment_words, true),
    words(Field::compartment_door, "compartment_door", door_words, true),
    count(Field::compartment_room, "compartment_room", 0, 65'535, "", true),
    words(Field::call, "call", call_words),
    count(Field::call_room, "call_room", 0, 65'535),
    words(Field::press, "press", press_words),
    count(Field::press_count, "press_count", 0, 65'535),
    count(Field::floor, "floor", -20, 200),
    words(Field::direction, "direction", direction_words),
    words(Field::car_door, "car_door", car_door_words),
    words(Field::elevator_mode, "elevator_mode", elevator_words),
    yes_no(Field::trapped, "trapped"),
    count(Field::load, "load", 0, 200, "%"),
    count(Field::trips, "trips", 0, 2'000'000'000),
    count(Field::fault, "fault", 0, 65'535),
};

constexpr std::array commands{
    CommandSpec{Command::lock, "lock", false},
    CommandSpec{Command::unlock, "unlock", false},
    CommandSpec{Command::open, "open", false},
    CommandSpec{Command::hold_open, "hold_open", false},
    CommandSpec{Command::end_hold, "end_hold", false},
    CommandSpec{Command::on, "on", false},
    CommandSpec{Command::off, "off", false},
    CommandSpec{Command::arm_away, "arm_away", false},
    CommandSpec{Command::arm_home, "arm_home", false},
    CommandSpec{Command::disarm, "disarm", false},
    CommandSpec{Command::bypass, "bypass", false},
    CommandSpec{Command::end_bypass, "end_bypass", false},
    CommandSpec{Command::release_compartment, "release_compartment", true},
};

constexpr Field lock_fields[] = {Field::bolt,          Field::door,    Field::forced,
                                 Field::tamper,        Field::battery, Field::battery_low,
                                 Field::power,         Field::lockout, Field::operated_by,
                                 Field::operated_slot, Field::fault};
constexpr Field entrance_fields[] = {Field::output, Field::door, Field::tamper, Field::power,
                                     Field::fault};
constexpr Field light_fields[] = {Field::output, Field::fault};
constexpr Field air_fields[] = {Field::output, Field::mode, Field::fault};
constexpr Field zone_fields[] = {Field::zone, Field::tamper, Field::battery_low, Field::bypass,
                                 Field::fault};
constexpr Field box_fields[] = {Field::compartment,
                                Field::compartment_door,
                                Field::compartment_room,
                                Field::tamper,
                                Field::power,
                                Field::fault};
constexpr Field panel_fields[] = {Field::guard, Field::tamper, Field::power, Field::battery_low,
                                  Field::fault};
constexpr Field intercom_fields[] = {Field::call, Field::call_room, Field::output,
                                     Field::door, Field::tamper,    Field::fault};
constexpr Field button_fields[] = {Field::press, Field::press_count, Field::battery_low};
constexpr Field elevator_fields[] = {Field::floor,         Field::direction, Field::car_door,
                                     Field::elevator_mode, Field::trapped,   Field::load,
                                     Field::trips,         Field::fault};

constexpr Command lock_commands[] = {Command::lock, Command::unlock};
constexpr Command entrance_commands[] = {Command::open, Command::hold_open, Command::end_hold};
constexpr Command switch_commands[] = {Command::on, Command::off};
constexpr Command zone_commands[] = {Command::bypass, Command::end_bypass};
constexpr Command box_commands[] = {Command::release_compartment};
constexpr Command panel_commands[] = {Command::arm_away, Command::arm_home, Command::disarm};
constexpr Command intercom_commands[] = {Command::open};

constexpr std::array kinds{
    KindSpec{DeviceKind::lock, "lock", lock_fields, lock_commands},
    KindSpec{DeviceKind::entrance, "entrance", entrance_fields, entrance_commands},
    KindSpec{DeviceKind::light, "light", light_fields, switch_commands},
    KindSpec{DeviceKind::air_conditioner, "air_conditioner", air_fields, switch_commands},
    KindSpec{DeviceKind::zone, "zone", zone_fields, zone_commands},
    KindSpec{DeviceKind::delivery_box, "delivery_box", box_fields, box_commands},
    KindSpec{DeviceKind::security_panel, "security_panel", panel_fields, panel_commands},
    KindSpec{DeviceKind::intercom, "intercom", intercom_fields, intercom_commands},
    KindSpec{DeviceKind::button, "button", button_fields, {}},
    KindSpec{DeviceKind::elevator, "elevator", elevator_fields, {}},
};

// Each table stands in the order of its enumeration, so that looking up is indexing.
constexpr bool in_order(const auto& table, auto member) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].*member) != i) return false;
  }
  return true;
}
static_assert(in_order(fields, &FieldSpec::field));
static_assert(in_order(commands, &CommandSpec::command));
static_assert(in_order(kinds, &KindSpec::kind));
static_assert(fields.size() == static_cast<std::size_t>(Field::fault) + 1);
static_assert(commands.size() == static_cast<std::size_t>(Command::release_compartment) + 1);
static_assert(kinds.size() == static_cast<std::size_t>(DeviceKind::elevator) + 1);

}  // namespace

const FieldSpec& spec(Field field) { return fields[static_cast<std::size_t>(field)]; }
const CommandSpec& spec(Command command) { return commands[static_cast<std::size_t>(command)]; }
const KindSpec& spec(DeviceKind kind) { return kinds[static_cast<std::size_t>(kind)]; }

std::span<const FieldSpec> all_fields() { return fields; }
std::span<const CommandSpec> all_commands() { return commands; }
std::span<const KindSpec> all_kinds() { return kinds; }

std::optional<Field> field_named(std::string_view name) {
  const auto found = std::ranges::find(fields, name, &FieldSpec::name);
  return found == fields.end() ? std::nullopt : std::optional(found->field);
}

std::optional<Command> command_named(std::string_view name) {
  const auto found = std::ranges::find(commands, name, &CommandSpec::name);
  return found == commands.end() ? std::nullopt : std::optional(found->command);
}

std::optional<DeviceKind> kind_named(std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &KindSpec::name);
  return found == kinds.end() ? std::nullopt : std::optional(found->kind);
}

bool has_field(DeviceKind kind, Field field) {
  return std::ranges::find(spec(kind).fields, field) != spec(kind).fields.end();
}

bool has_command(DeviceKind kind, Command command) {
  return std::ranges::find(spec(kind).commands, command) != spec(kind).commands.end();
}

}  // namespace genkan::domain
