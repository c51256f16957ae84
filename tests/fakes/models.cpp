#include "tests/fakes/models.hpp"

namespace genkan::fakes {

using domain::DeviceKind;
using domain::ZonePurpose;

FakeModels::FakeModels() {
  add({"el-100", "Electric lock", DeviceKind::lock, "el-100", 1});
  add({"jema-door", "Automatic door", DeviceKind::entrance, "jema-2", 2, {}, {{true, 0, 1}}});
  add({"jema-lock", "Electric lock by JEMA", DeviceKind::lock, "jema-2", 2, {}, {{true, 0, 1}}});
  add({"la-8-light", "Light", DeviceKind::light, "la-8", 8});
  add({"la-8-air", "Air conditioner", DeviceKind::air_conditioner, "la-8", 8});
  add({"ic-1", "Intercom", DeviceKind::intercom, "ic-1", 1});
  add({"box-12", "Delivery box", DeviceKind::delivery_box, "box-12", 1});
  add({"sp-16", "Security panel", DeviceKind::security_panel, "sp-16", 1});
  add({"sp-16-zone", "Zone of a panel", DeviceKind::zone, "sp-16", 16});
  add({"ws-input-16-zone", "Input", DeviceKind::zone, "ws-input-16", 16});
  add({"bt-8", "Button", DeviceKind::button, "bt-8", 8});
  add({"ev-2", "Elevator", DeviceKind::elevator, "ev-2", 2});
}

void FakeModels::add(domain::ModelInfo model) {
  if (model.commands.empty()) {
    const auto commands = domain::spec(model.kind).commands;
    model.commands.assign(commands.begin(), commands.end());
  }
  std::string name = model.model;
  models_.insert_or_assign(std::move(name), std::move(model));
}

const domain::ModelInfo* FakeModels::find(std::string_view model) const {
  const auto found = models_.find(model);
  return found == models_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> FakeModels::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, model] : models_) names.emplace_back(name);
  return names;
}

namespace {

domain::DeviceConfig device(std::string id, std::string name, std::string model, std::string bus,
                            std::uint8_t unit, std::uint16_t channel, std::string room) {
  domain::DeviceConfig config;
  config.id = DeviceId(std::move(id));
  config.name = std::move(name);
  config.model = std::move(model);
  config.bus = BusId(std::move(bus));
  config.unit = unit;
  config.channel = channel;
  config.rooms.emplace_back(std::move(room));
  return config;
}

domain::DeviceConfig zone(std::uint16_t channel, std::string name, ZonePurpose purpose) {
  auto config = device("zone-" + std::to_string(channel), std::move(name), "sp-16-zone", "tcp-1", 1,
                       channel, "lobby");
  config.purpose = purpose;
  config.panel = DeviceId("panel");
  return config;
}

}  // namespace

domain::Inventory small_site() {
  domain::Inventory site;
  site.contract = "SPID-0001";
  domain::BuildingConfig sakura;
  sakura.id = BuildingId("sakura");
  sakura.name = "Sakura Court";
  site.buildings.push_back(std::move(sakura));
  site.rooms.push_back({RoomId("lobby"), "Lobby", BuildingId("sakura"), true, 0, 0});
  site.rooms.push_back({RoomId("r101"), "101", BuildingId("sakura"), false, 101, 0});
  site.rooms.push_back({RoomId("r102"), "102", BuildingId("sakura"), false, 102, 0});
  site.buses.push_back({BusId("line-a"), "Line A", domain::SerialLine{"/dev/ttyS1"}, 0});
  site.buses.push_back({BusId("tcp-1"), "Panel room", domain::TcpLink{"127.0.0.1", 502}, 0});
  auto lock = device("lock-101", "Door 101", "el-100", "line-a", 1, 1, "r101");
  lock.open_limit = std::chrono::seconds(60);
  site.devices.push_back(std::move(lock));
  site.devices.push_back(device("lobby-door", "Lobby door", "jema-door", "line-a", 10, 1, "lobby"));
  site.devices.push_back(device("lamp", "Lobby lamp", "la-8-light", "tcp-1", 3, 1, "lobby"));
  site.devices.push_back(device("intercom", "Intercom", "ic-1", "line-a", 11, 1, "lobby"));
  site.devices.push_back(device("boxes", "Delivery boxes", "box-12", "line-a", 12, 1, "lobby"));
  site.devices.push_back(device("panel", "Security panel", "sp-16", "tcp-1", 1, 1, "lobby"));
  site.devices.push_back(zone(1, "Back door", ZonePurpose::door));
  site.devices.push_back(zone(5, "Lobby window", ZonePurpose::window));
  site.devices.push_back(zone(13, "Lobby motion", ZonePurpose::motion));
  site.devices.push_back(zone(15, "Kitchen fire", ZonePurpose::fire));
  auto bath = device("bath-101", "Bath 101", "ws-input-16-zone", "line-a", 14, 1, "r101");
  bath.purpose = ZonePurpose::bath_call;
  site.devices.push_back(std::move(bath));
  site.devices.push_back(device("button-1", "Button", "bt-8", "tcp-1", 4, 1, "r101"));
  site.devices.push_back(device("elevator-1", "Elevator 1", "ev-2", "tcp-1", 2, 1, "lobby"));
  return site;
}

}  // namespace genkan::fakes
