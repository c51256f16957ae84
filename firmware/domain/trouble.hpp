#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/base/ids.hpp"

namespace genkan::domain {

// Standing faults (spec: Troubles). Each appears once, with its time, and clears by itself.
enum class TroubleKind : std::uint8_t {
  battery_low,
  device_disconnected,
  line_down,  // a bus: adapter pulled, TCP closed
  bolt_fault,
  forced_open,
  tamper,
  power_lost,
  lock_communication,
  command_not_accepted,
  keypad_lockout,
  door_left_open,
  device_fault,  // the device's own code, in the detail
  clock_wrong,
  storage_nearly_full,
  storage_failing,
  database_set_aside,
  certificate_ending,  // the gateway's for the cloud: in 30 days or less
  certificate_ended,
  cloud_away,          // claimed, and not connected for 10 min
  secrets_unreadable,  // the key file is another, or damaged (docs/SECRETS.md)
};
std::string_view name_of(TroubleKind kind);
std::optional<TroubleKind> trouble_named(std::string_view name);
// For people: "battery low".
std::string_view sentence(TroubleKind kind);

// Where a trouble stands: a device, a bus, or the gateway itself (both ids empty).
struct TroubleKey {
  TroubleKind kind;
  DeviceId device;
  BusId bus;
  auto operator<=>(const TroubleKey&) const = default;
};

struct Trouble {
  TroubleKey key;
  WallTime since{};
  std::string detail;
};

}  // namespace genkan::domain
