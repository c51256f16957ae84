#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/domain/device_state.hpp"
#include "firmware/domain/inventory.hpp"
#include "firmware/domain/record.hpp"
#include "firmware/domain/trouble.hpp"

// Which troubles stand at a device, from what it reports. Pure; services keep the standing set.
namespace genkan::domain {

enum class Standing : std::uint8_t {
  no,
  yes,
  keep,  // it cannot be told now (old or missing state, between two limits): as it was
};

struct Ruling {
  TroubleKind kind{};
  Standing standing = Standing::keep;
  std::string detail;
};

struct TroubleContext {
  const DeviceConfig& device;
  DeviceKind kind{};
  const Reported& reported;
  std::optional<std::chrono::seconds> door_open_for;  // nothing: closed or not known
  // Its line is down, or has not been up for long enough to ask everyone: then the line's trouble
  // tells it all, and a silent device is no trouble of its own.
  bool line_down = false;
};

// A ruling for each trouble that the device's kind can have.
std::vector<Ruling> troubles_of(const TroubleContext& context);

// Battery in percent: low at or below, good again at or above (between them: as it was).
constexpr std::int32_t battery_low_at = 15;
constexpr std::int32_t battery_good_at = 20;

// How a trouble's coming and going is told in the journal. Troubles of panels and zones are alarms
// (SEC-4), elevators' too (ELV-3).
struct TroubleRecord {
  RecordKind appears;
  RecordKind clears;
  RecordLane lane;
  std::string_view alarm;  // body.alarm of an alarm; may be empty
};
TroubleRecord record_of(TroubleKind trouble, std::optional<DeviceKind> kind);

}  // namespace genkan::domain
