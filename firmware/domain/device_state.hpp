#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "firmware/base/clock.hpp"
#include "firmware/base/error.hpp"
#include "firmware/base/json.hpp"
#include "firmware/domain/kinds.hpp"

namespace genkan::domain {

// Which value of a device: a field, and for indexed fields which part (1 …; 0 otherwise).
struct FieldKey {
  Field field;
  std::uint8_t part = 0;
  auto operator<=>(const FieldKey&) const = default;
};

// What a device reports: values by field. A field that is not there is not known. The value is the
// index of a word, 0 or 1 of a flag, or a number, as FieldSpec says.
class DeviceState {
 public:
  struct Entry {
    FieldKey key;
    std::int32_t value;
    auto operator<=>(const Entry&) const = default;
  };

  void set(FieldKey key, std::int32_t value);
  std::optional<std::int32_t> get(FieldKey key) const;
  std::optional<std::int32_t> get(Field field) const { return get(FieldKey{field, 0}); }
  // Whether the field is known and has this value.
  template <class Word>
  bool is(Field field, Word word, std::uint8_t part = 0) const {
    const auto value = get(FieldKey{field, part});
    return value && *value == static_cast<std::int32_t>(word);
  }
  // Sorted by key.
  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  bool operator==(const DeviceState&) const = default;

 private:
  std::vector<Entry> entries_;
};

// The value as people read it: "locked", "yes", "87 %".
std::string text_of(FieldKey key, std::int32_t value);

// {"bolt": "locked", "battery": 87, "tamper": false, "compartment": {"1": "empty", …}}
json::object to_json(const DeviceState& state);
// The same form read back, for the database; unknown fields and words are an error.
Result<DeviceState> state_from_json(const json::object& object);

// Whether the device answers.
enum class Link : std::uint8_t {
  unknown,       // not asked yet since start
  fresh,         // the state is the present one
  stale,         // the last answer is missing or too old; the state is the last known
  disconnected,  // silent for longer than its limit
};
std::string_view name_of(Link link);

// A state, when it was read and whether it is the present one (DEV-13).
struct Reported {
  DeviceState state;
  Link link = Link::unknown;
  SteadyTime read_at{};     // of the last answer; meaningless while `state` is empty
  WallTime read_at_wall{};  //
};

}  // namespace genkan::domain
