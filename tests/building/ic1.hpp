#pragma once

#include "tests/building/unit.hpp"

namespace building {

// ic-1: intercom with a door release.
class Ic1 final : public Unit {
 public:
  Ic1(Identity identity, MoveSink& moves) : Unit(std::move(identity), moves) {}

  std::string_view model() const override { return "ic-1"; }
  bool has(Table table) const override { return table != Table::holding; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table table, std::uint16_t address, std::uint16_t value) const override;
  void write(Table table, std::uint16_t address, std::uint16_t value, Time at) override;
  int channel_of(Table, std::uint16_t) const override { return 1; }
  // door, tamper, call ROOM, answer, cancel
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  enum class Call : std::uint16_t { idle, calling, answered, cancelled };
  void become(Call call, Time at, By by);
  Said call(std::span<const std::string> words, Time now);

  bool release_ = false;
  bool door_open_ = false;
  bool tamper_ = false;
  Call call_ = Call::idle;
  std::uint16_t room_ = 0;
};

}  // namespace building
