#include "tests/building/boards.hpp"

#include <iterator>

#include <boost/json.hpp>

namespace building {

namespace {
constexpr std::uint16_t first_air = 16;
constexpr std::uint16_t last_mode = 4;
constexpr std::string_view press_words[] = {"none", "single", "double", "long"};

std::size_t index_of(int channel) { return static_cast<std::size_t>(channel) - 1; }
}  // namespace

// la-8

std::optional<std::uint16_t> La8::read(Table table, std::uint16_t address) const {
  const bool air_part = address >= first_air && address < first_air + channels;
  if (table == Table::coil && address < channels) return lights_.at(address) ? 1 : 0;
  if (table == Table::coil && air_part) return airs_.at(address - first_air) ? 1 : 0;
  if (table == Table::holding && air_part) return modes_.at(address - first_air);
  return std::nullopt;
}

Refusal La8::check(Table table, std::uint16_t address, std::uint16_t value) const {
  if (!read(table, address)) return Refusal::address;
  return table == Table::holding && value > last_mode ? Refusal::value : Refusal::none;
}

void La8::write(Table table, std::uint16_t address, std::uint16_t value, Time) {
  if (table == Table::holding) {
    modes_.at(address - first_air) = value;
  } else if (address < channels) {
    lights_.at(address) = value != 0;
  } else {
    airs_.at(address - first_air) = value != 0;
  }
}

int La8::channel_of(Table, std::uint16_t address) const {
  return address < first_air ? address + 1 : air + address - first_air + 1;
}

Said La8::tell(int channel, std::string_view verb, std::span<const std::string> words, Time now) {
  if (verb != "hand") return lacks(verb);
  const auto on = either(words, "on", "off");
  if (!on) return std::unexpected(on.error());
  bool& output = channel > air ? airs_.at(index_of(channel - air)) : lights_.at(index_of(channel));
  if (output != *on) moved(now, channel, "output", *on ? "on" : "off", By::hand);
  output = *on;
  return {};
}

boost::json::object La8::show(int channel) const {
  boost::json::object object;
  if (channel > air) {
    object["output"] = airs_.at(index_of(channel - air)) ? "on" : "off";
    object["mode"] = modes_.at(index_of(channel - air));
  } else {
    object["output"] = lights_.at(index_of(channel)) ? "on" : "off";
  }
  return object;
}

// ws-relay-16

std::optional<std::uint16_t> WsRelay16::read(Table table, std::uint16_t address) const {
  if (table != Table::coil || address >= relays_.size()) return std::nullopt;
  return relays_.at(address) ? 1 : 0;
}

Refusal WsRelay16::check(Table, std::uint16_t address, std::uint16_t) const {
  return address < relays_.size() ? Refusal::none : Refusal::address;
}

void WsRelay16::write(Table, std::uint16_t address, std::uint16_t value, Time) {
  relays_.at(address) = value != 0;
}

boost::json::object WsRelay16::show(int channel) const {
  return {{"output", relays_.at(index_of(channel)) ? "on" : "off"}};
}

// ws-input-16

std::optional<std::uint16_t> WsInput16::read(Table table, std::uint16_t address) const {
  if (table != Table::discrete || address >= inputs_.size()) return std::nullopt;
  return inputs_.at(address) ? 1 : 0;
}

Said WsInput16::tell(int channel, std::string_view verb, std::span<const std::string> words,
                     Time now) {
  if (verb != "input") return lacks(verb);
  const auto on = either(words, "on", "off");
  if (!on) return std::unexpected(on.error());
  bool& input = inputs_.at(index_of(channel));
  if (input != *on) moved(now, channel, "input", *on ? "on" : "off", By::hand);
  input = *on;
  return {};
}

boost::json::object WsInput16::show(int channel) const {
  return {{"input", inputs_.at(index_of(channel)) ? "on" : "off"}};
}

// bt-8

std::optional<std::uint16_t> Bt8::read(Table table, std::uint16_t address) const {
  if (table != Table::input || address >= 2 * buttons_.size()) return std::nullopt;
  const Button& one = buttons_.at(address / 2);
  return address % 2 == 0 ? one.last : one.count;
}

Said Bt8::tell(int channel, std::string_view verb, std::span<const std::string> words, Time now) {
  if (verb != "press") return lacks(verb);
  for (std::size_t kind = 1; kind < std::size(press_words); ++kind) {
    if (words.size() != 1 || words[0] != press_words[kind]) continue;
    Button& one = buttons_.at(index_of(channel));
    one.last = static_cast<std::uint16_t>(kind);
    one.count = static_cast<std::uint16_t>(one.count + 1U);
    moved(now, channel, "press", boost::json::string(press_words[kind]), By::hand);
    return {};
  }
  return std::unexpected("say single, double or long");
}

boost::json::object Bt8::show(int channel) const {
  const Button& one = buttons_.at(index_of(channel));
  return {{"press", press_words[one.last]}, {"count", one.count}};
}

}  // namespace building
