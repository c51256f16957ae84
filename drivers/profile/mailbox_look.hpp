#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "drivers/profile/mailbox.hpp"

// What the files of the mailbox share.
namespace genkan::profile {

// The lock's own number of a place.
std::int64_t number_of(const Profile& profile, domain::SlotAddress address);
const domain::SlotArea& area_of(const Profile& profile, domain::SlotAddress address);
const KeyCoding& coding_of(const Profile& profile, bool card);

// Raw values of an image by register.
class Look {
 public:
  Look(const Profile& profile, DevicePlace place, const RegisterImage& image)
      : profile_(profile), place_(place), image_(image) {}

  std::optional<std::int64_t> raw(RegisterIndex reg) const;
  std::optional<std::vector<std::uint16_t>> words(RegisterIndex reg) const;
  template <class Word>
  std::optional<Word> word(const Meanings<Word>& meanings) const {
    const auto value = raw(meanings.reg);
    if (!value) return std::nullopt;
    const auto found = meanings.values.find(static_cast<std::int32_t>(*value));
    return found == meanings.values.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  const Profile& profile_;
  DevicePlace place_;
  const RegisterImage& image_;
};

}  // namespace genkan::profile
