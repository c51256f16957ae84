#include "tests/building/sp16.hpp"

#include <algorithm>

#include <boost/json.hpp>

namespace building {

namespace {

constexpr int low_battery = 20;  // percent
constexpr std::uint16_t arm_away = 1;
constexpr std::uint16_t arm_home = 2;
constexpr std::uint16_t disarm = 3;

std::string_view guard_word(std::uint16_t guard) {
  constexpr std::string_view words[] = {"disarmed", "away", "home"};
  return words[guard];
}

}  // namespace

std::optional<std::uint16_t> Sp16::read(Table table, std::uint16_t address) const {
  const auto index = address % zones + 1;
  switch (table) {
    case Table::coil:
      if (address < zones) return zone(index).bypass ? 1 : 0;
      break;
    case Table::discrete:
      if (address < zones) return zone(index).active ? 1 : 0;
      if (address < 2 * zones) return zone(index).tamper ? 1 : 0;
      if (address < 3 * zones) return zone(index).battery_low ? 1 : 0;
      break;
    case Table::holding:
      if (address == 0) return command_;
      break;
    case Table::input:
      if (address == 0) return static_cast<std::uint16_t>(guard_);
      if (address == 1) {
        return static_cast<std::uint16_t>((tamper_ ? 1U : 0U) | (mains_lost_ ? 2U : 0U) |
                                          (battery_low_ ? 4U : 0U));
      }
      if (address == 2) return fault_;
      break;
  }
  return std::nullopt;
}

bool Sp16::ready() const {
  return std::ranges::none_of(zones_, [](const Zone& one) { return one.active && !one.bypass; });
}

Refusal Sp16::check(Table table, std::uint16_t address, std::uint16_t value) const {
  if (table == Table::coil) return address < zones ? Refusal::none : Refusal::address;
  if (address != 0) return Refusal::address;
  if (value < arm_away || value > disarm) return Refusal::value;
  return value != disarm && !ready() ? Refusal::failure : Refusal::none;
}

void Sp16::write(Table table, std::uint16_t address, std::uint16_t value, Time at) {
  if (table == Table::coil) {
    zone(address + 1).bypass = value != 0;
    return;
  }
  command_ = value;
  const Guard wanted = value == arm_away   ? Guard::away
                       : value == arm_home ? Guard::home
                                           : Guard::disarmed;
  set_guard(wanted, at, By::bus);
}

int Sp16::channel_of(Table table, std::uint16_t address) const {
  return table == Table::coil || table == Table::discrete ? address % zones + 1 : 0;
}

void Sp16::set_guard(Guard guard, Time at, By by) {
  if (guard == guard_) return;
  guard_ = guard;
  moved(at, 0, "guard", boost::json::string(guard_word(static_cast<std::uint16_t>(guard))), by);
  if (guard == Guard::disarmed && alarm_) {
    alarm_ = false;
    moved(at, 0, "alarm", "off", by);
  }
}

void Sp16::set_zone(int channel, bool active, Time at) {
  Zone& one = zone(channel);
  if (one.active == active) return;
  one.active = active;
  moved(at, channel, "zone", active ? "active" : "normal", By::hand);
  if (active && !one.bypass && guard_ != Guard::disarmed && !alarm_) {
    alarm_ = true;
    moved(at, 0, "alarm", "on", By::physics);
  }
}

Said Sp16::tell_zone(int channel, std::string_view verb, std::span<const std::string> words,
                     Time now) {
  Zone& one = zone(channel);
  if (verb == "zone") {
    const std::string_view word = words.size() == 1 ? std::string_view(words[0]) : "";
    if (word == "active" || word == "normal") {
      set_zone(channel, word == "active", now);
    } else if (word == "tamper" || word == "clear") {
      one.tamper = word == "tamper";
    } else {
      return std::unexpected("say active, normal, tamper or clear");
    }
    return {};
  }
  if (verb == "tamper") {
    const auto on = either(words, "on", "off");
    if (!on) return std::unexpected(on.error());
    one.tamper = *on;
    return {};
  }
  if (verb != "battery") return lacks(verb);
  const auto percent = number(words, 0, 0, 100, "the battery");
  if (!percent) return std::unexpected(percent.error());
  one.battery_low = *percent < low_battery;
  return {};
}

Said Sp16::tell_panel(std::string_view verb, std::span<const std::string> words, Time now) {
  if (verb == "guard") {
    const std::string_view word = words.size() == 1 ? std::string_view(words[0]) : "";
    if (word != "disarmed" && word != "away" && word != "home") {
      return std::unexpected("say disarmed, away or home");
    }
    if (word != "disarmed" && !ready()) return std::unexpected("a zone is active");
    set_guard(word == "away"   ? Guard::away
              : word == "home" ? Guard::home
                               : Guard::disarmed,
              now, By::hand);
    return {};
  }
  if (verb == "battery") {
    const auto percent = number(words, 0, 0, 100, "the battery");
    if (!percent) return std::unexpected(percent.error());
    battery_low_ = *percent < low_battery;
    return {};
  }
  if (verb == "fault-code") {
    const auto code = number(words, 0, 0, 65'535, "the code");
    if (!code) return std::unexpected(code.error());
    fault_ = static_cast<std::uint16_t>(*code);
    return {};
  }
  if (verb != "tamper" && verb != "power") return lacks(verb);
  const auto on = verb == "power" ? either(words, "lost", "ok") : either(words, "on", "off");
  if (!on) return std::unexpected(on.error());
  (verb == "power" ? mains_lost_ : tamper_) = *on;
  return {};
}

Said Sp16::tell(int channel, std::string_view verb, std::span<const std::string> words, Time now) {
  if (channel == 0) return tell_panel(verb, words, now);
  return tell_zone(channel, verb, words, now);
}

boost::json::object Sp16::show(int channel) const {
  boost::json::object object;
  if (channel != 0) {
    const Zone& one = zone(channel);
    object["zone"] = one.active ? "active" : "normal";
    object["tamper"] = one.tamper;
    object["battery_low"] = one.battery_low;
    object["bypass"] = one.bypass;
    return object;
  }
  object["guard"] = guard_word(static_cast<std::uint16_t>(guard_));
  object["alarm"] = alarm_;
  object["tamper"] = tamper_;
  object["power"] = mains_lost_ ? "lost" : "ok";
  object["battery_low"] = battery_low_;
  object["fault"] = fault_;
  return object;
}

}  // namespace building
