#include <algorithm>
#include <array>

#include "drivers/profile/draft.hpp"
#include "firmware/base/text.hpp"

// What can only be seen with the whole file at hand.
namespace genkan::profile {

namespace {

using domain::Command;
using domain::DeviceKind;
using domain::Field;

// The state without which a device of the kind is nothing to the building.
struct Essential {
  DeviceKind kind;
  Field field;
};
constexpr std::array essentials{
    Essential{DeviceKind::lock, Field::bolt},
    Essential{DeviceKind::entrance, Field::output},
    Essential{DeviceKind::light, Field::output},
    Essential{DeviceKind::air_conditioner, Field::output},
    Essential{DeviceKind::zone, Field::zone},
    Essential{DeviceKind::delivery_box, Field::compartment},
    Essential{DeviceKind::security_panel, Field::guard},
    Essential{DeviceKind::intercom, Field::call},
    Essential{DeviceKind::button, Field::press},
    Essential{DeviceKind::elevator, Field::floor},
};

// Commands that undo one another: one without the other would leave the device so for good.
struct Pair {
  Command does;
  Command undoes;
};
constexpr std::array pairs{
    Pair{Command::hold_open, Command::end_hold},
    Pair{Command::on, Command::off},
    Pair{Command::bypass, Command::end_bypass},
};

bool reads(const Profile& profile, Field field) {
  return std::ranges::find(profile.states, field, &StateSource::field) != profile.states.end();
}

void check_kind(const Draft& draft) {
  if (!draft.kind_known || !draft.model) return;
  const auto& kind = spec(draft.profile.info.kind);
  for (const auto& [of, field] : essentials) {
    if (of == kind.kind && !reads(draft.profile, field)) {
      draft.model->complain("kind", cat("is '", kind.name, "', and ", with_article(kind.name),
                                        " needs [state.", spec(field).name, "]"));
    }
  }
  if (kind.kind == DeviceKind::entrance && draft.profile.plan(Command::open) == nullptr) {
    draft.model->complain("kind", "is 'entrance', and an entrance needs [command.open]");
  }
  if (draft.lock && kind.kind != DeviceKind::lock) {
    draft.lock->complain(cat("[lock] is for locks, not for ", with_article(kind.name)));
  }
  if (draft.memory.memory && kind.kind != DeviceKind::lock) {
    draft.memory.memory->complain(cat("[memory] is for locks, not for ", with_article(kind.name)));
  }
  if (draft.entrance && kind.kind != DeviceKind::entrance) {
    draft.entrance->complain(cat("[entrance] is for entrances, not for ", with_article(kind.name)));
  }
}

void check_pairs(const Draft& draft) {
  const auto complain_without = [&draft](Command has, Command lacks) {
    const auto& plans = draft.profile.commands;
    const auto found = std::ranges::find(plans, has, &CommandPlan::command);
    if (found == plans.end() || draft.profile.plan(lacks) != nullptr) return;
    draft.commands[static_cast<std::size_t>(found - plans.begin())].complain(
        cat("[command.", spec(has).name, "] needs [command.", spec(lacks).name, "] beside it"));
  };
  for (const auto& [does, undoes] : pairs) {
    complain_without(does, undoes);
    complain_without(undoes, does);
  }
}

// Nothing that we open stays open because nobody said how it closes.
void check_closing(const Draft& draft) {
  const auto kind = draft.profile.info.kind;
  const bool opens = kind == DeviceKind::entrance || kind == DeviceKind::intercom;
  if (!draft.kind_known || !opens || draft.closes_itself) return;
  const auto& plans = draft.profile.commands;
  const auto open = std::ranges::find(plans, Command::open, &CommandPlan::command);
  if (open == plans.end() || open->writes.empty()) return;
  const auto closes = [](const Write& write) { return write.pulse.has_value(); };
  if (std::ranges::any_of(open->writes, closes)) return;
  const std::string_view or_else =
      kind == DeviceKind::entrance
          ? ", or say closes_itself = true in [entrance] if the device closes it"
          : "";
  draft.commands[static_cast<std::size_t>(open - plans.begin())].complain(
      "write", cat("leaves it open: give it a 'pulse_ms'", or_else));
}

std::vector<RegisterIndex> registers_of(const StateSource& state) {
  std::vector<RegisterIndex> list;
  if (state.reg) list.push_back(*state.reg);
  for (const auto& rule : state.rules) {
    for (const auto& test : rule.tests) list.push_back(test.reg);
  }
  std::ranges::sort(list);
  const auto repeated = std::ranges::unique(list);
  list.erase(repeated.begin(), repeated.end());
  return list;
}

// Values by number count only for a number that is read as it is.
bool is_number(const StateSource& state) {
  return state.reg && state.values.empty() && spec(state.field).type == domain::FieldType::number;
}

void check_state(const Draft& draft, const StateSource& state, const TomlTable& table) {
  const auto& field = spec(state.field);
  const auto used = registers_of(state);
  bool indexed = false;
  for (const auto index : used) {
    const Register& reg = draft.profile.registers[index];
    indexed = indexed || reg.parts > 0;
    if (reg.parts > 0 && !field.indexed) {
      table.complain(cat("[state.", field.name, "] is one value, but register ", reg.name, " has ",
                         reg.parts, " parts"));
    }
    if (reg.words > 0) {
      table.complain(cat("[state.", field.name, "] is one value, but register ", reg.name, " is ",
                         shape_of(reg)));
    }
    if (draft.registers[index].polled == false) {
      draft.registers[index].table.complain(
          "polled", cat("is false, but [state.", field.name, "] is read from it"));
    }
    if (!is_number(state) && (reg.scale != 1 || reg.offset != 0)) {
      table.complain(cat("[state.", field.name, "] takes raw values of register ", reg.name,
                         "; 'scale' and 'offset' there are for numbers only"));
    }
  }
  if (field.indexed && !indexed && !used.empty()) {
    table.complain(cat("[state.", field.name,
                       "] has a value for each part; its register needs "
                       "'parts' and 'per_part'"));
  }
}

// A state that was complained about might have read it, had it been right.
void check_use(const Draft& draft, const RegisterNote& note) {
  if (note.used_by_state || !note.sound || !draft.states_whole) return;
  if (note.polled == true) {
    note.table.complain("polled", "is true, but no state is read from this register");
  }
  if (note.paced) {
    note.table.complain(note.table.has("lane") ? "lane" : "poll_ms",
                        "is for registers that a state is read from");
  }
}

void check_registers(const Draft& draft) {
  const Profile& profile = draft.profile;
  const Register* first_with_parts = nullptr;
  for (std::size_t i = 0; i < profile.registers.size(); ++i) {
    const Register& reg = profile.registers[i];
    const RegisterNote& note = draft.registers[i];
    check_use(draft, note);
    if (reg.parts == 0) continue;
    if (first_with_parts == nullptr) first_with_parts = &reg;
    if (reg.parts != first_with_parts->parts) {
      note.table.complain("parts",
                          cat("is ", reg.parts, ", but register ", first_with_parts->name, " has ",
                              first_with_parts->parts, "; a model has one number of parts"));
    }
  }
}

void check_channels(const Draft& draft) {
  const Profile& profile = draft.profile;
  if (profile.info.channels == 1 || profile.registers.empty()) return;
  const bool stepped = std::ranges::any_of(profile.registers, [](const Register& reg) {
    return reg.per_channel > 0 || reg.bits_per_channel > 0;
  });
  if (!stepped) {
    draft.model->complain("channels", cat("is ", profile.info.channels,
                                          ", but no register has 'per_channel', so that all "
                                          "channels would be the same"));
  }
}

void check_reads_fit(const Draft& draft) {
  if (draft.profile.timing.most_words > 1) return;
  for (const auto& reg : draft.profile.registers) {
    if (reg.width() < 2 || reg.words > 0) continue;
    draft.timing->complain("most_words", cat("is 1, but register ", reg.name, " (", shape_of(reg),
                                             ") needs 2 words in one read"));
  }
}

}  // namespace

void check_draft(const Draft& draft) {
  check_kind(draft);
  check_pairs(draft);
  check_closing(draft);
  for (std::size_t i = 0; i < draft.profile.states.size(); ++i) {
    check_state(draft, draft.profile.states[i], draft.states[i]);
  }
  check_registers(draft);
  check_channels(draft);
  check_reads_fit(draft);
  check_memory(draft);
}

}  // namespace genkan::profile
