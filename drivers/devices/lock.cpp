#include <algorithm>

#include "drivers/devices/behaviour.hpp"
#include "firmware/base/text.hpp"

namespace genkan::devices {

namespace {

using domain::Bolt;
using domain::Command;
using domain::Door;
using domain::Field;
using domain::Outcome;
using domain::Reason;

// A bolt that can move shows it by then; those of the data sheets begin within 100 ms.
constexpr auto begins_within = std::chrono::milliseconds{1000};

// Whether the model reports a bolt that is on its way; one with a bare contact cannot.
bool tells_moving(const profile::Profile& profile) {
  constexpr auto moving = static_cast<std::int32_t>(Bolt::moving);
  return std::ranges::any_of(profile.states, [](const profile::StateSource& source) {
    if (source.field != Field::bolt) return false;
    const bool by_value = std::ranges::any_of(
        source.values, [](const auto& value) { return value.second == moving; });
    const bool direct = source.reg && source.values.empty();
    return by_value || direct || std::ranges::any_of(source.rules, [](const profile::Rule& rule) {
             return rule.value == moving;
           });
  });
}

bool door_in_the_way(const Situation& situation) {
  return situation.command.command == Command::lock && situation.now.is(Field::door, Door::open);
}

std::string fault_text(const Situation& situation, std::string_view otherwise) {
  const auto fault = situation.now.get(Field::fault);
  return fault && *fault != 0 ? cat("fault code ", *fault) : std::string(otherwise);
}

std::optional<Outcome> early(const Situation& situation) {
  const bool had_time = situation.since_write >= begins_within;
  if (situation.now.is(Field::bolt, Bolt::jammed)) {
    // A bolt that was jammed before gets its time to come free.
    if (!had_time && situation.before.is(Field::bolt, Bolt::jammed)) return std::nullopt;
    return failed(situation, Reason::bolt_fault, fault_text(situation, "the bolt is jammed"));
  }
  const bool still = situation.now.is(Field::bolt, Bolt::unlocked);
  if (door_in_the_way(situation) && still && had_time && tells_moving(situation.profile)) {
    return failed(situation, Reason::door_open, "");
  }
  return std::nullopt;
}

Outcome late(const Situation& situation) {
  if (situation.now.is(Field::power, domain::Power::lost)) {
    return failed(situation, Reason::no_power, "");
  }
  if (door_in_the_way(situation)) return failed(situation, Reason::door_open, "");
  if (situation.now.is(Field::bolt, Bolt::jammed)) {
    return failed(situation, Reason::bolt_fault, fault_text(situation, "the bolt is jammed"));
  }
  if (situation.cut_short) return failed(situation, Reason::timed_out, "");
  const bool moving = situation.now.is(Field::bolt, Bolt::moving);
  return failed(
      situation, Reason::bolt_fault,
      fault_text(situation, moving ? "the bolt is still on its way" : "the bolt did not move"));
}

}  // namespace

const Behaviour lock_behaviour{.early = early, .late = late, .refusal = plain_refusal};

}  // namespace genkan::devices
