#include "drivers/devices/line.hpp"

#include <algorithm>
#include <utility>

namespace genkan::devices {

namespace {

// The bus reports every read at least once a second while its unit answers. A value that was not
// confirmed for this long past its interval is not the present one, whatever the reason.
constexpr auto freshness_slack = 10s;
constexpr auto sweep_pause = 1s;

}  // namespace

Line::Line(domain::BusConfig config, std::shared_ptr<const Context> context, OnBus on_bus)
    : config_(std::move(config)), context_(std::move(context)), on_bus_(std::move(on_bus)) {}

std::shared_ptr<Line> Line::open(const domain::BusConfig& config, const LinkFactory& factory,
                                 std::shared_ptr<const Context> context, OnBus on_bus) {
  std::shared_ptr<Line> line(new Line(config, std::move(context), std::move(on_bus)));
  line->link_ = factory(config, line->events());
  line->sweep_later();
  return line;
}

bus::Bus::Events Line::events() {
  const std::weak_ptr<Line> weak = weak_from_this();
  return {.on_poll =
              [weak](const bus::PollReport& report) {
                if (const auto line = weak.lock()) line->on_poll(report);
              },
          .on_unit =
              [weak](std::uint8_t unit, bool dead) {
                if (const auto line = weak.lock()) line->on_unit(unit, dead);
              },
          .on_line =
              [weak](const std::string& fault) {
                if (const auto line = weak.lock()) line->on_line(fault);
              }};
}

void Line::plan(const std::vector<std::shared_ptr<Device>>& devices) {
  std::map<std::uint8_t, std::vector<std::shared_ptr<Device>>> by_unit;
  for (const auto& device : devices) by_unit[device->config().unit].push_back(device);

  std::erase_if(units_, [&by_unit](const auto& entry) {
    if (by_unit.contains(entry.first)) return false;
    entry.second.reader->close();
    return true;
  });
  for (auto& [number, members] : by_unit) {
    Unit& unit = units_[number];
    if (!unit.reader) {
      unit.reader = std::make_shared<UnitReader>(number, link_, context_->clock);
    }
    if (unit.devices == members) continue;
    std::vector<UnitReader::Member> models;
    for (const auto& device : members) models.push_back(device->member());
    unit.reader->plan(models);
    unit.devices = members;
    for (const auto& device : members) device->attach({link_, unit.reader, state_});
  }
}

void Line::close() {
  context_->delay->cancel(sweep_timer_);
  units_.clear();
  link_.reset();
}

bool Line::dead(std::uint8_t unit) const {
  const auto found = units_.find(unit);
  return found != units_.end() && found->second.reader->dead();
}

Line::Unit* Line::unit_of(bus::PollId poll) {
  for (auto& [number, unit] : units_) {
    const bool here = std::ranges::any_of(
        unit.reader->all(), [poll](const auto& range) { return range->poll == poll; });
    if (here) return &unit;
  }
  return nullptr;
}

void Line::on_poll(const bus::PollReport& report) {
  Unit* unit = link_ ? unit_of(report.poll) : nullptr;
  if (unit == nullptr) return;
  const bool changed = unit->reader->take(report.poll, report.answer);
  // A copy: whoever listens may configure the fleet anew.
  const auto devices = unit->devices;
  for (const auto& device : devices) {
    if (!device->detached()) device->on_poll(report.poll, changed);
  }
}

void Line::on_unit(std::uint8_t number, bool dead) {
  const auto found = units_.find(number);
  if (found == units_.end()) return;
  found->second.reader->set_dead(dead);
  if (dead) found->second.reader->lose();
  const auto devices = found->second.devices;
  for (const auto& device : devices) {
    if (device->detached()) continue;
    if (dead) {
      device->on_link();
    } else {
      device->on_revived();
    }
  }
}

void Line::on_line(const std::string& fault) {
  if (!link_) return;
  const bool was_down = !state_->fault.empty();
  state_->fault = fault;
  const auto self = shared_from_this();
  std::vector<std::shared_ptr<Device>> devices;
  for (auto& [number, unit] : units_) {
    if (!fault.empty()) unit.reader->lose();
    devices.insert(devices.end(), unit.devices.begin(), unit.devices.end());
  }
  on_bus_(config_.id, fault);
  for (const auto& device : devices) {
    if (device->detached()) continue;
    if (!fault.empty()) {
      device->on_link();
    } else if (was_down) {
      device->on_revived();
    }
  }
}

void Line::sweep_later() {
  sweep_timer_ =
      context_->delay->call_at(context_->clock.steady() + sweep_pause, [weak = weak_from_this()] {
        if (const auto line = weak.lock()) line->sweep();
      });
}

void Line::sweep() {
  if (!link_) return;
  const SteadyTime now = context_->clock.steady();
  std::vector<std::shared_ptr<Device>> devices;
  for (auto& [number, unit] : units_) {
    if (!unit.reader->lose_older_than(now, freshness_slack)) continue;
    devices.insert(devices.end(), unit.devices.begin(), unit.devices.end());
  }
  sweep_later();
  for (const auto& device : devices) {
    if (!device->detached()) device->on_link();
  }
}

}  // namespace genkan::devices
