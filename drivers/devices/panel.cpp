#include <algorithm>

#include "drivers/devices/answers.hpp"
#include "drivers/devices/behaviour.hpp"

namespace genkan::devices {

namespace {

using domain::Command;
using domain::Outcome;
using domain::Reason;

// "cannot do it now": what a panel answers when a zone keeps it from arming.
constexpr std::uint8_t server_device_failure = 4;

bool arming(const Situation& situation) {
  return situation.command.command == Command::arm_away ||
         situation.command.command == Command::arm_home;
}

// SEC-2: arming fails and names the zones.
Outcome zones_in_the_way(const Situation& situation) {
  std::string names;
  for (const std::string& zone : situation.active_zones) {
    if (!names.empty()) names += ", ";
    names += zone;
  }
  return failed(situation, Reason::zone_active, std::move(names));
}

Outcome refusal(const Situation& situation, std::uint8_t exception) {
  if (arming(situation) && exception == server_device_failure && !situation.active_zones.empty()) {
    return zones_in_the_way(situation);
  }
  return plain_refusal(situation, exception);
}

Outcome late(const Situation& situation) {
  if (arming(situation) && !situation.active_zones.empty()) return zones_in_the_way(situation);
  return plain_late(situation);
}

}  // namespace

const Behaviour panel_behaviour{.early = never_early, .late = late, .refusal = refusal};

}  // namespace genkan::devices
