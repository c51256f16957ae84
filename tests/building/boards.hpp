#pragma once

#include <array>

#include "tests/building/unit.hpp"

namespace building {

// The hardware without much of a will of its own: adapters, relay and input boards, buttons.

// la-8: adapter for eight lights and eight air conditioners; lights are channels 1 to 8, air
// conditioners 101 to 108 (in names and commands here only).
class La8 final : public Unit {
 public:
  static constexpr int air = 100;

  La8(Identity identity, MoveSink& moves) : Unit(std::move(identity), moves) {}

  std::string_view model() const override { return "la-8"; }
  bool has(Table table) const override { return table == Table::coil || table == Table::holding; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table table, std::uint16_t address, std::uint16_t value) const override;
  void write(Table table, std::uint16_t address, std::uint16_t value, Time at) override;
  int channel_of(Table table, std::uint16_t address) const override;
  // hand on|off: the switch on the wall
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  static constexpr std::uint16_t channels = 8;
  std::array<bool, channels> lights_{};
  std::array<bool, channels> airs_{};
  std::array<std::uint16_t, channels> modes_{};
};

// ws-relay-16: 16-channel relay board (Waveshare).
class WsRelay16 final : public Unit {
 public:
  WsRelay16(Identity identity, MoveSink& moves) : Unit(std::move(identity), moves) {}

  std::string_view model() const override { return "ws-relay-16"; }
  bool has(Table table) const override { return table == Table::coil; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table table, std::uint16_t address, std::uint16_t value) const override;
  void write(Table table, std::uint16_t address, std::uint16_t value, Time at) override;
  int channel_of(Table, std::uint16_t address) const override { return address + 1; }
  Said tell(int, std::string_view verb, std::span<const std::string>, Time) override {
    return lacks(verb);
  }
  boost::json::object show(int channel) const override;

 private:
  std::array<bool, 16> relays_{};
};

// ws-input-16: 16-channel input board (Waveshare).
class WsInput16 final : public Unit {
 public:
  WsInput16(Identity identity, MoveSink& moves) : Unit(std::move(identity), moves) {}

  std::string_view model() const override { return "ws-input-16"; }
  bool has(Table table) const override { return table == Table::discrete; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table, std::uint16_t, std::uint16_t) const override { return Refusal::function; }
  void write(Table, std::uint16_t, std::uint16_t, Time) override {}
  int channel_of(Table, std::uint16_t address) const override { return address + 1; }
  // input on|off
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  std::array<bool, 16> inputs_{};
};

// bt-8: receiver of eight buttons.
class Bt8 final : public Unit {
 public:
  Bt8(Identity identity, MoveSink& moves) : Unit(std::move(identity), moves) {}

  std::string_view model() const override { return "bt-8"; }
  bool has(Table table) const override { return table == Table::input; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table, std::uint16_t, std::uint16_t) const override { return Refusal::function; }
  void write(Table, std::uint16_t, std::uint16_t, Time) override {}
  int channel_of(Table, std::uint16_t address) const override { return address / 2 + 1; }
  // press single|double|long
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  struct Button {
    std::uint16_t last = 0;
    std::uint16_t count = 0;
  };
  std::array<Button, 8> buttons_;
};

}  // namespace building
