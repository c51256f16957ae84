#include <algorithm>
#include <limits>

#include "drivers/profile/draft.hpp"
#include "firmware/base/text.hpp"

// [command.NAME]
namespace genkan::profile {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t most_writes = 8;
constexpr std::int64_t shortest_pulse_ms = 50;
constexpr std::int64_t longest_pulse_ms = 60'000;
constexpr std::int64_t shortest_confirmation_ms = 100;
constexpr std::int64_t longest_confirmation_ms = 60'000;

// Complains if no such command is; null then.
const domain::CommandSpec* take_command(const TomlTable& table, std::string_view name,
                                        const Draft& draft) {
  const auto command = domain::command_named(name);
  const auto kind = draft.profile.info.kind;
  if (command && (!draft.kind_known || domain::has_command(kind, *command))) {
    return &spec(*command);
  }
  std::vector<std::string_view> known;
  for (const auto& candidate : domain::all_commands()) {
    if (!draft.kind_known || domain::has_command(kind, candidate.command)) {
      known.push_back(candidate.name);
    }
  }
  table.complain(draft.unknown_name("command", name, known));
  return command ? &spec(*command) : nullptr;
}

void check_writable(const TomlTable& table, const Register& reg) {
  if (reg.table == bus::Table::discrete || reg.table == bus::Table::input) {
    table.complain("register", cat("is '", reg.name, "' in the ",
                                   reg.table == bus::Table::input ? "input" : "discrete",
                                   " table, which can only be read; coil and holding can be "
                                   "written"));
  } else if (reg.words > 0) {
    table.complain("register",
                   cat("is '", reg.name, "', ", shape_of(reg), "; a command writes one value"));
  } else if (reg.bit_count > 0) {
    table.complain("register", cat("is '", reg.name,
                                   "', some bits of a word; writing them would "
                                   "change the others. Describe the whole word as a register of "
                                   "its own"));
  }
}

// `value` or `rest`, as the register can hold it.
std::int32_t take_raw(TomlTable& table, std::string_view key, RawRange range,
                      std::optional<std::int32_t> otherwise) {
  if (!otherwise) return static_cast<std::int32_t>(table.integer(key, range.low, range.high));
  return static_cast<std::int32_t>(
      table.optional_integer(key, range.low, range.high).value_or(*otherwise));
}

// { register = "output", value = 1, pulse_ms = 5000, rest = 0 }
std::optional<Write> take_write(TomlTable& table, const Draft& draft) {
  const auto index = draft.take_register(table, "register");
  const RawRange range = index ? draft.raw_range(*index)
                               : RawRange{std::numeric_limits<std::int32_t>::min(),
                                          std::numeric_limits<std::int32_t>::max()};
  const std::size_t problems_before = draft.problems.list().size();
  Write write{index.value_or(0), take_raw(table, "value", range, {}), {}, 0};
  if (const auto pulse = table.optional_integer("pulse_ms", shortest_pulse_ms, longest_pulse_ms)) {
    write.pulse = milliseconds(*pulse);
  }
  write.rest = take_raw(table, "rest", range, 0);
  if (table.has("rest") && !table.has("pulse_ms")) {
    table.complain("rest", "is what a pulse goes back to; 'pulse_ms' is missing");
  }
  const bool sound = draft.problems.list().size() == problems_before;
  if (sound && write.pulse && write.rest == write.value) {
    table.complain(
        table.has("rest") ? "rest" : "value",
        cat("is ", write.rest,
            table.has("rest") ? ", the same as 'value'" : ", the same as 'rest' (default 0)",
            "; the pulse would change nothing"));
  }
  if (!index) return std::nullopt;
  check_writable(table, draft.profile.registers[*index]);
  return write;
}

void parse_writes(TomlTable& table, const Draft& draft, CommandPlan& plan) {
  std::vector<TomlTable> writes;
  if (table.is_list("write")) {
    writes = table.tables("write");
    if (writes.empty() || writes.size() > most_writes) {
      table.complain("write", cat("must have 1 to ", most_writes, " writes"));
    }
  } else if (auto write = table.optional_table("write")) {
    writes.push_back(*write);
  } else if (!table.has("write")) {
    table.complain("write",
                   "is missing; right would be, say, write = { register = \"output\", value = 1 }");
  }
  for (auto& write : writes) {
    if (const auto taken = take_write(write, draft)) plan.writes.push_back(*taken);
  }
}

// The state that a confirmation names, by its place among the profile's states; nothing, complained
// about, if the profile does not read it.
std::optional<std::size_t> take_confirmed_state(TomlTable& table, const Draft& draft) {
  const auto name = table.text("field");
  if (name.empty()) return std::nullopt;
  std::vector<std::string_view> known;
  for (const auto& state : draft.profile.states) {
    known.push_back(spec(state.field).name);
    if (known.back() == name) return known.size() - 1;
  }
  table.complain("field",
                 cat("is '", printable(name, 40), "', which this profile does not read",
                     known.empty() ? std::string() : cat("; it reads ", alternatives(known)),
                     hint(name, known)));
  return std::nullopt;
}

// { field = "bolt", is = "locked", within_ms = 3000 }
std::optional<Confirmation> take_confirmation(TomlTable& table, const domain::CommandSpec* command,
                                              const Draft& draft) {
  const auto index = take_confirmed_state(table, draft);
  const auto texts = table.optional_scalars("is");
  if (!table.has("is")) table.complain("is", "is missing: the value that means done");
  Confirmation confirm{domain::Field::fault, {}, {}};
  confirm.within = milliseconds(
      table.optional_integer("within_ms", shortest_confirmation_ms, longest_confirmation_ms)
          .value_or(Confirmation{}.within.count()));
  if (!index) return std::nullopt;
  const StateSource& state = draft.profile.states[*index];
  const auto& field = spec(state.field);
  confirm.field = field.field;
  if (field.indexed && command != nullptr && !command->takes_part) {
    table.complain("field", cat("is '", field.name, "', which has a value for each part, but ",
                                command->name, " takes no part"));
  }
  for (const auto& text : texts.value_or(std::vector<std::string>{})) {
    const auto value = field_value(field, text);
    if (!value) {
      table.complain("is", cat("= ", value_fault(field, text)));
    } else if (draft.states_sound[*index] && !can_be(state, *value)) {
      table.complain("is", cat("= '", text, "', but nothing in [state.", field.name,
                               "] means that, so the command could never be confirmed"));
    } else {
      confirm.any_of.push_back(*value);
    }
  }
  return confirm;
}

void check_parts(const TomlTable& table, const domain::CommandSpec& command,
                 const CommandPlan& plan, const Draft& draft) {
  bool indexed = false;
  for (const auto& write : plan.writes) {
    const Register& reg = draft.profile.registers[write.reg];
    indexed = indexed || reg.parts > 0;
    if (reg.parts > 0 && !command.takes_part) {
      table.complain("write", cat("goes to '", reg.name, "', which has parts, but ", command.name,
                                  " takes no part"));
    }
  }
  if (command.takes_part && !indexed && !plan.writes.empty()) {
    table.complain("write", cat("goes to no register with 'parts', but ", command.name,
                                " is told which part"));
  }
}

void parse_command(std::string_view name, TomlTable& table, Draft& draft) {
  const auto* command = take_command(table, name, draft);
  CommandPlan plan{command != nullptr ? command->command : domain::Command::lock, {}, {}, false};
  parse_writes(table, draft, plan);
  if (auto confirm = table.optional_table("confirm")) {
    plan.confirm = take_confirmation(*confirm, command, draft);
  }
  plan.toggles = table.optional_flag("toggles").value_or(false);
  if (plan.toggles && !table.has("confirm")) {
    table.complain("toggles",
                   "needs 'confirm': a write that toggles is only sent when the state "
                   "is not there already");
  }
  if (command == nullptr) return;
  check_parts(table, *command, plan, draft);
  draft.profile.commands.push_back(std::move(plan));
  draft.commands.push_back(table);
}

// What the commands write, as the site's check must know it. A register that all channels share (a
// common "execute") is nobody's own.
void note_written_places(Profile& profile) {
  std::vector<RegisterIndex> written;
  for (const auto& plan : profile.commands) {
    for (const auto& write : plan.writes) written.push_back(write.reg);
  }
  std::ranges::sort(written);
  const auto repeated = std::ranges::unique(written);
  written.erase(repeated.begin(), repeated.end());
  for (const auto index : written) {
    const Register& reg = profile.registers[index];
    if (profile.info.channels > 1 && reg.per_channel == 0) continue;
    for (int part = 1; part <= std::max<int>(reg.parts, 1); ++part) {
      for (std::uint16_t word = 0; word < reg.width(); ++word) {
        const int address = reg.place(1, static_cast<std::uint8_t>(part)) + word;
        profile.info.writes.push_back(
            {reg.table == bus::Table::coil, static_cast<std::uint16_t>(address), reg.per_channel});
      }
    }
  }
}

}  // namespace

void parse_commands(TomlTable& root, Draft& draft) {
  auto all = root.optional_table("command");
  if (!all) return;
  for (auto& [name, table] : all->named_tables()) parse_command(name, table, draft);
  domain::ModelInfo& info = draft.profile.info;
  for (const domain::Command command : domain::spec(info.kind).commands) {
    if (draft.profile.plan(command) != nullptr) info.commands.push_back(command);
  }
  note_written_places(draft.profile);
}

}  // namespace genkan::profile
