// Zones: what a detector's going active means.
#include <algorithm>
#include <array>

#include "firmware/base/text.hpp"
#include "firmware/domain/telling.hpp"

namespace genkan::domain {

namespace {

enum class When : std::uint8_t { always, armed, away, never };

struct PurposeRow {
  ZonePurpose purpose;
  When when;
  std::string_view alarm;
};

// SEC-4. Fire, gas and a person's button do not ask whether anyone is at home.
constexpr std::array purposes{
    PurposeRow{ZonePurpose::door, When::armed, "intrusion"},
    PurposeRow{ZonePurpose::window, When::armed, "intrusion"},
    PurposeRow{ZonePurpose::motion, When::away, "intrusion"},
    PurposeRow{ZonePurpose::glass, When::armed, "intrusion"},
    PurposeRow{ZonePurpose::fire, When::always, "fire"},
    PurposeRow{ZonePurpose::gas, When::always, "gas"},
    PurposeRow{ZonePurpose::emergency, When::always, "emergency"},
    PurposeRow{ZonePurpose::bath_call, When::never, ""},
    PurposeRow{ZonePurpose::toilet_call, When::never, ""},
    PurposeRow{ZonePurpose::other, When::armed, "intrusion"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < purposes.size(); ++i) {
    if (static_cast<std::size_t>(purposes[i].purpose) != i) return false;
  }
  return purposes.size() == static_cast<std::size_t>(ZonePurpose::other) + 1;
}
static_assert(in_order());

struct AlarmText {
  std::string_view alarm;
  std::string_view text;
};

// SEC-6: what a sensor may have seen, never what took place.
constexpr std::array alarm_texts{
    AlarmText{"intrusion", "a sensor may have detected an intrusion"},
    AlarmText{"fire", "a sensor may have detected a fire"},
    AlarmText{"gas", "a sensor may have detected gas"},
    AlarmText{"emergency", "an emergency button may have been pressed"},
    AlarmText{"tamper", "a cover may have been opened"},
    AlarmText{"panel_power", "the security panel may have lost its power"},
    AlarmText{"panel_battery", "the security panel's battery may have run low"},
    AlarmText{"panel_trouble", "the security panel may have a fault"},
    AlarmText{"forced_open", "a door may have been opened by force"},
    AlarmText{"compartment_forced", "a box with a parcel may have been opened by force"},
};

bool is_call(ZonePurpose purpose) {
  return purpose == ZonePurpose::bath_call || purpose == ZonePurpose::toilet_call;
}

void tell_active(Telling& telling, ZonePurpose purpose, bool first) {
  const EventContext& context = telling.context();
  const bool bypassed = telling.now().get(Field::bypass).value_or(0) != 0;
  const auto alarm = alarm_of(purpose, context.guard, bypassed);
  if (alarm.empty() && !is_call(purpose) && first) return;
  const bool urgent = !alarm.empty() || is_call(purpose);
  RecordDraft& record = telling.add(!alarm.empty()     ? RecordKind::alarm
                                    : is_call(purpose) ? RecordKind::sensor_call
                                                       : RecordKind::zone_active,
                                    urgent ? RecordLane::alarm : RecordLane::activity);
  record.body["purpose"] = name_of(purpose);
  if (!urgent) return;
  record.body["name"] = context.device.name;
  if (alarm.empty()) return;
  record.body["alarm"] = alarm;
  record.body["text"] = alarm_text(alarm);
  telling.events().alarm = AlarmState::raised;
}

void tell_normal(Telling& telling, ZonePurpose purpose) {
  const bool raised = telling.context().alarm == AlarmState::raised;
  RecordDraft& record = telling.add(raised ? RecordKind::alarm_restored : RecordKind::zone_normal,
                                    raised ? RecordLane::alarm : RecordLane::activity);
  record.body["purpose"] = name_of(purpose);
  if (raised) record.body["name"] = telling.context().device.name;
  telling.events().alarm = AlarmState::quiet;
}

}  // namespace

std::string_view alarm_of(ZonePurpose purpose, std::optional<Guard> guard, bool bypassed) {
  const PurposeRow& row = purposes[static_cast<std::size_t>(purpose)];
  const bool away = guard == Guard::away;
  const bool armed = away || guard == Guard::home;
  switch (row.when) {
    case When::always: return row.alarm;
    case When::armed: return armed && !bypassed ? row.alarm : "";
    case When::away: return away && !bypassed ? row.alarm : "";
    case When::never: break;
  }
  return "";
}

std::string alarm_text(std::string_view alarm) {
  const auto* found = std::ranges::find(alarm_texts, alarm, &AlarmText::alarm);
  return std::string(found != alarm_texts.end() ? found->text
                                                : "a sensor may have detected something");
}

void tell_zone(Telling& telling) {
  const auto change = telling.change({Field::zone});
  if (!change) return;
  const auto purpose = telling.context().device.purpose.value_or(ZonePurpose::other);
  if (change->to == static_cast<std::int32_t>(Zone::active)) {
    tell_active(telling, purpose, !change->from);
  } else if (change->from) {
    tell_normal(telling, purpose);
  }
}

}  // namespace genkan::domain
