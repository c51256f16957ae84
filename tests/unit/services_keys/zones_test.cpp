#include "firmware/services/keys/zones.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/models.hpp"

using namespace genkan;
using namespace genkan::services;

TEST_CASE("RES-11: a device's zone is its building's; without a room, the first one's") {
  const fakes::FakeModels models;
  Directory directory(models);
  Zones zones(directory);
  CHECK(zones.of(DeviceId("lock-101")).name() == "Asia/Tokyo");
  auto site = fakes::small_site();
  site.buildings.front().zone = "Europe/London";
  domain::BuildingConfig maple = site.buildings.front();
  maple.id = BuildingId("maple");
  maple.zone = "America/New_York";
  site.buildings.push_back(maple);
  site.rooms[2].building = BuildingId("maple");
  site.devices[0].rooms = {RoomId("r102")};
  site.devices[1].rooms.clear();
  directory.take(site);
  CHECK(zones.of(DeviceId("lock-101")).name() == "America/New_York");
  CHECK(zones.of(DeviceId("lobby-door")).name() == "Europe/London");
  CHECK(zones.of(DeviceId("none")).name() == "Europe/London");
  CHECK(zones.of(BuildingId("maple")).name() == "America/New_York");
  CHECK(zones.of(BuildingId("none")).name() == "Asia/Tokyo");
  site.buildings.front().zone = "Moon/Sea";
  directory.take(site);
  CHECK(zones.of(DeviceId("lobby-door")).name() == "Asia/Tokyo");
}
