#include <algorithm>

#include "drivers/profile/mailbox_look.hpp"
#include "drivers/profile/slot_coding.hpp"

// Which slots are taken, and the lock's clock.
namespace genkan::profile {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Which bit of the taken words tells of it.
std::int64_t bit_of(const Profile& profile, domain::SlotAddress address) {
  const Memory& memory = *profile.memory;
  if (memory.mailbox.area) return address.number - 1;
  const auto lowest = std::ranges::min_element(memory.areas, {}, &Memory::Place::first)->first;
  return number_of(profile, address) - lowest;
}

constexpr std::int64_t bits_of_a_word = 16;

}  // namespace

std::vector<bus::Exchange> taken_exchanges(const Profile& profile, DevicePlace place,
                                           domain::SlotAddress first, domain::SlotAddress last) {
  // The few words of the block that are wanted, as a block of its own.
  Profile part;
  part.timing = profile.timing;
  Register reg = profile.registers[*profile.memory->taken];
  const auto begin = bit_of(profile, first) / bits_of_a_word;
  const auto end = bit_of(profile, last) / bits_of_a_word;
  reg.address = static_cast<std::uint16_t>(reg.address + begin);
  reg.words = static_cast<std::uint8_t>(end - begin + 1);
  part.registers = {reg};
  return read_exchanges(part, place, {{RegisterIndex{0}}});
}

bool taken(const Profile& profile, DevicePlace place, domain::SlotAddress address,
           const RegisterImage& image) {
  Register reg = profile.registers[*profile.memory->taken];
  const auto bit = bit_of(profile, address);
  reg.address = static_cast<std::uint16_t>(reg.address + bit / bits_of_a_word);
  reg.words = 1;
  const auto word = image.words(reg, place.channel);
  return word && (word->front() >> (bit % bits_of_a_word) & 1) != 0;
}

std::vector<bus::Exchange> clock_exchanges(const Profile& profile, DevicePlace place) {
  const ClockRegisters& clock = *profile.memory->clock;
  std::vector<RegisterIndex> list{clock.minutes};
  if (clock.seconds) list.push_back(*clock.seconds);
  return read_exchanges(profile, place, list);
}

std::optional<std::chrono::local_seconds> clock_of(const Profile& profile, DevicePlace place,
                                                   const RegisterImage& image) {
  const ClockRegisters& clock = *profile.memory->clock;
  const Look look(profile, place, image);
  const auto whole = look.raw(clock.minutes);
  const auto rest = clock.seconds ? look.raw(*clock.seconds) : std::optional<std::int64_t>(0);
  if (!whole || !rest) return std::nullopt;
  return std::chrono::local_seconds(profile.memory->epoch) + minutes(*whole) + seconds(*rest);
}

std::vector<bus::Exchange> set_clock_exchanges(const Profile& profile, DevicePlace place,
                                               std::chrono::local_seconds now) {
  const ClockRegisters& clock = *profile.memory->clock;
  const auto since = now - std::chrono::local_seconds(profile.memory->epoch);
  const auto whole = std::chrono::floor<minutes>(since);
  if (whole.count() < 0 || whole.count() > highest_raw(profile.registers[clock.minutes])) return {};
  std::vector<Assignment> all{{clock.minutes, whole.count()}};
  if (clock.seconds) all.push_back({*clock.seconds, (since - whole).count()});
  return write_exchanges(profile, place, all, clock.seconds.value_or(clock.minutes), true);
}

}  // namespace genkan::profile
