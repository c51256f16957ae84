#pragma once

#include <chrono>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "firmware/domain/caller.hpp"
#include "firmware/services/gateway.hpp"
#include "firmware/services/holds.hpp"
#include "firmware/services/requests.hpp"
#include "firmware/services/security.hpp"
#include "firmware/services/watch.hpp"

namespace genkan::services {

// What somebody asks of a device, from request to record (DEV-10): rights, guard rules, the device,
// the journal. Each request is one record (docs/SITE.md, "One request, one record").
// A door never waits for a disk: first it moves, then the answer waits for the record. Loop thread.
class Commands {
 public:
  struct Needs {
    ports::Fleet& fleet;
    const Clock& clock;
    const Directory& directory;
    const Security& security;
    const GatewayPolicy& policy;
    Requests& requests;
    Troubles& troubles;
    Holds& holds;
    Watch& watch;
  };
  explicit Commands(const Needs& needs) : needs_(needs) {}

  boost::asio::awaitable<Result<CommandAnswer>> run(domain::Caller caller, DeviceId device,
                                                    domain::DeviceCommand command,
                                                    std::chrono::milliseconds timeout);
  // From now on every command is refused: stopping. Ends once those under way have ended and are
  // recorded, at most `most`.
  boost::asio::awaitable<void> stop(std::chrono::milliseconds most);

 private:
  // Refusals of callers without the right are recorded, at most this many a minute: a stranger must
  // not be able to push the building's history out of the journal.
  static constexpr int most_refusals_a_minute = 60;

  Result<> check_right(const domain::Caller& caller, const DeviceId& device,
                       domain::Command command) const;
  Result<> check_form(const domain::DeviceCommand& command) const;
  domain::Outcome refusal(const Directory::Entry& entry, domain::Command command) const;
  void record_forbidden(const domain::Caller& caller, const DeviceId& device,
                        const domain::DeviceCommand& command, const std::string& why);
  // An end_hold is desired before it is tried, so that it comes true even if the device is away; a
  // hold_open once it is done, so that no door opens long after somebody was told that it failed.
  void before_hold(const DeviceId& device, domain::Command command);
  void after_hold(const DeviceId& device, domain::Command command, const domain::Outcome& outcome);
  void conclude(std::uint64_t request, const DeviceId& device, const domain::Outcome& outcome,
                std::chrono::milliseconds took);
  void judge(const DeviceId& device, const domain::Outcome& outcome);

  Needs needs_;
  bool stopping_ = false;
  std::size_t under_way_ = 0;
  Signal ended_;
  SteadyTime refusals_since_{};
  int refusals_ = 0;
};

}  // namespace genkan::services
