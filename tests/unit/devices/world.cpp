#include "tests/unit/devices/world.hpp"

#include "tests/unit/devices/spawn.hpp"

namespace genkan::devices::test {

World::World() {
  inventory.buses.push_back({.id = BusId("line"),
                             .name = "line",
                             .line = domain::SerialLine{.path = "/dev/ttyS0"},
                             .source_line = 0});
  inventory.buses.push_back({.id = BusId("net"),
                             .name = "net",
                             .line = domain::TcpLink{.host = "127.0.0.1", .port = 502},
                             .source_line = 0});
  const auto links = [this](const domain::BusConfig& config, bus::Bus::Events events) {
    return config.id == BusId("line") ? wire.open(std::move(events)) : net.open(std::move(events));
  };
  // The fleet shares the timers but does not own them.
  fleet = std::make_unique<BusFleet>(io.get_executor(), time, models, links,
                                     std::shared_ptr<Delay>(std::shared_ptr<void>{}, &time));
  fleet->listen(told);
}

World::~World() {
  fleet.reset();
  io.restart();
  io.poll();
}

domain::DeviceConfig& World::add(const std::string& id, const std::string& model, std::uint8_t unit,
                                 std::uint16_t channel, const std::string& bus) {
  domain::DeviceConfig config;
  config.id = DeviceId(id);
  config.name = id;
  config.model = model;
  config.bus = BusId(bus);
  config.unit = unit;
  config.channel = channel;
  inventory.devices.push_back(std::move(config));
  return inventory.devices.back();
}

void World::configure() { fleet->configure(inventory); }

void World::start() {
  configure();
  advance(std::chrono::milliseconds(250));
}

std::shared_ptr<Pending<domain::Outcome>> World::execute(const std::string& id,
                                                         domain::Command command,
                                                         std::chrono::milliseconds within,
                                                         std::uint8_t part) {
  return spawn_boxed(*this, fleet->execute(DeviceId(id), {command, part}, time.steady() + within));
}

std::shared_ptr<Pending<Result<domain::Reported>>> World::refresh(
    const std::string& id, std::chrono::milliseconds within) {
  return spawn_boxed(*this, fleet->refresh(DeviceId(id), time.steady() + within));
}

std::shared_ptr<Pending<Result<std::vector<std::uint16_t>>>> World::ask(
    const std::string& bus, ports::RegisterQuestion question) {
  return spawn_boxed(*this, fleet->ask(BusId(bus), std::move(question)));
}

std::shared_ptr<Pending<Result<std::vector<ports::ScanHit>>>> World::scan(const std::string& bus,
                                                                          std::uint8_t first,
                                                                          std::uint8_t last) {
  return spawn_boxed(*this, fleet->scan(BusId(bus), first, last));
}

std::shared_ptr<Pending<bool>> World::close_openings(std::chrono::milliseconds within) {
  return spawn_boxed(*this, fleet->close_openings(time.steady() + within));
}

domain::Outcome World::run(const std::string& id, domain::Command command,
                           std::chrono::milliseconds within, std::uint8_t part) {
  const auto pending = execute(id, command, within, part);
  finish(*pending);
  return pending->value.value_or(domain::Outcome{.verdict = domain::Verdict::refused,
                                                 .reason = domain::Reason::none,
                                                 .detail = "it never ended",
                                                 .state = {}});
}

std::vector<int> World::written(std::uint8_t unit, std::uint16_t address, bus::Table table) const {
  std::vector<int> values;
  for (const auto& write : wire.writes) {
    if (write.unit == unit && write.table == table && write.address == address) {
      values.push_back(write.value);
    }
  }
  return values;
}

void World::bolt(std::uint8_t unit, std::chrono::milliseconds travel) {
  wire.physics = [this, unit, travel](const FakeWire::Write& write) {
    if (write.unit != unit || write.table != bus::Table::coil || write.address != 0) return;
    std::uint16_t& status = input(unit, 0);
    const auto end = write.value;
    if ((status & 3) == end) return;
    status = static_cast<std::uint16_t>((status & ~3) | 2);
    after(travel, [&status, end] { status = static_cast<std::uint16_t>((status & ~3) | end); });
  };
}

}  // namespace genkan::devices::test
