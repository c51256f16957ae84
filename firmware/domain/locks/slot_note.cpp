#include <algorithm>
#include <array>

#include "firmware/domain/locks/slot_plan.hpp"

namespace genkan::domain {

namespace {

constexpr std::array<std::string_view, 3> note_states{"writing", "written", "removing"};
constexpr std::array<std::string_view, 6> key_states{"waiting", "setting",  "set",
                                                     "not_set", "removing", "still_opens"};
constexpr std::array<std::string_view, 8> reasons{"none",         "no_address",  "code_in_use",
                                                  "code_foreign", "unreachable", "rejected",
                                                  "no_secret",    "unread"};
static_assert(note_states.size() == static_cast<std::size_t>(NoteState::removing) + 1);
static_assert(key_states.size() == static_cast<std::size_t>(KeyState::still_opens) + 1);
static_assert(reasons.size() == static_cast<std::size_t>(NotSet::unread) + 1);

}  // namespace

std::string_view name_of(NoteState state) { return note_states[static_cast<std::size_t>(state)]; }

std::optional<NoteState> note_state_named(std::string_view name) {
  const auto at = std::ranges::find(note_states, name);
  if (at == note_states.end()) return std::nullopt;
  return static_cast<NoteState>(at - note_states.begin());
}

std::string_view name_of(KeyState state) { return key_states[static_cast<std::size_t>(state)]; }

std::string_view name_of(NotSet why) { return reasons[static_cast<std::size_t>(why)]; }

std::chrono::minutes retry_pause(NoteState state, std::uint16_t failures) {
  using std::chrono::minutes;
  if (failures == 0) return minutes{0};
  if (state == NoteState::removing) {
    constexpr std::array pauses{minutes{1}, minutes{5}, minutes{30}};
    return failures <= pauses.size() ? pauses[failures - 1U] : minutes{24 * 60};
  }
  // 1, 2, 4 … 32 minutes, then an hour.
  return failures <= 6 ? minutes{1 << (failures - 1)} : minutes{60};
}

}  // namespace genkan::domain
