#include "tests/building/box12.hpp"

#include <boost/json.hpp>

namespace building {

namespace {

using namespace std::chrono_literals;

constexpr Duration coil_falls_after = 1s;
constexpr Duration springs_open_in = 100ms;
constexpr Duration hand_reaches_in = 300ms;
constexpr Duration hand_shuts_after = 600ms;

constexpr std::uint16_t first_door = 32;
constexpr std::uint16_t tamper_input = 60;
constexpr std::uint16_t supply_input = 61;
constexpr std::uint16_t first_room = 100;
constexpr std::uint16_t pried_fault = 20;  // plus the compartment

// Keys of the agenda, for each compartment.
constexpr int coil_key(int part) { return part * 10; }
constexpr int spring_key(int part) { return part * 10 + 1; }
constexpr int reach_key(int part) { return part * 10 + 2; }
constexpr int shut_key(int part) { return part * 10 + 3; }

std::optional<int> part_at(std::uint16_t address, std::uint16_t first) {
  if (address < first || address >= first + Box12::compartments) return std::nullopt;
  return address - first + 1;
}

}  // namespace

std::optional<std::uint16_t> Box12::read(Table table, std::uint16_t address) const {
  if (table == Table::coil) {
    const auto part = part_at(address, 0);
    if (part) return at(*part).release ? 1 : 0;
  } else if (table == Table::discrete) {
    if (const auto part = part_at(address, 0)) return at(*part).deposited ? 1 : 0;
    if (const auto part = part_at(address, first_door)) return at(*part).door_open ? 1 : 0;
    if (address == tamper_input) return tamper_ ? 1 : 0;
    if (address == supply_input) return supply_lost_ ? 1 : 0;
  } else if (table == Table::input) {
    if (address == 0) return fault_;
    if (const auto part = part_at(address, first_room)) return at(*part).room;
  }
  return std::nullopt;
}

Refusal Box12::check(Table, std::uint16_t address, std::uint16_t value) const {
  if (!part_at(address, 0)) return Refusal::address;
  return value != 0 && supply_lost_ ? Refusal::failure : Refusal::none;
}

void Box12::write(Table, std::uint16_t address, std::uint16_t value, Time now) {
  const int part = address + 1;
  at(part).release = value != 0;
  if (value == 0) {
    agenda_.drop(coil_key(part));
    return;
  }
  agenda_.put(coil_key(part), now + coil_falls_after,
              [this, part](Time) { at(part).release = false; });
  if (jam_) return;
  agenda_.put(spring_key(part), now + springs_open_in,
              [this, part](Time then) { set_door(part, true, then, By::bus); });
}

void Box12::set_door(int part, bool open, Time now, By by) {
  if (at(part).door_open == open) return;
  at(part).door_open = open;
  moved(now, 1, "compartment_door", open ? "open" : "closed", by, part);
}

void Box12::set_deposit(int part, std::uint16_t room, Time now) {
  at(part).deposited = room != 0;
  at(part).room = room;
  moved(now, 1, "compartment", room != 0 ? "deposited" : "empty", By::hand, part);
}

void Box12::reach_in(int part, std::uint16_t room, Time now) {
  set_door(part, true, now, By::hand);
  agenda_.put(reach_key(part), now + hand_reaches_in,
              [this, part, room](Time then) { set_deposit(part, room, then); });
  agenda_.put(shut_key(part), now + hand_shuts_after,
              [this, part](Time then) { set_door(part, false, then, By::hand); });
}

Said Box12::deposit(int part, std::span<const std::string> words, Time now) {
  const auto room = number(words, 1, 1, 65'535, "the room");
  if (!room) return std::unexpected(room.error());
  if (at(part).deposited) return std::unexpected("there is a parcel in it already");
  if (agenda_.has(shut_key(part))) return std::unexpected("somebody is at this compartment");
  reach_in(part, static_cast<std::uint16_t>(*room), now);
  return {};
}

Said Box12::collect(int part, Time now) {
  if (!at(part).deposited) return std::unexpected("there is no parcel in it");
  if (agenda_.has(shut_key(part))) return std::unexpected("somebody is at this compartment");
  reach_in(part, 0, now);
  return {};
}

Said Box12::pry(int part, Time now) {
  if (at(part).door_open) return std::unexpected("its door is open already");
  fault_ = static_cast<std::uint16_t>(pried_fault + part);
  set_door(part, true, now, By::hand);
  return {};
}

Said Box12::shut(int part, Time now) {
  if (!at(part).door_open) return std::unexpected("its door is closed already");
  agenda_.drop(spring_key(part));
  if (fault_ == pried_fault + part) fault_ = 0;
  set_door(part, false, now, By::hand);
  return {};
}

Said Box12::tell(int, std::string_view verb, std::span<const std::string> words, Time now) {
  if (verb == "deposit" || verb == "collect" || verb == "pry" || verb == "shut") {
    const auto part = number(words, 0, 1, compartments, "the compartment");
    if (!part) return std::unexpected(part.error());
    if (verb == "deposit") return deposit(*part, words, now);
    if (verb == "collect") return collect(*part, now);
    return verb == "pry" ? pry(*part, now) : shut(*part, now);
  }
  if (verb == "fault-code") {
    const auto code = number(words, 0, 0, 65'535, "the code");
    if (!code) return std::unexpected(code.error());
    fault_ = static_cast<std::uint16_t>(*code);
    return {};
  }
  bool* flag = verb == "tamper" ? &tamper_ : verb == "jam" ? &jam_ : nullptr;
  if (verb == "power") flag = &supply_lost_;
  if (flag == nullptr) return lacks(verb);
  const auto on = verb == "power" ? either(words, "lost", "ok") : either(words, "on", "off");
  if (!on) return std::unexpected(on.error());
  *flag = *on;
  return {};
}

boost::json::object Box12::show(int) const {
  boost::json::object object;
  boost::json::array parts;
  for (int part = 1; part <= compartments; ++part) {
    const Compartment& one = at(part);
    parts.push_back({{"part", part},
                     {"compartment", one.deposited ? "deposited" : "empty"},
                     {"door", one.door_open ? "open" : "closed"},
                     {"room", one.room}});
  }
  object["compartments"] = std::move(parts);
  object["tamper"] = tamper_;
  object["power"] = supply_lost_ ? "lost" : "ok";
  object["jam"] = jam_;
  object["fault"] = fault_;
  return object;
}

}  // namespace building
