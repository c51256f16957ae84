#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// What kinds of devices there are, what each can report and what it can be told (spec: DEV, the
// table of kinds). One table in kinds.cpp; profiles, services, API, topics and the CLI all read it.
namespace genkan::domain {

enum class DeviceKind : std::uint8_t {
  lock,
  entrance,
  light,
  air_conditioner,
  zone,
  delivery_box,
  security_panel,
  intercom,
  button,
  elevator,
};

// One thing that a device reports. A field means the same in every kind that has it.
enum class Field : std::uint8_t {
  bolt,              // lock
  door,              // door contact
  output,            // relay, light, air conditioner: what is switched
  forced,            // door opened without an unlock, as the device itself tells
  tamper,            // cover opened
  battery,           // percent
  battery_low,       //
  power,             // supply of the device
  lockout,           // keypad locked after wrong codes (DEV-12)
  operated_by,       // who or what moved the bolt last
  operated_slot,     // which slot of the lock's memory, 0: none
  mode,              // air conditioner
  zone,              // detector
  bypass,            // zone left out of arming
  guard,             // security panel
  compartment,       // delivery box, one for each compartment
  compartment_door,  // likewise
  compartment_room,  // likewise: the room number that the courier entered, 0: none
  call,              // intercom
  call_room,         // intercom: which room is called, 0: none
  press,             // button: the last press
  press_count,       // button: grows by one a press, wraps at 65,536
  floor,             // elevator
  direction,         // elevator
  car_door,          // elevator
  elevator_mode,     // elevator
  trapped,           // elevator: somebody cannot get out
  load,              // elevator: percent
  trips,             // elevator: counter
  fault,             // the device's own fault code, 0: none
};

// The words of each field that has words, in the order of FieldSpec::words.
enum class Bolt : std::int32_t { unlocked, locked, moving, jammed };
enum class Door : std::int32_t { closed, open };
enum class Output : std::int32_t { off, on };
enum class Power : std::int32_t { ok, lost };
// hand: at the lock's body, inside; touch: at its outside panel.
enum class OperatedBy : std::int32_t { unknown, hand, key, card, auto_lock, remote, touch };
enum class AirMode : std::int32_t { automatic, cool, heat, dry, fan };
enum class Zone : std::int32_t { normal, active };
enum class Guard : std::int32_t { disarmed, away, home };
enum class Compartment : std::int32_t { empty, deposited };
enum class Call : std::int32_t { idle, calling, answered, cancelled };
enum class Press : std::int32_t { none, single, twice, held };
enum class Direction : std::int32_t { idle, up, down };
enum class CarDoor : std::int32_t { closed, open, moving };
enum class ElevatorMode : std::int32_t { normal, inspection, fire, fault };

enum class FieldType : std::uint8_t { word, flag, number };

struct FieldSpec {
  Field field;
  std::string_view name;  // in profiles, JSON and topics
  FieldType type;
  std::span<const std::string_view> words;  // type word
  std::int32_t low;                         // type number
  std::int32_t high;
  std::string_view unit;  // type number; empty: a plain count
  bool indexed;           // one value for each part of the device (compartments), index from 1
};

enum class Command : std::uint8_t {
  lock,
  unlock,
  open,                 // entrance, intercom: opens and closes by itself
  hold_open,            // entrance: stays open until end_hold
  end_hold,             //
  on,                   //
  off,                  //
  arm_away,             //
  arm_home,             //
  disarm,               //
  bypass,               // zone
  end_bypass,           //
  release_compartment,  // delivery box; takes a part
};

struct CommandSpec {
  Command command;
  std::string_view name;
  bool takes_part;  // needs `part`, the index of a compartment
};

struct KindSpec {
  DeviceKind kind;
  std::string_view name;
  std::span<const Field> fields;
  std::span<const Command> commands;
};

const FieldSpec& spec(Field field);
const CommandSpec& spec(Command command);
const KindSpec& spec(DeviceKind kind);

std::span<const FieldSpec> all_fields();
std::span<const CommandSpec> all_commands();
std::span<const KindSpec> all_kinds();

std::optional<Field> field_named(std::string_view name);
std::optional<Command> command_named(std::string_view name);
std::optional<DeviceKind> kind_named(std::string_view name);

bool has_field(DeviceKind kind, Field field);
bool has_command(DeviceKind kind, Command command);

}  // namespace genkan::domain
