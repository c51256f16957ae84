#pragma once

#include <array>

#include "tests/building/unit.hpp"

namespace building {

// box-12: delivery box with twelve compartments.
class Box12 final : public Unit {
 public:
  static constexpr int compartments = 12;

  Box12(Identity identity, MoveSink& moves) : Unit(std::move(identity), moves) {}

  std::string_view model() const override { return "box-12"; }
  bool has(Table table) const override { return table != Table::holding; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table table, std::uint16_t address, std::uint16_t value) const override;
  void write(Table table, std::uint16_t address, std::uint16_t value, Time at) override;
  int channel_of(Table, std::uint16_t) const override { return 1; }
  // deposit N ROOM, collect N, pry N, shut N, jam, tamper, power, fault-code
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  struct Compartment {
    bool release = false;
    bool door_open = false;
    bool deposited = false;
    std::uint16_t room = 0;
  };
  Compartment& at(int part) { return all_.at(static_cast<std::size_t>(part) - 1); }
  const Compartment& at(int part) const { return all_.at(static_cast<std::size_t>(part) - 1); }
  void set_door(int part, bool open, Time now, By by);
  void set_deposit(int part, std::uint16_t room, Time now);
  Said deposit(int part, std::span<const std::string> words, Time now);
  Said collect(int part, Time now);
  Said pry(int part, Time now);
  Said shut(int part, Time now);
  // The hand that reaches in, and then shuts the door.
  void reach_in(int part, std::uint16_t room, Time now);

  std::array<Compartment, compartments> all_;
  bool tamper_ = false;
  bool supply_lost_ = false;
  bool jam_ = false;
  std::uint16_t fault_ = 0;
};

}  // namespace building
