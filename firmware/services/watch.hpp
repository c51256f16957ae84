#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "firmware/base/clock.hpp"
#include "firmware/domain/events.hpp"
#include "firmware/ports/fleet.hpp"
#include "firmware/ports/store.hpp"
#include "firmware/services/directory.hpp"
#include "firmware/services/holds.hpp"
#include "firmware/services/live.hpp"
#include "firmware/services/requests.hpp"
#include "firmware/services/troubles.hpp"

namespace genkan::services {

// Watches the hardware: turns what devices report into records and troubles, each once, over
// restarts too, and puts both with what was seen on disk in one transaction. Loop thread.
class Watch final : public ports::FleetListener {
 public:
  struct Needs {
    ports::Fleet& fleet;
    ports::Store& store;
    const Clock& clock;
    const Directory& directory;
    Troubles& troubles;
    Requests& requests;
    Holds& holds;
    LiveHub& live;
    domain::SlotOwners owner_of = {};  // for "unlocked by" (HIS-2); none: slots are told
  };
  explicit Watch(const Needs& needs) : needs_(needs) {}

  // What was last told of each device before the gateway went down.
  void restore(const std::map<DeviceId, domain::DeviceState>& last_states);
  // Devices that are gone, or are another thing now, are forgotten. `before` is the old site.
  void site_changed(const domain::Inventory& before, ports::Change& change);

  void on_reported(const DeviceId& device, const domain::Reported& before,
                   const domain::Reported& now) override;
  void on_bus(const BusId& bus, const std::string& fault) override;

  // A command is done and this was read back; makes of it what a report would have made.
  void learn(std::uint64_t request, const DeviceId& device, const domain::DeviceState& read_back);
  // Records of its own of a request (done without a trace, failed, refused).
  void record(std::uint64_t request, const DeviceId& device, const domain::Outcome& outcome,
              std::chrono::milliseconds took);
  // Once a second: doors left open, readings that did not settle, lines that came back.
  void tick();
  // Puts a change on disk, counting its records for the answers that wait for them.
  void submit(ports::Change change);

 private:
  struct Known {
    domain::DeviceState told;     // the state that the journal has told of
    domain::DeviceState on_disk;  // what of it is on disk
    // The fields read since the gateway started or the device was back: the first reading of each
    // may differ by what happened while we were away. (A device's fields come in several readings.)
    domain::DeviceState seen;
    domain::AlarmState alarm = domain::AlarmState::quiet;
    std::optional<SteadyTime> door_open_since;
    std::optional<SteadyTime> unsettled_since;
  };
  struct Line {
    bool down = false;
    std::optional<SteadyTime> up_since;  // nothing: it was never down
  };

  void look(const Directory::Entry& entry, const domain::Reported& now, ports::Change& change);
  void tell(const Directory::Entry& entry, Known& known, const domain::DeviceState& now,
            ports::Change& change);
  void tell_once(const Directory::Entry& entry, Known& known, domain::Seen seen,
                 const domain::DeviceState& now, ports::Change& change);
  void judge(const Directory::Entry& entry, const Known& known, const domain::Reported& now,
             ports::Change& change);
  bool wait_to_settle(const Directory::Entry& entry, Known& known, const domain::DeviceState& now);
  domain::EventContext context(const Directory::Entry& entry, const Known& known, domain::Seen seen,
                               std::span<const domain::UnderWay> commands,
                               std::span<const std::uint8_t> released) const;
  std::optional<domain::Guard> guard_of(const domain::DeviceConfig& zone) const;
  bool line_silent(const BusId& bus) const;

  Needs needs_;
  std::map<DeviceId, Known> known_;
  std::map<BusId, Line> lines_;
};

}  // namespace genkan::services
