#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "firmware/domain/command.hpp"
#include "firmware/domain/device_state.hpp"
#include "firmware/domain/inventory.hpp"
#include "firmware/domain/record.hpp"

// What happened at a device, told from its state before and after: the journal's activity. Always
// from states, never from edges that one could miss (docs/SITE.md has the table for people).
namespace genkan::domain {

// A command of ours that may be the cause of a change.
struct UnderWay {
  std::uint64_t request = 0;  // counts requests since the gateway started; ties records together
  DeviceCommand command{};
  std::string actor;           // the caller's name
  bool told = false;           // a record tells of it already
  std::string signed_by = {};  // the id of the key that signed for it; empty: nobody did
};

// Whether the change was seen as it came, or is the difference to what was known before the gateway
// started or before the device fell silent. Its time is then the time when it was noticed.
enum class Seen : std::uint8_t { live, while_away };

// Whether the zone's alarm is standing.
enum class AlarmState : std::uint8_t { quiet, raised };

// Whose key was in the slot that a lock names (HIS-2).
struct SlotOwner {
  std::string actor;  // as the journal names it: "reservation:r-7k2"
  std::string name;   // that people gave; empty if its owner is gone
  std::string card;   // the name of the card; empty for a code
};
// Nothing: nobody's of ours, or it cannot be told. `how` is key or card.
using SlotOwners = std::function<std::optional<SlotOwner>(const DeviceId& device,
                                                          std::uint16_t slot, OperatedBy how)>;

// What the rules need to know besides the states.
struct EventContext {
  const Inventory& inventory;
  const DeviceConfig& device;
  DeviceKind kind{};
  Seen seen = Seen::live;
  std::optional<Guard> guard;              // zones: of their panel, if it has one and it is known
  AlarmState alarm = AlarmState::quiet;    // zones: before this change
  bool held = false;                       // entrances: held open
  std::span<const UnderWay> commands;      // of this device, under way or just ended
  std::span<const std::uint8_t> released;  // compartments released in the last release_window
  WallTime time{};
  ClockTrust clock = ClockTrust::untrusted;
  const SlotOwners* owners = nullptr;  // null: nobody knows; locks then name the slot
};

// A compartment may be opened this long after its release (BOX-3).
constexpr std::chrono::seconds release_window{30};

struct Events {
  std::vector<RecordDraft> records;      // in the order in which it happened
  std::vector<std::uint64_t> told;       // requests whose story the records (now) tell
  AlarmState alarm = AlarmState::quiet;  // zones: after this change
};

// A field that `before` lacks is seen for the first time: that tells only of what stands (a parcel,
// an alarm), not of a change. A field that `now` lacks says nothing.
Events events_of(const EventContext& context, const DeviceState& before, const DeviceState& now);

// What is remembered once `now` was told of: fields that `now` lacks and a bolt that is not at an
// end (moving, jammed) stay as they were.
DeviceState remember(const DeviceState& before, const DeviceState& now);

// The part of a state whose changes are told of; only this is kept on disk, so that an elevator's
// floor wears out no flash.
DeviceState memorable(const DeviceState& state);

// Whether `now` lacks something that will come with the next reading (a parcel without its room
// number): wait for it before telling, at most `settle_time`.
bool unsettled(DeviceKind kind, const DeviceState& before, const DeviceState& now);
constexpr std::chrono::seconds settle_time{2};

// What a command makes true, if a field tells it.
struct Effect {
  FieldKey key;
  std::int32_t value;
};
std::optional<Effect> effect_of(DeviceKind kind, const DeviceCommand& command);

// The record of a request that no change told of: an outcome other than done, a command that found
// everything so already, an opening that left no trace.
RecordDraft command_record(const EventContext& context, const UnderWay& request,
                           const Outcome& outcome, std::chrono::milliseconds took);

// The state and the reading that an alarm of a zone means: "intrusion", "fire", …; empty: none.
std::string_view alarm_of(ZonePurpose purpose, std::optional<Guard> guard, bool bypassed);

// SEC-6: "a sensor may have detected a fire".
std::string alarm_text(std::string_view alarm);

}  // namespace genkan::domain
