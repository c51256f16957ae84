// The site: four buildings, ten locks each, two of them at common areas.
#include <array>

#include "firmware/base/text.hpp"
#include "tests/model/world.hpp"

namespace genkan::model {

namespace {

constexpr std::array<Model, 8> room_models{Model::el_100, Model::io_80, Model::pk_9,  Model::el_100,
                                           Model::io_80,  Model::pk_9,  Model::io_80, Model::sb_8};
constexpr std::array<Model, 4> common_models{Model::pk_9, Model::el_100, Model::io_80, Model::sb_8};

std::string_view profile_of(Model model) {
  constexpr std::array<std::string_view, 4> names{"el-100", "io-80", "pk-9", "sb-8"};
  return names[static_cast<std::size_t>(model)];
}

}  // namespace

void World::build() {
  for (std::size_t building = 0; building < places_.walls.size(); ++building) {
    domain::BuildingConfig config;
    config.id = BuildingId(cat("b", building));
    config.name = cat("Building ", building);
    config.zone = places_.walls[building]->zone();
    site_.buildings.push_back(std::move(config));
    int number = 1;
    for (const Model model : room_models) add_door(building, number++, model, false);
    add_door(building, number++, common_models[building], true);
    add_door(building, number++, common_models[(building + 1) % 4], true);
  }
  for (int code = 0; code < 12; ++code) codes_.push_back(cat(4000 + 37 * code));
  site_.buses.push_back({BusId("line"), "Line", domain::TcpLink{"127.0.0.1", 502}, 0});
  disk_.inventory = site_;
  for (const auto& [id, door] : oracle_.doors()) {
    if (door.copies_since) disk_.keys.coupled_since[DeviceId(id)] = wall_time(*door.copies_since);
  }
  // Nearly full of what was programmed at the lock: few slots are left to ours.
  fill_by_hand(memory_.at("d1-1"), 4);
  fill_by_hand(memory_.at("d2-2"), 3);
  fill_by_hand(memory_.at("d0-3"), 2);
  fill_by_hand(memory_.at("d3-6"), 1);
  for (int group = 0; group < 5; ++group) {
    std::vector<std::string> members;
    for (const auto& [id, door] : oracle_.doors()) {
      if (dice_.chance(10)) members.push_back(id);
    }
    domain::KeyGroup kept{domain::KeyGroupId(cat("g", group)), cat("Group ", group), {}};
    for (const auto& id : members) kept.devices.emplace_back(id);
    disk_.keys.key_groups.push_back(std::move(kept));
    oracle_.put_group(cat("g", group), std::move(members));
  }
}

void World::add_door(std::size_t building, int number, Model model, bool common) {
  Door door;
  door.id = cat("d", building, "-", number);
  door.model = model;
  door.building = building;
  door.common = common;
  if (dice_.chance(20)) door.lead = static_cast<int>(dice_.number(0, 4)) * 5;
  if (common && number == 9) door.copies_since = now_ - minute_ms;
  const RoomId room(cat("r", building, "-", number));
  site_.rooms.push_back({room, cat("Room ", number), BuildingId(cat("b", building)), common, 0, 0});
  domain::DeviceConfig device;
  device.id = DeviceId(door.id);
  device.name = cat("Door ", door.id);
  device.model = profile_of(model);
  device.bus = BusId("line");
  device.unit = static_cast<std::uint8_t>(building * 10 + static_cast<std::size_t>(number));
  device.rooms.push_back(room);
  if (door.copies_since) device.coupling = domain::Coupling::entrance;
  if (door.lead) device.key_lead = std::chrono::minutes(*door.lead);
  site_.devices.push_back(std::move(device));
  SimLock& lock = memory_.add(door.id, model);
  if (model == Model::io_80) lock.enabled = static_cast<std::uint8_t>(dice_.number(0, 3));
  lock.tells_contents = dice_.chance(80);
  lock.tells_serial = dice_.chance(70);
  lock.set_drift(static_cast<int>(dice_.number(-100, 100)));
  const auto wall = places_.walls[building]->shows(now_ / minute_ms);
  lock.set_clock(std::chrono::local_seconds(std::chrono::minutes(wall)), clock_.steady());
  if (model != Model::sb_8) doors_.emplace(door.id, Place{&lock, SlotOracle(model)});
  oracle_.put(std::move(door));
}

void World::fill_by_hand(SimLock& lock, int left) {
  const auto places = lock.domain_model().areas[0].places;
  for (std::uint16_t slot = 1; slot + left <= places; ++slot) {
    lock.slots[{0, slot}] = {{false, cat(80'000 + slot)}, std::nullopt, true};
  }
}

void World::put_site(ports::Change change) { product_->change_site(site_, std::move(change)); }

}  // namespace genkan::model
