#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "drivers/profile/profile.hpp"

// Keys and schedules as a lock's registers have them. Pure; secrets travel in it: never log them.
namespace genkan::profile {

// How many digits or bytes a content of so many words can hold.
std::size_t room(const KeyCoding& coding, std::size_t words);
// The key's symbols (digits 0 to 9, or bytes) in `words` words; the rest is filled. Longer ones are
// cut: look at room() first.
std::vector<std::uint16_t> pack(const KeyCoding& coding, const std::vector<std::uint8_t>& symbols,
                                std::size_t words);
// The other way round. Without `length` the key ends where the fill begins; nothing if it cannot be
// a key so.
std::optional<std::vector<std::uint8_t>> unpack(const KeyCoding& coding,
                                                const std::vector<std::uint16_t>& words,
                                                std::optional<std::int64_t> length);

// The digits or bytes of a content's key, and the key they make; nothing if they make none.
std::vector<std::uint8_t> symbols_of(const domain::SlotContent& content);
std::optional<domain::SlotContent> content_of(SlotKind kind,
                                              const std::vector<std::uint8_t>& symbols);

// A schedule in the registers' units.
struct RawSchedule {
  ScheduleMode mode = ScheduleMode::always;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t weekdays = 0;
  std::int64_t from = 0;
  std::int64_t to = 0;
};
RawSchedule raw_schedule(const Profile& profile,
                         const std::optional<domain::LockSchedule>& schedule);
std::optional<domain::LockSchedule> schedule_of(const Profile& profile, const RawSchedule& raw);

// The highest raw value that a register can be given.
std::int64_t highest_raw(const Register& reg);

}  // namespace genkan::profile
