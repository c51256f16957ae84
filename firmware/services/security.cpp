#include "firmware/services/security.hpp"

namespace genkan::services {

namespace {

bool arms(domain::Command command) {
  return command == domain::Command::arm_away || command == domain::Command::arm_home;
}

}  // namespace

domain::GuardRuling Security::check(domain::Command command, const DeviceId& panel) const {
  if (command == domain::Command::disarm) {
    return domain::may_disarm(remote_disarm_ == RemoteDisarm::allowed);
  }
  if (!arms(command)) return {};
  std::optional<domain::Guard> guard;
  if (const auto reported = fleet_.reported(panel)) {
    const auto value = reported->state.get(domain::Field::guard);
    if (value && reported->link == domain::Link::fresh) guard = static_cast<domain::Guard>(*value);
  }
  return domain::may_arm(command, guard, zones(panel));
}

void Security::explain(domain::Command command, const DeviceId& panel,
                       domain::Outcome& outcome) const {
  if (!arms(command) || outcome.verdict != domain::Verdict::failed ||
      outcome.reason != domain::Reason::rejected) {
    return;
  }
  auto ruling = domain::may_arm(command, std::nullopt, zones(panel));
  if (ruling.reason != domain::Reason::zone_active) return;
  outcome.reason = ruling.reason;
  outcome.detail = std::move(ruling.detail);
}

std::vector<domain::ZoneNow> Security::zones(const DeviceId& panel) const {
  std::vector<domain::ZoneNow> list;
  for (const auto* zone : directory_.zones_of(panel)) {
    list.push_back({zone, fleet_.reported(zone->id).value_or(domain::Reported{})});
  }
  return list;
}

}  // namespace genkan::services
