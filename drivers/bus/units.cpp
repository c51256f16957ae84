#include "drivers/bus/units.hpp"

#include <algorithm>
#include <utility>

#include "drivers/bus/codec.hpp"

namespace genkan::bus {
namespace {

using std::chrono::nanoseconds;

// Pauses between probes of a dead unit: 250 ms, doubled, at most 1.5 s, so that pause, queueing and
// exchange together stay below the 2 s within which a device must come back.
constexpr auto first_pause = 250ms;
constexpr auto longest_pause = 1500ms;

// How long a short probe waits. A unit that has answered before: three times its usual thinking
// time and a little for the machine; one that never did: long enough for any device but a slow one.
// Who answers later than that is recognised by its late answer and given a full probe at once.
constexpr nanoseconds probe_margin = 4ms;
constexpr nanoseconds unknown_probe = 20ms;
// A full probe (the whole response time-out) is every eighth, every fourth of a unit that never
// answered, and at most one in 4 s on the whole bus: 5 % of the wire at a time-out of 200 ms.
constexpr std::uint32_t full_each = 8;
constexpr std::uint32_t full_each_unknown = 4;
constexpr auto full_pause = 4s;

enum class Meaning : std::uint8_t { alive, failed, neither };

Meaning meaning(Ending ending, std::uint8_t exception) {
  switch (ending) {
    case Ending::exception:
      return exception == gateway_target_silent || exception == gateway_path_unavailable
                 ? Meaning::failed
                 : Meaning::alive;
    case Ending::answered:
    case Ending::wrong_crc:
    case Ending::wrong_function:
    case Ending::wrong_length:
    case Ending::wrong_echo: return Meaning::alive;
    case Ending::silent:
    case Ending::garbage:
    case Ending::partial:
    case Ending::wrong_unit: return Meaning::failed;
    case Ending::line_down:
    case Ending::expired:
    case Ending::cancelled:
    case Ending::busy: return Meaning::neither;
  }
  return Meaning::neither;
}

// Whether the answer to this question may still come. A broken frame of the right shape was it.
bool still_owes(Ending ending) {
  return ending != Ending::answered && ending != Ending::exception && ending != Ending::wrong_crc;
}

}  // namespace

const Units::Unit* Units::find(std::uint8_t unit) const {
  const auto at = units_.find(unit);
  return at == units_.end() ? nullptr : &at->second;
}

void Units::set_traits(std::uint8_t unit, UnitTraits traits) {
  traits.response_timeout =
      std::clamp<std::chrono::milliseconds>(traits.response_timeout, 20ms, 5s);
  traits.lateness = std::clamp<std::chrono::milliseconds>(traits.lateness, 0ms, 10s);
  traits.turnaround = std::clamp<std::chrono::milliseconds>(traits.turnaround, 0ms, 1s);
  traits.failures_until_dead = std::max<std::uint8_t>(traits.failures_until_dead, 1);
  units_[unit].traits = traits;
}

void Units::forget(std::uint8_t unit) {
  const auto at = units_.find(unit);
  if (at == units_.end()) return;
  // What the unit still owes on the wire outlives its place in the inventory.
  Unit fresh;
  fresh.owed_until = at->second.owed_until;
  at->second = fresh;
}

SteadyTime Units::ready_at(std::uint8_t unit) const {
  const Unit* known = find(unit);
  return known == nullptr ? SteadyTime{} : std::max(known->ready, known->owed_until);
}

bool Units::dead(std::uint8_t unit) const {
  const Unit* known = find(unit);
  return known != nullptr && known->dead;
}

SteadyTime Units::probe_at(std::uint8_t unit) const {
  const Unit* known = find(unit);
  return known == nullptr ? SteadyTime{} : std::max(known->probe_at, ready_at(unit));
}

Owed Units::owed(SteadyTime now) const {
  Owed owed;
  for (const auto& [unit, known] : units_) {
    if (known.owed_until > now) owed.set(unit);
  }
  return owed;
}

Patience Units::patience(std::uint8_t unit) const {
  const Unit* known = find(unit);
  return {.timeout =
              known == nullptr ? UnitTraits{}.response_timeout : known->traits.response_timeout};
}

Patience Units::probe_patience(std::uint8_t unit, SteadyTime now) {
  Unit& known = units_[unit];
  const nanoseconds whole = known.traits.response_timeout;
  const bool unknown = known.typical == nanoseconds{0};
  const nanoseconds brief =
      std::min(whole, unknown ? unknown_probe : 3 * known.typical + probe_margin);
  const bool its_turn = ++known.probes % (unknown ? full_each_unknown : full_each) == 0;
  const bool full =
      known.full_next || (its_turn && now - last_full_probe_ >= nanoseconds(full_pause));
  if (!full) return {.timeout = brief, .give_way_after = brief};
  known.full_next = false;
  last_full_probe_ = now;
  return {.timeout = whole, .give_way_after = std::min(whole, probe_margin)};
}

void Units::learn(Unit& unit, nanoseconds thinking) {
  const nanoseconds seen = std::max<nanoseconds>(thinking, 1us);
  unit.typical = unit.typical == nanoseconds{0} ? seen : (unit.typical * 7 + seen) / 8;
}

Units::Change Units::fail(Unit& unit, bool probe, SteadyTime now) {
  ++unit.failures;
  if (unit.dead) {
    if (!probe) return Change::none;
    unit.pause = std::min<std::chrono::milliseconds>(unit.pause * 2, longest_pause);
    unit.probe_at = now + unit.pause;
    return Change::none;
  }
  if (unit.failures < unit.traits.failures_until_dead) return Change::none;
  unit.dead = true;
  unit.pause = first_pause;
  unit.probe_at = now + unit.pause;
  unit.probes = 0;
  return Change::died;
}

Units::Change Units::ended(std::uint8_t unit, Ending ending, std::uint8_t exception, bool probe,
                           const ExchangeTimes& times) {
  Unit& known = units_[unit];
  const Meaning means = meaning(ending, exception);
  known.ready = times.ended + known.traits.turnaround;
  known.owed_until = quarantines_ && still_owes(ending) ? times.question_end + known.traits.lateness
                                                        : SteadyTime{};
  if (means == Meaning::neither) return Change::none;
  if (means == Meaning::failed) return fail(known, probe, times.ended);
  if (ending == Ending::answered) learn(known, times.thinking);
  known.failures = 0;
  const bool was_dead = std::exchange(known.dead, false);
  return was_dead ? Change::revived : Change::none;
}

void Units::late(std::uint8_t unit, SteadyTime now) {
  const auto at = units_.find(unit);
  if (at == units_.end()) return;
  at->second.owed_until = SteadyTime{};
  at->second.ready = std::max(at->second.ready, now + at->second.traits.turnaround);
  if (!at->second.dead) return;
  // It lives, only slowly: ask at once, and wait long enough this time.
  at->second.full_next = true;
  at->second.probe_at = now;
}

void Units::line_opened(SteadyTime now) {
  for (auto& [unit, known] : units_) {
    if (!known.dead) continue;
    known.pause = first_pause;
    known.probe_at = now;
  }
}

}  // namespace genkan::bus
