#include "tests/building/jema2.hpp"

#include <utility>

#include <boost/json.hpp>

namespace building {

namespace {

using namespace std::chrono_literals;

constexpr Duration bolt_travel = 400ms;
constexpr Duration shortest_pulse = 250ms;  // JEM 1427: the control contact's pulse
constexpr Duration door_opens_in = shortest_pulse;
constexpr Duration door_closes_after = 1000ms;  // from the end of the control signal

// Keys of the agenda: for each channel one for its bolt, its pulse and its door.
constexpr int bolt_key(int channel) { return channel * 10; }
constexpr int pulse_key(int channel) { return channel * 10 + 1; }
constexpr int door_key(int channel) { return channel * 10 + 2; }

}  // namespace

Jema2::Jema2(Identity identity, MoveSink& moves, Behind first, Behind second)
    : Unit(std::move(identity), moves) {
  terminals_[0].behind = first;
  terminals_[1].behind = second;
  for (int channel = 1; channel <= channels; ++channel) {
    const auto report = [this, channel](Time at, BoltWord word, By by) {
      if (word == BoltWord::locked) terminal(channel).thrown = true;
      if (word == BoltWord::unlocked) terminal(channel).thrown = false;
      moved(at, channel, "bolt", boost::json::string(name_of(word)), by);
    };
    terminal(channel).bolt =
        std::make_unique<Bolt>(agenda_, bolt_key(channel), bolt_travel, report);
  }
}

int Jema2::channel_of(Table, std::uint16_t address) const { return address % channels + 1; }

bool Jema2::monitor(const Terminal& one) const {
  return one.behind == Behind::door ? one.door_open : one.thrown;
}

std::optional<std::uint16_t> Jema2::read(Table table, std::uint16_t address) const {
  if (table == Table::coil && address < channels) return terminal(address + 1).control ? 1 : 0;
  if (table == Table::discrete && address < channels) return monitor(terminal(address + 1)) ? 1 : 0;
  if (table == Table::discrete && address < 2 * channels) {
    return terminal(channel_of(table, address)).door_open ? 1 : 0;
  }
  return std::nullopt;
}

Refusal Jema2::check(Table, std::uint16_t address, std::uint16_t) const {
  return address < channels ? Refusal::none : Refusal::address;
}

void Jema2::write(Table table, std::uint16_t address, std::uint16_t value, Time at) {
  const int channel = channel_of(table, address);
  Terminal& one = terminal(channel);
  const bool on = value != 0;
  if (on == one.control) return;
  one.control = on;
  if (on) {
    control_on(channel, at);
  } else {
    control_off(channel, at);
  }
}

void Jema2::control_on(int channel, Time at) {
  Terminal& one = terminal(channel);
  if (one.behind == Behind::lock) {
    agenda_.put(pulse_key(channel), at + shortest_pulse, [&one](Time then) {
      const bool lock = !one.bolt->wanted_locked();
      if (lock && one.door_open) return;  // a door ajar keeps the bolt from moving
      one.bolt->drive(lock, then, By::bus);
    });
  } else if (one.door_open) {
    agenda_.drop(door_key(channel));
  } else {
    agenda_.put(door_key(channel), at + door_opens_in,
                [this, channel](Time then) { set_door(channel, true, then, By::bus); });
  }
}

void Jema2::control_off(int channel, Time at) {
  if (terminal(channel).behind == Behind::lock) {
    agenda_.drop(pulse_key(channel));  // a pulse that was too short does nothing
    return;
  }
  agenda_.put(door_key(channel), at + door_closes_after,
              [this, channel](Time then) { set_door(channel, false, then, By::physics); });
}

void Jema2::set_door(int channel, bool open, Time at, By by) {
  Terminal& one = terminal(channel);
  if (one.door_open == open) return;
  one.door_open = open;
  moved(at, channel, "door", open ? "open" : "closed", by);
}

Said Jema2::door(int channel, std::span<const std::string> words, Time now) {
  const auto open = either(words, "open", "close");
  if (!open) return std::unexpected(open.error());
  const Terminal& one = terminal(channel);
  if (*open && one.behind == Behind::lock && one.bolt->word() != BoltWord::unlocked) {
    return std::unexpected("the bolt is " + std::string(name_of(one.bolt->word())) +
                           "; 'force' breaks the door open");
  }
  set_door(channel, *open, now, By::hand);
  return {};
}

Said Jema2::tell(int channel, std::string_view verb, std::span<const std::string> words, Time now) {
  Terminal& one = terminal(channel);
  if (verb == "door") return door(channel, words, now);
  if (verb == "force") {
    set_door(channel, true, now, By::hand);
    return {};
  }
  if (one.behind != Behind::lock) return lacks(verb);
  if (verb == "hand") {
    const auto lock = either(words, "lock", "unlock");
    if (!lock) return std::unexpected(lock.error());
    if (*lock && one.door_open) return std::unexpected("the door is open");
    one.bolt->drive(*lock, now, By::hand);
    return {};
  }
  if (verb == "jam") {
    const auto on = either(words, "on", "off");
    if (!on) return std::unexpected(on.error());
    one.bolt->set_jam(*on, now);
    return {};
  }
  return lacks(verb);
}

boost::json::object Jema2::show(int channel) const {
  const Terminal& one = terminal(channel);
  boost::json::object object;
  object["control"] = one.control;
  object["monitor"] = monitor(one);
  object["door"] = one.door_open ? "open" : "closed";
  if (one.behind == Behind::lock) {
    object["bolt"] = name_of(one.bolt->word());
    object["jam"] = one.bolt->jam();
  }
  return object;
}

}  // namespace building
