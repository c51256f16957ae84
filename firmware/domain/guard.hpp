#pragma once

#include <optional>
#include <span>
#include <string>

#include "firmware/domain/command.hpp"
#include "firmware/domain/device_state.hpp"
#include "firmware/domain/inventory.hpp"

// When a panel may be armed and disarmed from here (SEC-2, SEC-3, SEC-8).
namespace genkan::domain {

struct ZoneNow {
  const DeviceConfig* zone = nullptr;
  Reported reported;
};

// Why not, and which zones; Reason::none: it may.
struct GuardRuling {
  Reason reason = Reason::none;
  std::string detail;
};

// `guard` as the panel reports it now; nothing if it is not known. `zones` are those of the panel.
// A zone that does not answer cannot be vouched for: it refuses arming like an active one, unless
// it is bypassed. Motion is allowed when arming home: somebody is in.
GuardRuling may_arm(Command command, std::optional<Guard> guard, std::span<const ZoneNow> zones);

// SEC-8: whether disarming from afar is enabled here. Rights are the caller's matter.
GuardRuling may_disarm(bool remote_disarm);

}  // namespace genkan::domain
