#include <algorithm>

#include "drivers/profile/profile.hpp"

namespace genkan::profile {

namespace {

constexpr unsigned bits_of_a_word = 16;

struct Steps {
  unsigned channels;
  unsigned parts;
};

Steps steps(std::uint16_t channel, std::uint8_t part) {
  return {channel > 0 ? channel - 1U : 0U, part > 0 ? part - 1U : 0U};
}

unsigned bit_offset(const Register& reg, Steps by) {
  return reg.first_bit + by.channels * reg.bits_per_channel + by.parts * reg.bits_per_part;
}

}  // namespace

std::uint16_t Register::place(std::uint16_t channel, std::uint8_t part) const {
  const Steps by = steps(channel, part);
  unsigned at = address + by.channels * per_channel + by.parts * per_part;
  if (width() == 1) at += bit_offset(*this, by) / bits_of_a_word;
  return static_cast<std::uint16_t>(at);
}

std::uint8_t Register::bit(std::uint16_t channel, std::uint8_t part) const {
  const unsigned from = bit_offset(*this, steps(channel, part));
  return static_cast<std::uint8_t>(width() == 1 ? from % bits_of_a_word : from);
}

std::uint16_t Register::width() const {
  if (words > 0) return words;
  return encoding == Encoding::u32 || encoding == Encoding::i32 ? 2 : 1;
}

bool Register::of_bits() const {
  return table == bus::Table::coil || table == bus::Table::discrete;
}

const CommandPlan* Profile::plan(domain::Command command) const {
  const auto found = std::ranges::find(commands, command, &CommandPlan::command);
  return found == commands.end() ? nullptr : &*found;
}

std::uint8_t Profile::parts() const {
  std::uint8_t most = 0;
  for (const auto& reg : registers) most = std::max(most, reg.parts);
  return most;
}

}  // namespace genkan::profile
