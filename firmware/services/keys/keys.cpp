#include "firmware/services/keys/keys.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "firmware/base/log.hpp"
#include "firmware/domain/keys/grants.hpp"
#include "firmware/domain/keys/key_ring.hpp"
#include "firmware/domain/keys/site_doors.hpp"
#include "firmware/services/keys/couplings.hpp"
#include "firmware/services/keys/key_news.hpp"
#include "firmware/services/keys/key_retention.hpp"
#include "firmware/services/keys/zones.hpp"

namespace genkan::services {

// In the order in which they need one another.
struct Keys::Parts {
  explicit Parts(Needs its_needs) : needs(std::move(its_needs)) {}

  Needs needs;
  domain::KeyBook book;
  KeyFacts facts;
  Zones zones{needs.directory};
  domain::KeyRing ring{needs.holidays};
  std::unique_ptr<const domain::SiteDoors> doors;
  KeyNews news{needs.clock, needs.directory, book, needs.troubles};
  KeySync sync{{needs.loop, needs.memory, needs.store, needs.clock, needs.directory, book,
                needs.holidays, needs.secrets.hasher, facts, news}};
  Couplings couplings{{needs.loop, needs.fleet, needs.memory, needs.store, needs.clock,
                       needs.directory, book, needs.holidays, needs.commands}};
  KeyDesk desk{{.store = needs.store,
                .clock = needs.clock,
                .directory = needs.directory,
                .book = book,
                .holidays = needs.holidays,
                .secrets = needs.secrets,
                .zones = zones,
                .standings = sync,
                .facts = facts,
                .model_of = [this](const DeviceId& device) { return needs.memory.model(device); },
                .random = needs.random,
                .policy = needs.policy,
                .applied = [this](const ports::KeyChange& change) { applied(change); },
                .changed = [this] { look_again(); }}};
  ReservationViews views{desk};
  ReservationOffice reservations{desk, views};
  GroupOffice groups{desk};
  HolderOffice holders{desk};
  HolderImport import{desk};
  TemporaryOffice temporary{desk};
  RoomCodes room_codes{desk};
  HolidayOffice holidays{desk, needs.holidays};
  SecretOffice secrets{desk, needs.troubles, facts};
  KeyRetention retention{desk};
  Entries entries{
      {needs.store, needs.clock, needs.directory, book, ring, needs.secrets, needs.commands, news}};

  domain::GrantSources sources() const;
  void take_doors();
  void applied(const ports::KeyChange& change);
  void take_holidays(const std::string& table);
  void refresh_ring(const ports::KeyChange& change);
  void look_again();
  void follow_couplings(ports::Change& change);
};

domain::GrantSources Keys::Parts::sources() const {
  const auto has_memory = [this](const DeviceId& device) {
    const auto* model = needs.memory.model(device);
    return model != nullptr && model->has_memory();
  };
  return {.book = book,
          .doors = *doors,
          .hasher = needs.secrets.hasher,
          .link_key = needs.secrets.link,
          .has_memory = has_memory,
          .coupled_since = facts.coupled_since};
}

void Keys::Parts::take_doors() {
  domain::BuildingZones of_buildings;
  for (const auto& building : needs.directory.inventory().buildings) {
    of_buildings.emplace(building.id,
                         std::make_shared<const domain::TimeZone>(zones.of(building.id)));
  }
  doors = std::make_unique<const domain::SiteDoors>(needs.directory.inventory(),
                                                    needs.directory.models(), of_buildings);
}

void Keys::Parts::applied(const ports::KeyChange& change) {
  if (change.holiday_table) take_holidays(*change.holiday_table);
  for (const auto& [device, since] : change.coupled_since) facts.coupled_since[device] = since;
  facts.stale_hashes.insert(change.stale_hashes.begin(), change.stale_hashes.end());
  sync.adopt(change.slot_notes);
  secrets.resolve(change);
  refresh_ring(change);
}

void Keys::Parts::take_holidays(const std::string& table) {
  const auto taken = holidays.take(table);
  ring.holidays_changed();
  if (taken) return;
  log(LogLevel::error, "the table of holidays on disk cannot be read; the law counts",
      {{"reason", taken.error().message()}});
}

// Only the keys that changed are made anew: a door waits for no import.
void Keys::Parts::refresh_ring(const ports::KeyChange& change) {
  const auto from = sources();
  const auto refresh_all = [&](const auto& put, const auto& removed) {
    for (const auto& one : put) domain::refresh(ring, from, one.id);
    for (const auto& id : removed) domain::refresh(ring, from, id);
  };
  refresh_all(change.key_groups, change.key_groups_removed);
  refresh_all(change.validity_groups, change.validity_groups_removed);
  refresh_all(change.reservations, change.reservations_removed);
  refresh_all(change.holders, change.holders_removed);
  refresh_all(change.temporary_keys, change.temporary_keys_removed);
  for (const auto& [room, code] : change.room_codes) domain::refresh_room(ring, from, room);
}

void Keys::Parts::look_again() {
  sync.book_changed();
  couplings.book_changed();
}

// A common door that is coupled now takes what is reserved from now on (RES-40).
void Keys::Parts::follow_couplings(ports::Change& change) {
  const domain::Inventory& site = needs.directory.inventory();
  const auto is_coupled = [](const domain::DeviceConfig* device) {
    return device != nullptr && device->coupling == domain::Coupling::entrance;
  };
  std::erase_if(facts.coupled_since,
                [&](const auto& entry) { return !is_coupled(site.device(entry.first)); });
  for (const auto& device : site.devices) {
    if (!is_coupled(&device) || facts.coupled_since.contains(device.id)) continue;
    const WallTime now = needs.clock.wall();
    facts.coupled_since.emplace(device.id, now);
    change.keys.coupled_since.emplace_back(device.id, now);
  }
}

namespace {

template <class Parts>
boost::asio::awaitable<void> forget_old_keys(std::shared_ptr<Parts> parts) {
  const auto forgotten = co_await parts->retention.run();
  if (!forgotten) {
    log(LogLevel::warning, "old reservations could not be removed",
        {{"reason", forgotten.error().message()}});
  }
}

}  // namespace

Keys::Keys(Needs needs) : parts_(std::make_shared<Parts>(std::move(needs))) {}
Keys::~Keys() = default;

void Keys::start(const ports::KeyMemory& memory, ports::Change& change) {
  Parts& p = *parts_;
  ports::KeyChange all;
  all.reservations = memory.reservations;
  all.key_groups = memory.key_groups;
  all.validity_groups = memory.validity_groups;
  all.holders = memory.holders;
  all.temporary_keys = memory.temporary_keys;
  for (const auto& [room, code] : memory.room_codes) all.room_codes.emplace_back(room, code);
  apply(all, p.book);
  if (!memory.holiday_table.empty()) p.take_holidays(memory.holiday_table);
  p.facts = {memory.coupled_since, memory.unreadable, memory.stale_hashes};
  p.secrets.judge(change);
  p.follow_couplings(change);
  p.take_doors();
  domain::fill(p.ring, p.sources());
  p.sync.restore(memory.slot_notes);
  p.couplings.restore(memory.coupling_marks);
}

void Keys::site_changed(ports::Change& change) {
  Parts& p = *parts_;
  p.follow_couplings(change);
  p.take_doors();
  domain::fill(p.ring, p.sources());
  p.sync.site_changed();
  p.couplings.site_changed();
}

void Keys::on_reported(const DeviceId& device, const domain::Reported& before,
                       const domain::Reported& now) {
  Parts& p = *parts_;
  if (now.link == domain::Link::fresh && before.link != domain::Link::fresh) {
    if (before.link == domain::Link::stale) {
      p.sync.heard_again(device);
    } else {
      p.sync.returned(device);
    }
  }
  p.couplings.on_reported(device, before, now);
}

void Keys::tick() {
  parts_->sync.tick();
  parts_->couplings.tick();
  if (parts_->retention.due()) {
    boost::asio::co_spawn(parts_->needs.loop, forget_old_keys(parts_), boost::asio::detached);
  }
}

ReservationOffice& Keys::reservations() { return parts_->reservations; }
const ReservationViews& Keys::reservation_views() const { return parts_->views; }
GroupOffice& Keys::groups() { return parts_->groups; }
HolderOffice& Keys::holders() { return parts_->holders; }
HolderImport& Keys::holder_import() { return parts_->import; }
TemporaryOffice& Keys::temporary_keys() { return parts_->temporary; }
RoomCodes& Keys::room_codes() { return parts_->room_codes; }
Entries& Keys::entries() { return parts_->entries; }
KeySync& Keys::sync() { return parts_->sync; }
KeyDesk& Keys::desk() { return parts_->desk; }
HolidayOffice& Keys::holidays() { return parts_->holidays; }
SecretOffice& Keys::secrets() { return parts_->secrets; }

}  // namespace genkan::services
