#include "tests/building/sb8.hpp"

#include <utility>

#include <boost/json.hpp>

namespace building {

namespace {
using namespace std::chrono_literals;
constexpr Duration travel = 1500ms;
constexpr std::uint16_t inputs_per_channel = 10;
constexpr std::uint16_t inputs_used = 4;
}  // namespace

Sb8::Sb8(Identity identity, MoveSink& moves) : Unit(std::move(identity), moves) {
  for (std::size_t index = 0; index < channels; ++index) {
    const int channel = static_cast<int>(index) + 1;
    locks_[index].body = std::make_unique<LockBody>(
        agenda_, channel, travel, [this, channel](Move move) { moved(channel, std::move(move)); });
  }
}

std::uint16_t Sb8::status(const LockBody& lock) const {
  unsigned word = lock.bolt_bits();
  word |= lock.door_open() ? 1U << 2 : 0U;
  word |= lock.battery_low() ? 1U << 7 : 0U;
  word |= static_cast<unsigned>(lock.operator_bits()) << 8;
  return static_cast<std::uint16_t>(word);
}

int Sb8::channel_of(Table table, std::uint16_t address) const {
  return (table == Table::input ? address / inputs_per_channel : address) + 1;
}

std::optional<std::uint16_t> Sb8::read(Table table, std::uint16_t address) const {
  const int channel = channel_of(table, address);
  if (channel > static_cast<int>(channels)) return std::nullopt;
  const Lock& one = lock(channel);
  if (table == Table::coil) return one.body->commanded() ? 1 : 0;
  if (address % inputs_per_channel >= inputs_used) return std::nullopt;
  const std::array<std::uint16_t, inputs_used> words{status(*one.body), one.body->battery(),
                                                     one.body->slot(), one.fault};
  return words.at(address % inputs_per_channel);
}

Refusal Sb8::check(Table, std::uint16_t address, std::uint16_t) const {
  return address < channels ? Refusal::none : Refusal::address;
}

void Sb8::write(Table table, std::uint16_t address, std::uint16_t value, Time at) {
  lock(channel_of(table, address)).body->command(value != 0, at);
}

Said Sb8::tell(int channel, std::string_view verb, std::span<const std::string> words, Time now) {
  Lock& one = lock(channel);
  if (one.body->knows(verb)) return one.body->tell(verb, words, now);
  if (verb == "key") {
    const auto slot = number(words, 0, 1, 65'535, "the slot");
    if (!slot) return std::unexpected(slot.error());
    one.body->use_key({0, static_cast<std::uint16_t>(*slot)}, false, now);
    return {};
  }
  if (verb == "fault-code") {
    const auto code = number(words, 0, 0, 65'535, "the code");
    if (!code) return std::unexpected(code.error());
    one.fault = static_cast<std::uint16_t>(*code);
    return {};
  }
  return lacks(verb);
}

boost::json::object Sb8::show(int channel) const {
  boost::json::object object;
  lock(channel).body->show(object);
  object["fault"] = lock(channel).fault;
  return object;
}

}  // namespace building
