#pragma once

#include <array>

#include "tests/building/unit.hpp"

namespace building {

// ev-2: monitor of two elevators, and the elevators.
class Ev2 final : public Unit {
 public:
  Ev2(Identity identity, MoveSink& moves) : Unit(std::move(identity), moves) {}

  std::string_view model() const override { return "ev-2"; }
  bool has(Table table) const override { return table == Table::input; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table, std::uint16_t, std::uint16_t) const override { return Refusal::function; }
  void write(Table, std::uint16_t, std::uint16_t, Time) override {}
  int channel_of(Table table, std::uint16_t address) const override;
  // floor F, mode, trapped, code
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  static constexpr int channels = 2;
  enum class Direction : std::uint16_t { idle, up, down };
  enum class Door : std::uint16_t { closed, open, moving };
  enum class Mode : std::uint16_t { normal, inspection, fire, fault };
  struct Car {
    int floor = 1;
    Direction direction = Direction::idle;
    Door door = Door::closed;
    Mode mode = Mode::normal;
    bool trapped = false;
    std::uint16_t load = 0;  // percent
    std::uint32_t trips = 0;
    std::uint16_t code = 0;
    std::optional<int> target;
  };
  Car& car(int channel) { return cars_.at(static_cast<std::size_t>(channel) - 1); }
  const Car& car(int channel) const { return cars_.at(static_cast<std::size_t>(channel) - 1); }
  std::uint16_t word(const Car& one, int offset) const;

  // What the car does next; called whenever it has finished something.
  void go_on(int channel, Time at);
  void arrive(int channel, Time at);
  void open_and_close(int channel, Time at);
  void wake(int channel, Time at);
  Said set_mode(int channel, std::span<const std::string> words, Time now);

  std::array<Car, channels> cars_;
};

}  // namespace building
