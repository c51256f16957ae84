#include "drivers/profile/profile.hpp"

namespace genkan::profile {

namespace {

constexpr std::size_t addresses = 65'536;

std::int64_t signed_of(Encoding encoding, std::uint32_t raw) {
  if (encoding == Encoding::i16) return static_cast<std::int16_t>(raw);
  if (encoding == Encoding::i32) return static_cast<std::int32_t>(raw);
  return raw;
}

}  // namespace

void RegisterImage::put(bus::Table table, std::uint16_t address,
                        const std::vector<std::uint16_t>& values) {
  for (std::size_t i = 0; i < values.size() && address + i < addresses; ++i) {
    words_[{table, static_cast<std::uint16_t>(address + i)}] = values[i];
  }
}

void RegisterImage::clear() { words_.clear(); }

std::optional<std::int64_t> RegisterImage::raw(const Register& reg, std::uint16_t channel,
                                               std::uint8_t part) const {
  const std::uint16_t at = reg.place(channel, part);
  const auto word = [this, &reg](std::uint32_t address) -> std::optional<std::uint32_t> {
    const auto found = words_.find({reg.table, static_cast<std::uint16_t>(address)});
    if (address >= addresses || found == words_.end()) return std::nullopt;
    return found->second;
  };
  const auto first = word(at);
  if (!first) return std::nullopt;
  if (reg.of_bits()) return *first != 0 ? 1 : 0;
  std::uint32_t raw = *first;
  if (reg.width() == 2) {
    const auto second = word(at + 1U);
    if (!second) return std::nullopt;
    raw = reg.order == WordOrder::high_first ? (*first << 16) | *second : (*second << 16) | *first;
  }
  if (reg.bit_count == 0) return signed_of(reg.encoding, raw);
  const std::uint64_t mask = (std::uint64_t{1} << (reg.bit_count & 63U)) - 1;
  const unsigned shift = reg.bit(channel, part) & 31U;
  return static_cast<std::int64_t>((std::uint64_t{raw} >> shift) & mask);
}

std::optional<std::vector<std::uint16_t>> RegisterImage::words(const Register& reg,
                                                               std::uint16_t channel) const {
  const std::uint16_t at = reg.place(channel, 0);
  std::vector<std::uint16_t> list;
  list.reserve(reg.width());
  for (std::uint32_t address = at; address < std::uint32_t{at} + reg.width(); ++address) {
    const auto found = words_.find({reg.table, static_cast<std::uint16_t>(address)});
    if (address >= addresses || found == words_.end()) return std::nullopt;
    list.push_back(found->second);
  }
  return list;
}

}  // namespace genkan::profile
