#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "firmware/domain/events.hpp"
#include "tests/unit/lines.hpp"

// One device of a small building, for tables of states before and after.
namespace genkan::domain::test {

using Values = std::initializer_list<DeviceState::Entry>;

DeviceState state(Values values);

template <class Word>
DeviceState::Entry is(Field field, Word word, std::uint8_t part = 0) {
  return {{field, part}, static_cast<std::int32_t>(word)};
}

// What surrounds a change; a test sets what matters to it.
struct Scene {
  explicit Scene(DeviceKind its_kind);

  DeviceKind kind;
  Inventory inventory;
  DeviceConfig device;
  Seen seen = Seen::live;
  std::optional<Guard> guard;
  AlarmState alarm = AlarmState::quiet;
  bool held = false;
  std::vector<UnderWay> commands;
  std::vector<std::uint8_t> released;

  EventContext context() const;
  Events change(Values before, Values now) const;
};

// A record in one line: "locked by slot:12 {"how":"key","slot":12}"; alarms begin with "ALARM ".
std::string text(const RecordDraft& record);
std::vector<std::string> texts(const Events& events);

}  // namespace genkan::domain::test
