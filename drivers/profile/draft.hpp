#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/profile/profile.hpp"
#include "firmware/base/toml.hpp"

// A profile while it is being read: what parse.cpp hands from one part of the file to the next.
namespace genkan::profile {

// What the file said of a register that matters only to the checks.
struct RegisterNote {
  TomlTable table;
  std::optional<bool> polled;  // as written
  bool paced = false;          // lane or poll_ms was written
  bool used_by_state = false;
  bool sound = true;  // nothing was complained about
};

// The raw values that a register can have, as far as a profile can name them (32 bits, signed).
struct RawRange {
  std::int64_t low;
  std::int64_t high;
  bool has(std::int64_t raw) const { return raw >= low && raw <= high; }
};

// The parts of the file that tell of a lock's memory, for complaints.
struct MemoryTables {
  std::optional<TomlTable> memory;
  std::vector<TomlTable> areas;        // as written
  std::vector<std::size_t> area_from;  // which of them each of LockModel::areas comes from
  std::optional<TomlTable> mailbox;
  std::optional<TomlTable> schedule;
  std::optional<TomlTable> clock;
  bool sound = true;  // nothing was complained about
};

struct Draft {
  const Problems& problems;  // what was found so far
  Profile profile;
  bool kind_known = false;
  bool states_whole = true;    // nothing was complained about in any state
  bool closes_itself = false;  // [entrance]: the device ends what `open` began
  std::optional<TomlTable> model;
  std::optional<TomlTable> timing;
  std::optional<TomlTable> lock;
  std::optional<TomlTable> entrance;
  std::vector<RegisterNote> registers;  // beside profile.registers
  std::vector<TomlTable> states;        // beside profile.states
  std::vector<bool> states_sound;       //
  std::vector<TomlTable> commands;      // beside profile.commands
  MemoryTables memory;

  std::vector<std::string_view> register_names() const;
  std::optional<RegisterIndex> register_named(std::string_view name) const;
  // Of one that was complained about: everything, so that one mistake is not told twice.
  RawRange raw_range(RegisterIndex reg) const;
  // Takes `key` of `table` as a register's name; complains if there is none of that name.
  std::optional<RegisterIndex> take_register(TomlTable& table, std::string_view key) const;
  // `text` as a raw value that the register can have; complains at `key` of `table` otherwise.
  std::optional<std::int32_t> take_raw(const TomlTable& table, std::string_view key,
                                       std::string_view text, RegisterIndex index) const;
  // "a lock has no state 'blot'; allowed: … (did you mean 'bolt'?)"; `what` is state or command.
  std::string unknown_name(std::string_view what, std::string_view name,
                           std::span<const std::string_view> known) const;
};

// "coil", "u16", "3 bits": how messages call what a register holds.
std::string shape_of(const Register& reg);

// Whether the state can have the value at all; a number that is not named can have any.
bool can_be(const StateSource& state, std::int32_t value);
// A value of a field as profiles spell it: a word, true or false, a whole number.
std::optional<std::int32_t> field_value(const domain::FieldSpec& field, std::string_view text);
// What is allowed, for messages: "unlocked, locked, moving or jammed".
std::string allowed_values(const domain::FieldSpec& field);
// "'lockd' is not a value of bolt; allowed: … (did you mean 'locked'?)"
std::string value_fault(const domain::FieldSpec& field, std::string_view text);
// " (did you mean 'x'?)", or nothing.
std::string hint(std::string_view typed, std::span<const std::string_view> words);
// "a lock", "an entrance": for messages.
std::string with_article(std::string_view noun);

// The parts of the file, in the order of their calls.
void parse_model(TomlTable& root, Draft& draft);
void parse_registers(TomlTable& root, Draft& draft);
void parse_states(TomlTable& root, Draft& draft);
void parse_commands(TomlTable& root, Draft& draft);
void parse_lock(TomlTable& root, Draft& draft);
void parse_memory(TomlTable& root, Draft& draft);
void parse_mailbox(Draft& draft, Memory& memory);
// What can only be seen with the whole file at hand.
void check_draft(const Draft& draft);
void check_memory(const Draft& draft);

}  // namespace genkan::profile
