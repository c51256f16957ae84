#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "drivers/devices/line.hpp"
#include "drivers/devices/link.hpp"
#include "drivers/devices/lock_memories.hpp"
#include "drivers/profile/profile.hpp"
#include "firmware/ports/fleet.hpp"

namespace genkan::devices {

// The devices of the building over their buses and profiles. README.md beside this tells the rules.
//
// Destroyed before the loop's context: commands and reads that wait end with Reason::stopping (or
// ErrorCode::cancelled) in the loop's next turns; nothing touches the fleet after that.
class BusFleet final : public ports::Fleet {
 public:
  // `clock` and `catalog` outlive the fleet. `delay` waits by the same clock.
  BusFleet(boost::asio::any_io_executor loop, const Clock& clock, const profile::Catalog& catalog,
           LinkFactory links, std::shared_ptr<Delay> delay);
  // With the loop's own timers.
  BusFleet(boost::asio::any_io_executor loop, const Clock& clock, const profile::Catalog& catalog,
           LinkFactory links);
  ~BusFleet() override;
  BusFleet(const BusFleet&) = delete;
  BusFleet& operator=(const BusFleet&) = delete;

  // A door found open without a hold is closed at its first read: call hold() in the same turn of
  // the loop, or before. Holds stay with their device's id.
  void configure(const domain::Inventory& inventory) override;
  void listen(ports::FleetListener& listener) override { listener_ = &listener; }

  std::vector<domain::Command> commands(const DeviceId& device) const override;
  std::optional<domain::Reported> reported(const DeviceId& device) const override;
  ports::asio::awaitable<domain::Outcome> execute(DeviceId device, domain::DeviceCommand command,
                                                  SteadyTime deadline) override;
  ports::asio::awaitable<Result<domain::Reported>> refresh(DeviceId device,
                                                           SteadyTime deadline) override;
  // Of an entrance: open or closed. Of a light or air conditioner: on, or (false, if it was held)
  // switched off once. Others are not held.
  void hold(const DeviceId& device, bool held) override;

  std::vector<ports::BusStatistics> statistics() const override;
  // Ends after 5 s at the latest if its turn did not come by then.
  ports::asio::awaitable<Result<std::vector<std::uint16_t>>> ask(
      BusId bus, ports::RegisterQuestion question) override;
  // Asks for holding register 0 of each unit in turn. Units with devices of ours are not asked and
  // told as "in use", those of them that do not answer as "in use, silent".
  ports::asio::awaitable<Result<std::vector<ports::ScanHit>>> scan(BusId bus, std::uint8_t first,
                                                                   std::uint8_t last) override;

  // Ends running openings now and waits until their contacts are read as off, or until `deadline`.
  // For an orderly stop of the gateway; false if one could not be closed.
  ports::asio::awaitable<bool> close_openings(SteadyTime deadline);

  // The memories of its locks; lives as long as the fleet.
  ports::LockMemory& memories() { return memories_; }

 private:
  std::shared_ptr<Device> find(const DeviceId& id) const;
  void drop_changed(const domain::Inventory& inventory);
  void add_new(const domain::Inventory& inventory);
  void tell(const DeviceId& id, const domain::Reported& before, const domain::Reported& now);
  std::vector<std::string> active_zones(const DeviceId& panel) const;

  const profile::Catalog& catalog_;
  LinkFactory links_;
  ports::FleetListener* listener_ = nullptr;
  std::shared_ptr<const Context> context_;
  std::map<BusId, std::shared_ptr<Line>> lines_;
  std::map<DeviceId, std::shared_ptr<Device>> devices_;
  std::set<DeviceId> early_holds_;  // of devices that come with the next configure
  LockMemories memories_{[this](const DeviceId& id) { return find(id); }};
};

}  // namespace genkan::devices
