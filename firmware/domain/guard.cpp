#include "firmware/domain/guard.hpp"

#include "firmware/base/text.hpp"

namespace genkan::domain {

namespace {

// What keeps a zone from being guarded.
enum class Obstacle : std::uint8_t { none, active, silent };

Obstacle obstacle(Command command, const ZoneNow& now) {
  const DeviceState& state = now.reported.state;
  const bool motion = now.zone->purpose == ZonePurpose::motion;
  if (command == Command::arm_home && motion) return Obstacle::none;
  if (state.get(Field::bypass) == 1) return Obstacle::none;
  if (now.reported.link != Link::fresh || !state.get(Field::zone)) return Obstacle::silent;
  return state.is(Field::zone, Zone::active) ? Obstacle::active : Obstacle::none;
}

// Names at most this many zones; a detail stays a sentence.
constexpr std::size_t most_named = 8;

std::string named(Command command, std::span<const ZoneNow> zones, Obstacle wanted) {
  std::string names;
  std::size_t count = 0;
  for (const auto& zone : zones) {
    if (obstacle(command, zone) != wanted || ++count > most_named) continue;
    names += cat(names.empty() ? "" : ", ", zone.zone->name);
  }
  return count > most_named ? cat(names, " and ", count - most_named, " more") : names;
}

}  // namespace

GuardRuling may_arm(Command command, std::optional<Guard> guard, std::span<const ZoneNow> zones) {
  if (guard == Guard::away || guard == Guard::home) {
    return {Reason::already_armed, text_of({Field::guard}, static_cast<std::int32_t>(*guard))};
  }
  if (auto active = named(command, zones, Obstacle::active); !active.empty()) {
    return {Reason::zone_active, std::move(active)};
  }
  if (auto silent = named(command, zones, Obstacle::silent); !silent.empty()) {
    return {Reason::no_answer, std::move(silent)};
  }
  return {};
}

GuardRuling may_disarm(bool remote_disarm) {
  if (remote_disarm) return {};
  return {Reason::not_allowed, "disarming from afar is not enabled in this building"};
}

}  // namespace genkan::domain
