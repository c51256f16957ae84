#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/devices/fleet.hpp"
#include "tests/unit/devices/fake_wire.hpp"
#include "tests/unit/devices/models.hpp"

namespace genkan::devices::test {

struct Change {
  std::string device;
  domain::Reported before;
  domain::Reported now;
};

// Remembers all that the fleet tells.
class Recorder final : public ports::FleetListener {
 public:
  void on_reported(const DeviceId& device, const domain::Reported& before,
                   const domain::Reported& now) override {
    changes.push_back({device.str(), before, now});
  }
  void on_bus(const BusId& bus, const std::string& fault) override {
    faults.push_back({bus.str(), fault});
  }
  std::vector<Change> changes;
  std::vector<std::pair<std::string, std::string>> faults;
};

// What becomes of an asynchronous call.
template <class T>
struct Pending {
  std::optional<T> value;
  SteadyTime began{};
  SteadyTime ended{};
  std::chrono::milliseconds took() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(ended - began);
  }
};

// A fleet over fake wires "line" (serial) and "net" (TCP), and time that the test moves.
class World {
 public:
  World();
  ~World();

  // Adds a device to the inventory that configure() hands over. Named after its id.
  domain::DeviceConfig& add(const std::string& id, const std::string& model, std::uint8_t unit,
                            std::uint16_t channel = 1, const std::string& bus = "line");
  void configure();
  // configure() and time for the first reads.
  void start();

  void advance(std::chrono::milliseconds by) { time.advance(io, by); }
  std::shared_ptr<Pending<domain::Outcome>> execute(
      const std::string& id, domain::Command command,
      std::chrono::milliseconds within = std::chrono::seconds(10), std::uint8_t part = 0);
  std::shared_ptr<Pending<Result<domain::Reported>>> refresh(
      const std::string& id, std::chrono::milliseconds within = std::chrono::seconds(10));
  // Executes and lets time pass until it has ended (a minute at most).
  domain::Outcome run(const std::string& id, domain::Command command,
                      std::chrono::milliseconds within = std::chrono::seconds(10),
                      std::uint8_t part = 0);
  // Lets time pass until the call has ended, a minute at most.
  template <class T>
  void finish(const Pending<T>& pending) {
    for (int i = 0; i < 6000 && !pending.value; ++i) advance(std::chrono::milliseconds(10));
  }
  std::shared_ptr<Pending<Result<std::vector<std::uint16_t>>>> ask(
      const std::string& bus, ports::RegisterQuestion question);
  std::shared_ptr<Pending<Result<std::vector<ports::ScanHit>>>> scan(const std::string& bus,
                                                                     std::uint8_t first,
                                                                     std::uint8_t last);
  std::shared_ptr<Pending<bool>> close_openings(std::chrono::milliseconds within);

  domain::Reported reported(const std::string& id) { return *fleet->reported(DeviceId(id)); }
  domain::Link link(const std::string& id) { return reported(id).link; }
  std::uint16_t& coil(std::uint8_t unit, std::uint16_t address) {
    return wire.at(unit, bus::Table::coil, address);
  }
  std::uint16_t& discrete(std::uint8_t unit, std::uint16_t address) {
    return wire.at(unit, bus::Table::discrete, address);
  }
  std::uint16_t& input(std::uint8_t unit, std::uint16_t address) {
    return wire.at(unit, bus::Table::input, address);
  }
  // The values written to a coil, in order.
  std::vector<int> written(std::uint8_t unit, std::uint16_t address,
                           bus::Table table = bus::Table::coil) const;
  // A bolt that follows coil 0 of the unit after its travel (bits 0-1 of input 0).
  void bolt(std::uint8_t unit, std::chrono::milliseconds travel = std::chrono::milliseconds(400));
  void after(std::chrono::milliseconds in, std::function<void()> action) {
    time.call_at(time.steady() + in, std::move(action));
  }

  boost::asio::io_context io;
  FakeTime time;
  FakeWire wire{io, time};
  FakeWire net{io, time};
  profile::Catalog models = catalog();
  domain::Inventory inventory;
  Recorder told;
  std::unique_ptr<BusFleet> fleet;
};

}  // namespace genkan::devices::test
