#pragma once

#include <vector>

#include "firmware/domain/caller.hpp"
#include "firmware/domain/guard.hpp"
#include "firmware/ports/fleet.hpp"
#include "firmware/services/directory.hpp"

namespace genkan::services {

// Arming and disarming (SEC-1, SEC-2, SEC-3, SEC-8), over what panel and zones report now.
// Loop thread.
class Security {
 public:
  // Whether disarming from afar is enabled (SEC-8).
  enum class RemoteDisarm : std::uint8_t { refused, allowed };

  Security(const ports::Fleet& fleet, const Directory& directory, RemoteDisarm remote_disarm)
      : fleet_(fleet), directory_(directory), remote_disarm_(remote_disarm) {}

  // Why this command may not go to this panel; Reason::none for all other commands.
  domain::GuardRuling check(domain::Command command, const DeviceId& panel) const;
  // A panel says no without saying why: if a zone went active meanwhile, that is why (SEC-2).
  void explain(domain::Command command, const DeviceId& panel, domain::Outcome& outcome) const;

 private:
  std::vector<domain::ZoneNow> zones(const DeviceId& panel) const;

  const ports::Fleet& fleet_;
  const Directory& directory_;
  RemoteDisarm remote_disarm_;
};

}  // namespace genkan::services
