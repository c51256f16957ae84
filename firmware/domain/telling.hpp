#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "firmware/domain/events.hpp"

// What the rules of events.cpp, events_parts.cpp and events_zone.cpp share; for them alone.
namespace genkan::domain {

// How one field went from one state to the next.
struct FieldChange {
  std::optional<std::int32_t> from;  // nothing: seen for the first time
  std::int32_t to = 0;
};

// Collects the records of one change of one device.
class Telling {
 public:
  Telling(const EventContext& context, const DeviceState& before, const DeviceState& now,
          Events& events)
      : context_(context), before_(before), now_(now), events_(events) {}

  const EventContext& context() const { return context_; }
  const DeviceState& before() const { return before_; }
  const DeviceState& now() const { return now_; }
  Events& events() { return events_; }

  // Nothing if the field is as it was or not in the present state.
  std::optional<FieldChange> change(FieldKey key) const;

  // The request that this change is the effect of; null if there is none.
  const UnderWay* cause(FieldKey key, std::int32_t value) const;
  // The change is the request's story: its record is this one.
  void credit(RecordDraft& record, const UnderWay& request);
  // The change is the trace of a request that was told of when it ended: no record of its own.
  void pass_over(const UnderWay& request) { events_.told.push_back(request.request); }

  RecordDraft& add(RecordKind kind, RecordLane lane = RecordLane::activity);

 private:
  const EventContext& context_;
  const DeviceState& before_;
  const DeviceState& now_;
  Events& events_;
};

RecordDraft draft(const EventContext& context, RecordKind kind, RecordLane lane);
// The room that is typed as `number` in the device's building; null if there is none.
const RoomConfig* room_numbered(const EventContext& context, std::int32_t number);

void tell_compartments(Telling& telling);
void tell_call(Telling& telling);
void tell_presses(Telling& telling);
void tell_zone(Telling& telling);

}  // namespace genkan::domain
