#include "drivers/profile/mailbox_look.hpp"

namespace genkan::profile {

const domain::SlotArea& area_of(const Profile& profile, domain::SlotAddress address) {
  return profile.lock->areas[address.area];
}

// The lock's own number of a place.
std::int64_t number_of(const Profile& profile, domain::SlotAddress address) {
  return std::int64_t{profile.memory->areas[address.area].first} + address.number - 1;
}

const KeyCoding& coding_of(const Profile& profile, bool card) {
  return card ? profile.memory->mailbox.card : profile.memory->mailbox.code;
}

std::optional<std::int64_t> Look::raw(RegisterIndex reg) const {
  return image_.raw(profile_.registers[reg], place_.channel, 0);
}

std::optional<std::vector<std::uint16_t>> Look::words(RegisterIndex reg) const {
  return image_.words(profile_.registers[reg], place_.channel);
}

}  // namespace genkan::profile
