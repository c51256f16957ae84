#include "tests/unit/domain/scene.hpp"

#include "firmware/base/text.hpp"

namespace genkan::domain::test {

DeviceState state(Values values) {
  DeviceState state;
  for (const auto& [key, value] : values) state.set(key, value);
  return state;
}

Scene::Scene(DeviceKind its_kind) : kind(its_kind) {
  BuildingConfig sakura;
  sakura.id = BuildingId("sakura");
  sakura.name = "Sakura Court";
  inventory.buildings.push_back(std::move(sakura));
  inventory.rooms.push_back({RoomId("lobby"), "Lobby", BuildingId("sakura"), true, 0, 0});
  inventory.rooms.push_back({RoomId("r101"), "101", BuildingId("sakura"), false, 101, 0});
  inventory.rooms.push_back({RoomId("w101"), "101", BuildingId("west"), false, 101, 0});
  device.id = DeviceId("it");
  device.name = "The thing";
  device.rooms.emplace_back("lobby");
}

EventContext Scene::context() const {
  return {.inventory = inventory,
          .device = device,
          .kind = kind,
          .seen = seen,
          .guard = guard,
          .alarm = alarm,
          .held = held,
          .commands = commands,
          .released = released,
          .time = WallTime(std::chrono::seconds(1)),
          .clock = ClockTrust::trusted};
}

Events Scene::change(Values before, Values now) const {
  return events_of(context(), state(before), state(now));
}

std::string text(const RecordDraft& record) {
  const std::string by = record.actor.empty() ? "" : cat(" by ", record.actor);
  const std::string body =
      record.body.empty() ? "" : cat(" ", std::string_view(json::serialize(record.body)));
  return cat(record.lane == RecordLane::alarm ? "ALARM " : "", name_of(record.kind), by, body);
}

std::vector<std::string> texts(const Events& events) {
  std::vector<std::string> list;
  for (const auto& record : events.records) list.push_back(text(record));
  return list;
}

}  // namespace genkan::domain::test
