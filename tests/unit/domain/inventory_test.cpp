#include "firmware/domain/inventory.hpp"

#include <doctest/doctest.h>

#include "firmware/base/text.hpp"

using namespace genkan;
using namespace genkan::domain;
using namespace std::chrono_literals;

TEST_CASE("RES-30: the names of couplings are read back as they are written") {
  for (const auto coupling :
       {Coupling::none, Coupling::with_reservation, Coupling::end_only, Coupling::entrance}) {
    CHECK(coupling_named(name_of(coupling)) == coupling);
  }
  CHECK(name_of(Coupling::with_reservation) == "with_reservation");
  CHECK_FALSE(coupling_named("With_reservation").has_value());
  CHECK_FALSE(coupling_named("").has_value());
}

TEST_CASE("SITE-8: settings of a building that make no sense are told, whoever made them") {
  struct Row {
    const char* what;
    void (*change)(BuildingConfig&);
    const char* told;
  };
  const Row table[] = {
      {"as they are", [](BuildingConfig&) {}, ""},
      {"99:99", [](BuildingConfig& b) { b.default_end = 99h + 99min; }, ""},
      {"later", [](BuildingConfig& b) { b.default_end = 99h + 100min; },
       "default_end is 6040 minutes; 0 to 6039 are possible"},
      {"before midnight", [](BuildingConfig& b) { b.default_start = -1min; },
       "default_start is -1 minutes; 0 to 6039 are possible"},
      {"allowance", [](BuildingConfig& b) { b.common_allowance = 10'081min; },
       "common_allowance is 10081 minutes; 0 to 10080 are possible"},
      {"show", [](BuildingConfig& b) { b.show_code_before = -5min; },
       "show_code_before is -5 minutes; 0 to 527040 are possible"},
      {"key", [](BuildingConfig& b) { b.default_key = "person"; },
       "default_key is 'person'; allowed: link, code or code_and_link"},
      {"zone", [](BuildingConfig& b) { b.zone = "Mars/Olympus"; },
       "there is no time zone Mars/Olympus; a name looks like Asia/Tokyo or America/New_York"},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    BuildingConfig building;
    row.change(building);
    CHECK(settings_fault(building) == row.told);
  }
}

TEST_CASE("KEY-9: a key lead is a lock's, a day at most") {
  const Inventory inventory;
  const ModelInfo lock{"el-100", "Lock", DeviceKind::lock, "el-100"};
  const ModelInfo light{"la-8-light", "Light", DeviceKind::light, "la-8"};
  DeviceConfig device;
  CHECK(coupling_fault(device, light, inventory) == "");
  for (const auto lead : {0min, 15min, 1'440min}) {
    device.key_lead = lead;
    CHECK(coupling_fault(device, lock, inventory) == "");
    CHECK(coupling_fault(device, light, inventory) == "only a lock has a key lead");
  }
  device.key_lead = 1'441min;
  CHECK(coupling_fault(device, lock, inventory) ==
        "key_lead is 1441 minutes; 0 to 1440 are possible");
}

TEST_CASE("RES-30: an entrance that only opens for a moment cannot be held open by a reservation") {
  const Inventory inventory;
  const ModelInfo plug{"plug", "Plug", DeviceKind::entrance, "plug", 1, {Command::open}};
  DeviceConfig device;
  device.model = "plug";
  device.coupling = Coupling::end_only;
  CHECK(
      coupling_fault(device, plug, inventory) ==
      "coupling 'end_only' needs a door that can be held open, and a plug only opens for a moment; "
      "'entrance' is possible in a common area");
}
