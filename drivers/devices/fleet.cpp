#include "drivers/devices/fleet.hpp"

#include <algorithm>
#include <utility>

#include "drivers/devices/maintenance.hpp"
#include "firmware/base/log.hpp"
#include "firmware/base/text.hpp"

namespace genkan::devices {

namespace asio = boost::asio;

namespace {

using domain::Outcome;
using domain::Reason;
using domain::Verdict;

// The same place in the same hardware; names, rooms and limits do not matter to the wire.
bool same_place(const domain::DeviceConfig& a, const domain::DeviceConfig& b) {
  return a.model == b.model && a.bus == b.bus && a.unit == b.unit && a.channel == b.channel;
}

Outcome refused(Reason reason, std::string detail) {
  return {.verdict = Verdict::refused, .reason = reason, .detail = std::move(detail), .state = {}};
}

bool offers(const profile::Profile& profile, domain::Command command) {
  return profile.plan(command) != nullptr && domain::has_command(profile.info.kind, command);
}

// What is wrong with the part that a command names; empty if nothing is.
std::string part_fault(const profile::Profile& profile, const domain::DeviceCommand& command) {
  const domain::CommandSpec& spec = domain::spec(command.command);
  if (!spec.takes_part) {
    return command.part == 0 ? "" : cat(spec.name, " takes no part");
  }
  std::uint8_t parts = 0;
  for (const profile::Write& write : profile.plan(command.command)->writes) {
    parts = std::max(parts, profile.registers[write.reg].parts);
  }
  if (command.part >= 1 && command.part <= parts) return "";
  return cat("the part of ", spec.name, " is 1 to ", parts);
}

asio::awaitable<Outcome> wait_for(std::shared_ptr<Device> device, std::shared_ptr<Ticket> ticket) {
  while (!ticket->outcome) {
    const bool started = ticket->started;
    const SteadyTime now = device->context().clock.steady();
    if (!started && now >= ticket->deadline) {
      device->expire(ticket);
      break;
    }
    // Once started, the run itself ends by the deadline.
    co_await ticket->wake->until(started ? SteadyTime::max() : ticket->deadline);
  }
  co_return ticket->outcome.value_or(
      Outcome{.verdict = Verdict::expired, .reason = Reason::none, .detail = {}, .state = {}});
}

// Every read of the device has answered since `since`.
bool all_read(const Device& device, SteadyTime since) {
  return std::ranges::all_of(device.ranges(),
                             [since](const auto& range) { return range->good_since(since); });
}

std::uint32_t misses(const Device& device) {
  std::uint32_t sum = 0;
  for (const auto& range : device.ranges()) sum += range->misses;
  return sum;
}

asio::awaitable<Result<domain::Reported>> read_now(std::shared_ptr<Device> device,
                                                   SteadyTime deadline) {
  const std::string name = cat("device ", device->config().id.str());
  const Clock& clock = device->context().clock;
  const SteadyTime since = clock.steady();
  const auto wake = device->new_wake();
  if (device->ranges().empty()) {
    co_return fail(ErrorCode::unsupported, cat(name, ": its model has nothing to read"));
  }
  std::uint32_t seen = misses(*device);
  bool retried = false;
  device->hurry(device->ranges());
  while (!device->detached() && !all_read(*device, since)) {
    if (const std::string fault = device->line_fault(); !fault.empty()) {
      co_return fail(ErrorCode::unreachable, cat(name, ": its line is down: ", fault));
    }
    if (clock.steady() >= deadline) {
      co_return fail(ErrorCode::timeout, cat(name, ": it was not read within the time"));
    }
    if (const std::uint32_t now = misses(*device); now != seen) {
      if (retried || device->unit_dead()) {
        co_return fail(ErrorCode::unreachable, cat(name, ": it does not answer"));
      }
      // One answer may have been damaged; the device is asked once more.
      retried = true;
      seen = now;
      device->hurry(device->ranges());
    }
    co_await wake->until(deadline);
  }
  if (device->detached()) {
    co_return fail(ErrorCode::cancelled, cat(name, ": it was taken off the gateway"));
  }
  co_return device->reported();
}

}  // namespace

BusFleet::BusFleet(asio::any_io_executor loop, const Clock& clock, const profile::Catalog& catalog,
                   LinkFactory links, std::shared_ptr<Delay> delay)
    : catalog_(catalog),
      links_(std::move(links)),
      context_(std::make_shared<Context>(Context{
          .loop = std::move(loop),
          .delay = std::move(delay),
          .clock = clock,
          .tell = [this](const DeviceId& id, const domain::Reported& before,
                         const domain::Reported& now) { tell(id, before, now); },
          .active_zones = [this](const DeviceId& panel) { return active_zones(panel); }})) {}

BusFleet::BusFleet(asio::any_io_executor loop, const Clock& clock, const profile::Catalog& catalog,
                   LinkFactory links)
    : BusFleet(loop, clock, catalog, std::move(links), loop_delay(loop)) {}

// Detached devices call nothing of the context that leads back here.
BusFleet::~BusFleet() {
  listener_ = nullptr;
  for (const auto& [id, device] : devices_) device->detach(Reason::stopping, false);
  for (const auto& [id, line] : lines_) line->close();
}

void BusFleet::configure(const domain::Inventory& inventory) {
  drop_changed(inventory);
  add_new(inventory);
  std::map<BusId, std::vector<std::shared_ptr<Device>>> by_bus;
  for (const domain::DeviceConfig& config : inventory.devices) {
    if (const auto device = find(config.id)) by_bus[config.bus].push_back(device);
  }
  const auto lines = lines_;
  for (const auto& [id, line] : lines) line->plan(by_bus[id]);
  for (const DeviceId& id : std::exchange(early_holds_, {})) hold(id, true);
}

void BusFleet::drop_changed(const domain::Inventory& inventory) {
  const auto bus_stays = [&](const BusId& id) {
    const domain::BusConfig* now = inventory.bus(id);
    const auto line = lines_.find(id);
    return now != nullptr && line != lines_.end() && line->second->config().line == now->line;
  };
  std::erase_if(devices_, [&](const auto& entry) {
    const auto& [id, device] = entry;
    const domain::DeviceConfig* now = inventory.device(id);
    const bool same_model =
        now != nullptr && &device->profile() == catalog_.profile(device->config().model);
    if (same_model && same_place(*now, device->config()) && bus_stays(now->bus)) return false;
    if (now != nullptr && device->held()) early_holds_.insert(id);
    device->detach(now == nullptr ? Reason::unknown_device : Reason::stopping, true);
    return true;
  });
  std::erase_if(lines_, [&](const auto& entry) {
    if (bus_stays(entry.first)) return false;
    entry.second->close();
    return true;
  });
}

void BusFleet::add_new(const domain::Inventory& inventory) {
  for (const domain::BusConfig& config : inventory.buses) {
    std::shared_ptr<Line>& line = lines_[config.id];
    if (line) {
      line->rename(config);
      continue;
    }
    line = Line::open(config, links_, context_, [this](const BusId& bus, const std::string& fault) {
      if (listener_ != nullptr) listener_->on_bus(bus, fault);
    });
  }
  for (const domain::DeviceConfig& config : inventory.devices) {
    if (const auto known = find(config.id)) {
      known->rename(config);
      continue;
    }
    const profile::Profile* profile = catalog_.profile(config.model);
    if (profile == nullptr || !lines_.contains(config.bus)) {
      log(LogLevel::error, "a device is left out: its model or bus is not known",
          {{"device", config.id.str()}, {"model", config.model}, {"bus", config.bus.str()}});
      continue;
    }
    devices_[config.id] = std::make_shared<Device>(config, *profile, context_);
  }
}

std::shared_ptr<Device> BusFleet::find(const DeviceId& id) const {
  const auto found = devices_.find(id);
  return found == devices_.end() ? nullptr : found->second;
}

void BusFleet::tell(const DeviceId& id, const domain::Reported& before,
                    const domain::Reported& now) {
  if (listener_ != nullptr) listener_->on_reported(id, before, now);
}

std::vector<std::string> BusFleet::active_zones(const DeviceId& panel) const {
  std::vector<std::string> names;
  for (const auto& [id, device] : devices_) {
    const domain::DeviceState& state = device->reported().state;
    if (device->config().panel != panel) continue;
    if (state.is(domain::Field::zone, domain::Zone::active) &&
        !state.is(domain::Field::bypass, 1)) {
      names.push_back(device->config().name);
    }
  }
  return names;
}

std::vector<domain::Command> BusFleet::commands(const DeviceId& id) const {
  std::vector<domain::Command> offered;
  const auto device = find(id);
  if (!device) return offered;
  for (const domain::Command command : domain::spec(device->profile().info.kind).commands) {
    if (offers(device->profile(), command)) offered.push_back(command);
  }
  return offered;
}

std::optional<domain::Reported> BusFleet::reported(const DeviceId& id) const {
  const auto device = find(id);
  return device ? std::optional(device->reported()) : std::nullopt;
}

asio::awaitable<Outcome> BusFleet::execute(DeviceId id, domain::DeviceCommand command,
                                           SteadyTime deadline) {
  const auto device = find(id);
  if (!device) co_return refused(Reason::unknown_device, "");
  if (!offers(device->profile(), command.command)) co_return refused(Reason::unknown_command, "");
  if (auto fault = part_fault(device->profile(), command); !fault.empty()) {
    co_return refused(Reason::invalid, std::move(fault));
  }
  auto ticket = device->enqueue(command, deadline);
  Outcome outcome = co_await wait_for(device, ticket);
  co_return outcome;
}

asio::awaitable<Result<domain::Reported>> BusFleet::refresh(DeviceId id, SteadyTime deadline) {
  const auto device = find(id);
  if (!device) co_return fail(ErrorCode::unknown, cat("there is no device ", id.str()));
  Result<domain::Reported> read = co_await read_now(device, deadline);
  co_return read;
}

void BusFleet::hold(const DeviceId& id, bool held) {
  if (const auto device = find(id)) {
    device->hold(held);
  } else if (held) {
    early_holds_.insert(id);
  } else {
    early_holds_.erase(id);
  }
}

std::vector<ports::BusStatistics> BusFleet::statistics() const {
  std::vector<ports::BusStatistics> all;
  for (const auto& [id, line] : lines_) {
    all.push_back(line->link()->statistics());
    all.back().bus = id;
  }
  return all;
}

asio::awaitable<Result<std::vector<std::uint16_t>>> BusFleet::ask(
    BusId bus, ports::RegisterQuestion question) {
  const auto found = lines_.find(bus);
  if (found == lines_.end()) co_return fail(ErrorCode::unknown, cat("there is no bus ", bus.str()));
  auto values = co_await ask_register(found->second, context_, std::move(question));
  co_return values;
}

asio::awaitable<Result<std::vector<ports::ScanHit>>> BusFleet::scan(BusId bus, std::uint8_t first,
                                                                    std::uint8_t last) {
  const auto found = lines_.find(bus);
  if (found == lines_.end()) co_return fail(ErrorCode::unknown, cat("there is no bus ", bus.str()));
  if (first > last) {
    co_return fail(ErrorCode::invalid, "the first unit to scan must not be greater than the last");
  }
  auto hits = co_await scan_units(found->second, context_, first, last);
  co_return hits;
}

asio::awaitable<bool> BusFleet::close_openings(SteadyTime deadline) {
  std::vector<std::shared_ptr<Device>> open;
  for (const auto& [id, device] : devices_) {
    if (!device->finish_outputs()) open.push_back(device);
  }
  const auto context = context_;
  for (const auto& device : open) {
    const auto wake = device->new_wake();
    while (!device->detached() && !device->outputs_settled()) {
      if (context->clock.steady() >= deadline) co_return false;
      co_await wake->until(deadline);
    }
  }
  co_return true;
}

}  // namespace genkan::devices
