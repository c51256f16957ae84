#include "tests/building/ev2.hpp"

#include <iterator>

#include <boost/json.hpp>

namespace building {

namespace {

using namespace std::chrono_literals;

constexpr Duration floor_takes = 1500ms;
constexpr Duration door_takes = 800ms;
constexpr Duration door_stays_open = 3s;

constexpr int inputs_per_channel = 20;
constexpr int inputs_used = 9;
constexpr int lowest_floor = -5;
constexpr int highest_floor = 60;
constexpr int fire_floor = 1;  // where the car goes and opens in a fire

constexpr std::string_view mode_words[] = {"normal", "inspection", "fire", "fault"};
constexpr std::string_view direction_words[] = {"idle", "up", "down"};
constexpr std::string_view door_words[] = {"closed", "open", "moving"};

}  // namespace

int Ev2::channel_of(Table, std::uint16_t address) const { return address / inputs_per_channel + 1; }

std::uint16_t Ev2::word(const Car& one, int offset) const {
  switch (offset) {
    case 0: return static_cast<std::uint16_t>(one.floor);
    case 1: return static_cast<std::uint16_t>(one.direction);
    case 2: return static_cast<std::uint16_t>(one.door);
    case 3: return static_cast<std::uint16_t>(one.mode);
    case 4: return one.trapped ? 1 : 0;
    case 5: return one.load;
    case 6: return static_cast<std::uint16_t>(one.trips >> 16U);
    case 7: return static_cast<std::uint16_t>(one.trips & 0xFFFFU);
    default: return one.code;
  }
}

std::optional<std::uint16_t> Ev2::read(Table table, std::uint16_t address) const {
  const int channel = channel_of(table, address);
  const int offset = address % inputs_per_channel;
  if (table != Table::input || channel > channels || offset >= inputs_used) return std::nullopt;
  return word(car(channel), offset);
}

void Ev2::go_on(int channel, Time at) {
  Car& one = car(channel);
  const bool halted = one.trapped || one.mode == Mode::inspection || one.mode == Mode::fault;
  if (halted || !one.target) {
    one.direction = Direction::idle;
    return;
  }
  if (*one.target == one.floor) {
    arrive(channel, at);
    return;
  }
  one.direction = *one.target > one.floor ? Direction::up : Direction::down;
  const int step = one.direction == Direction::up ? 1 : -1;
  agenda_.put(channel, at + floor_takes, [this, channel, step](Time then) {
    car(channel).floor += step;
    go_on(channel, then);
  });
}

void Ev2::arrive(int channel, Time at) {
  Car& one = car(channel);
  one.target.reset();
  if (one.direction != Direction::idle) {
    ++one.trips;
    moved(at, channel, "floor", one.floor, By::physics);
  }
  one.direction = Direction::idle;
  open_and_close(channel, at);
}

void Ev2::open_and_close(int channel, Time at) {
  car(channel).door = Door::moving;
  const auto closed = [this, channel](Time then) {
    car(channel).door = Door::closed;
    go_on(channel, then);
  };
  const auto close = [this, channel, closed](Time then) {
    Car& one = car(channel);
    one.door = Door::moving;
    one.load = static_cast<std::uint16_t>((one.trips * 17 + 5) % 60);
    agenda_.put(channel, then + door_takes, closed);
  };
  agenda_.put(channel, at + door_takes, [this, channel, close](Time then) {
    car(channel).door = Door::open;
    agenda_.put(channel, then + door_stays_open, close);
  });
}

void Ev2::wake(int channel, Time at) {
  if (!agenda_.has(channel)) go_on(channel, at);
}

Said Ev2::set_mode(int channel, std::span<const std::string> words, Time now) {
  for (std::size_t index = 0; index < std::size(mode_words); ++index) {
    if (words.size() != 1 || words[0] != mode_words[index]) continue;
    Car& one = car(channel);
    one.mode = static_cast<Mode>(index);
    if (one.mode == Mode::fire) one.target = fire_floor;
    moved(now, channel, "mode", boost::json::string(mode_words[index]), By::hand);
    wake(channel, now);
    return {};
  }
  return std::unexpected("say normal, inspection, fire or fault");
}

Said Ev2::tell(int channel, std::string_view verb, std::span<const std::string> words, Time now) {
  if (channel < 1 || channel > channels) return std::unexpected("the elevators are 1 and 2");
  Car& one = car(channel);
  if (verb == "mode") return set_mode(channel, words, now);
  if (verb == "floor") {
    const auto floor = number(words, 0, lowest_floor, highest_floor, "the floor");
    if (!floor) return std::unexpected(floor.error());
    one.target = *floor;
    wake(channel, now);
    return {};
  }
  if (verb == "trapped") {
    const auto on = either(words, "on", "off");
    if (!on) return std::unexpected(on.error());
    one.trapped = *on;
    wake(channel, now);
    return {};
  }
  if (verb == "code" || verb == "fault-code") {
    const auto code = number(words, 0, 0, 65'535, "the code");
    if (!code) return std::unexpected(code.error());
    one.code = static_cast<std::uint16_t>(*code);
    return {};
  }
  return lacks(verb);
}

boost::json::object Ev2::show(int channel) const {
  const Car& one = car(channel);
  boost::json::object object;
  object["floor"] = one.floor;
  object["direction"] = direction_words[static_cast<std::size_t>(one.direction)];
  object["car_door"] = door_words[static_cast<std::size_t>(one.door)];
  object["mode"] = mode_words[static_cast<std::size_t>(one.mode)];
  object["trapped"] = one.trapped;
  object["load"] = one.load;
  object["trips"] = one.trips;
  object["fault"] = one.code;
  if (one.target) object["target"] = *one.target;
  return object;
}

}  // namespace building
