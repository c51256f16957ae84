#include "firmware/services/watch.hpp"

#include <algorithm>

#include "firmware/domain/troubles.hpp"

namespace genkan::services {

namespace {

// After a line came back every device on it is asked within this time; until then one that is still
// silent is the line's matter.
constexpr std::chrono::seconds line_grace{5};

bool empty(const ports::Change& change) {
  return change.records.empty() && change.last_states.empty() && change.troubles_set.empty() &&
         change.troubles_cleared.empty() && change.held.empty() && !change.inventory &&
         change.keys.empty();
}

// The same place on the same line: what was known of it still holds.
bool same_thing(const domain::DeviceConfig& one, const domain::DeviceConfig& other) {
  return one.model == other.model && one.bus == other.bus && one.unit == other.unit &&
         one.channel == other.channel;
}

// `now` with only those changes that were read for the first time since we were away; all else is
// as it was told. Nothing if there is no such field.
std::optional<domain::DeviceState> first_readings(const domain::DeviceState& told,
                                                  const domain::DeviceState& seen,
                                                  const domain::DeviceState& now) {
  domain::DeviceState first = now;
  bool any = false;
  for (const auto& [key, value] : domain::memorable(now).entries()) {
    const auto before = told.get(key);
    const bool new_to_us = !seen.get(key);
    if (!new_to_us && before) first.set(key, *before);
    any = any || (new_to_us && before != value);
  }
  return any ? std::optional(std::move(first)) : std::nullopt;
}

}  // namespace

void Watch::restore(const std::map<DeviceId, domain::DeviceState>& last_states) {
  for (const auto& [device, state] : last_states) {
    if (needs_.directory.find(device) == nullptr) continue;
    Known& known = known_[device];
    known.told = state;
    known.on_disk = state;
  }
  // An alarm that stood when the gateway went down is not kept apart: it follows from the states.
  for (auto& [device, known] : known_) {
    const Directory::Entry* entry = needs_.directory.find(device);
    if (entry->kind != domain::DeviceKind::zone) continue;
    if (!known.told.is(domain::Field::zone, domain::Zone::active)) continue;
    const auto purpose = entry->config->purpose.value_or(domain::ZonePurpose::other);
    const bool bypassed = known.told.get(domain::Field::bypass) == 1;
    if (!domain::alarm_of(purpose, guard_of(*entry->config), bypassed).empty()) {
      known.alarm = domain::AlarmState::raised;
    }
  }
}

void Watch::site_changed(const domain::Inventory& before, ports::Change& change) {
  std::erase_if(known_, [this, &before](const auto& entry) {
    const Directory::Entry* now = needs_.directory.find(entry.first);
    const domain::DeviceConfig* then = before.device(entry.first);
    return now == nullptr || then == nullptr || !same_thing(*then, *now->config);
  });
  std::erase_if(lines_, [this](const auto& entry) {
    return needs_.directory.inventory().bus(entry.first) == nullptr;
  });
  needs_.troubles.forget_missing(change);
}

void Watch::on_reported(const DeviceId& device, const domain::Reported& /*before*/,
                        const domain::Reported& now) {
  const Directory::Entry* entry = needs_.directory.find(device);
  if (entry == nullptr) return;
  needs_.live.device_changed(device);
  ports::Change change;
  look(*entry, now, change);
  submit(std::move(change));
}

void Watch::on_bus(const BusId& bus, const std::string& fault) {
  Line& line = lines_[bus];
  line.down = !fault.empty();
  if (fault.empty()) line.up_since = needs_.clock.steady();
  ports::Change change;
  needs_.troubles.rule({domain::TroubleKind::line_down, {}, bus},
                       line.down ? domain::Standing::yes : domain::Standing::no, fault, change);
  json::object told;
  told["id"] = bus.str();
  told["up"] = !line.down;
  told["fault"] = fault;
  needs_.live.bus(told);
  submit(std::move(change));
}

void Watch::learn(std::uint64_t request, const DeviceId& device,
                  const domain::DeviceState& read_back) {
  const Directory::Entry* entry = needs_.directory.find(device);
  if (entry == nullptr) return;
  Known& known = known_[device];
  domain::DeviceState now = read_back;
  // A device that only echoes a command has not been read since: what it took is so. What opens and
  // closes by itself may be over already and is told of by the request's own record.
  const auto underway = needs_.requests.get(request);
  const auto effect = domain::effect_of(entry->kind, underway.command);
  const bool passing = entry->kind == domain::DeviceKind::entrance ||
                       entry->kind == domain::DeviceKind::intercom ||
                       entry->kind == domain::DeviceKind::delivery_box;
  if (effect && !passing && known.told.get(effect->key)) now.set(effect->key, effect->value);
  ports::Change change;
  tell(*entry, known, now, change);
  submit(std::move(change));
}

void Watch::record(std::uint64_t request, const DeviceId& device, const domain::Outcome& outcome,
                   std::chrono::milliseconds took) {
  const Directory::Entry* entry = needs_.directory.find(device);
  if (entry == nullptr) return;
  ports::Change change;
  const auto underway = needs_.requests.get(request);
  change.records.push_back(domain::command_record(
      context(*entry, known_[device], domain::Seen::live, {}, {}), underway, outcome, took));
  submit(std::move(change));
}

void Watch::tick() {
  ports::Change change;
  for (const auto& device : needs_.directory.inventory().devices) {
    const Directory::Entry* entry = needs_.directory.find(device.id);
    const auto reported = needs_.fleet.reported(device.id);
    if (entry != nullptr && reported) look(*entry, *reported, change);
  }
  submit(std::move(change));
}

void Watch::submit(ports::Change change) {
  if (empty(change)) return;
  needs_.requests.sent(change.records);
  needs_.store.submit(std::move(change));
}

void Watch::look(const Directory::Entry& entry, const domain::Reported& now,
                 ports::Change& change) {
  Known& known = known_[entry.config->id];
  if (now.link == domain::Link::fresh) {
    if (!wait_to_settle(entry, known, now.state)) tell(entry, known, now.state, change);
    const bool open = now.state.is(domain::Field::door, domain::Door::open);
    if (!open) known.door_open_since.reset();
    if (open && !known.door_open_since) known.door_open_since = needs_.clock.steady();
  } else if (now.link == domain::Link::disconnected) {
    known.seen = {};
  }
  judge(entry, known, now, change);
}

void Watch::tell(const Directory::Entry& entry, Known& known, const domain::DeviceState& now,
                 ports::Change& change) {
  if (const auto first = first_readings(known.told, known.seen, now)) {
    tell_once(entry, known, domain::Seen::while_away, *first, change);
  }
  tell_once(entry, known, domain::Seen::live, now, change);
  known.seen = domain::remember(known.seen, domain::memorable(now));
  known.unsettled_since.reset();
  auto kept = domain::memorable(known.told);
  if (kept == known.on_disk) return;
  change.last_states.emplace_back(entry.config->id, kept);
  known.on_disk = std::move(kept);
}

void Watch::tell_once(const Directory::Entry& entry, Known& known, domain::Seen seen,
                      const domain::DeviceState& now, ports::Change& change) {
  const auto commands = needs_.requests.of(entry.config->id);
  const auto released = needs_.requests.released(entry.config->id);
  auto events = domain::events_of(context(entry, known, seen, commands, released), known.told, now);
  for (const std::uint64_t request : events.told) needs_.requests.explained(request);
  std::ranges::move(events.records, std::back_inserter(change.records));
  known.alarm = events.alarm;
  known.told = domain::remember(known.told, now);
}

void Watch::judge(const Directory::Entry& entry, const Known& known, const domain::Reported& now,
                  ports::Change& change) {
  std::optional<std::chrono::seconds> open_for;
  if (known.door_open_since) {
    open_for = std::chrono::duration_cast<std::chrono::seconds>(needs_.clock.steady() -
                                                                *known.door_open_since);
  }
  const domain::TroubleContext judged{*entry.config, entry.kind, now, open_for,
                                      line_silent(entry.config->bus)};
  for (const auto& ruling : domain::troubles_of(judged)) {
    needs_.troubles.rule({ruling.kind, entry.config->id, {}}, ruling.standing, ruling.detail,
                         change);
  }
}

bool Watch::wait_to_settle(const Directory::Entry& entry, Known& known,
                           const domain::DeviceState& now) {
  if (!domain::unsettled(entry.kind, known.told, now)) return false;
  if (!known.unsettled_since) known.unsettled_since = needs_.clock.steady();
  return needs_.clock.steady() - *known.unsettled_since < domain::settle_time;
}

domain::EventContext Watch::context(const Directory::Entry& entry, const Known& known,
                                    domain::Seen seen, std::span<const domain::UnderWay> commands,
                                    std::span<const std::uint8_t> released) const {
  return {.inventory = needs_.directory.inventory(),
          .device = *entry.config,
          .kind = entry.kind,
          .seen = seen,
          .guard = guard_of(*entry.config),
          .alarm = known.alarm,
          .held = needs_.holds.held(entry.config->id),
          .commands = commands,
          .released = released,
          .time = needs_.clock.wall(),
          .clock = needs_.clock.trust(),
          .owners = &needs_.owner_of};
}

std::optional<domain::Guard> Watch::guard_of(const domain::DeviceConfig& zone) const {
  if (!zone.panel) return std::nullopt;
  const auto panel = known_.find(*zone.panel);
  if (panel == known_.end()) return std::nullopt;
  const auto guard = panel->second.told.get(domain::Field::guard);
  if (!guard) return std::nullopt;
  return static_cast<domain::Guard>(*guard);
}

bool Watch::line_silent(const BusId& bus) const {
  const auto line = lines_.find(bus);
  if (line == lines_.end()) return false;
  if (line->second.down) return true;
  return line->second.up_since && needs_.clock.steady() - *line->second.up_since < line_grace;
}

}  // namespace genkan::services
