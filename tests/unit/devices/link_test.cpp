#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "drivers/devices/fleet.hpp"
#include "tests/unit/devices/models.hpp"

// The fleet over a real bus, as far as that goes without a device.
namespace genkan::devices::test {

TEST_CASE("link: a real bus that nobody answers is told as down, and can be let go of") {
  struct Listener final : ports::FleetListener {
    void on_reported(const DeviceId&, const domain::Reported&, const domain::Reported&) override {}
    void on_bus(const BusId&, const std::string& why) override { fault = why; }
    std::string fault;
  };
  boost::asio::io_context io;
  const SystemClock clock(true);
  const profile::Catalog models = catalog();
  Listener listener;
  BusFleet fleet(io.get_executor(), clock, models, open_buses(io.get_executor()));
  fleet.listen(listener);
  domain::Inventory inventory;
  // Port 1 of the loopback: nothing listens there.
  inventory.buses.push_back({.id = BusId("net"),
                             .name = "net",
                             .line = domain::TcpLink{.host = "127.0.0.1", .port = 1},
                             .source_line = 0});
  domain::DeviceConfig lock;
  lock.id = DeviceId("lock-1");
  lock.model = "lock";
  lock.bus = BusId("net");
  inventory.devices.push_back(lock);
  fleet.configure(inventory);
  const SteadyTime limit = Steady::now() + 10s;
  while (listener.fault.empty() && Steady::now() < limit) io.run_one_for(100ms);
  CHECK_FALSE(listener.fault.empty());
  while (fleet.reported(lock.id)->link == domain::Link::unknown && Steady::now() < limit) {
    io.run_one_for(100ms);
  }
  CHECK(fleet.reported(lock.id)->link == domain::Link::stale);
}

}  // namespace genkan::devices::test
