#pragma once

#include <array>
#include <memory>

#include "tests/building/bolt.hpp"
#include "tests/building/unit.hpp"

namespace building {

// jema-2: two JEMA terminals (HA terminals), each in front of an automatic door or of an electric
// lock that every pulse turns round.
class Jema2 final : public Unit {
 public:
  enum class Behind { door, lock };
  Jema2(Identity identity, MoveSink& moves, Behind first, Behind second);

  std::string_view model() const override { return "jema-2"; }
  bool has(Table table) const override { return table == Table::coil || table == Table::discrete; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table table, std::uint16_t address, std::uint16_t value) const override;
  void write(Table table, std::uint16_t address, std::uint16_t value, Time at) override;
  int channel_of(Table table, std::uint16_t address) const override;
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  static constexpr int channels = 2;
  struct Terminal {
    Behind behind{};
    bool control = false;
    bool door_open = false;
    std::unique_ptr<Bolt> bolt;  // locks
    bool thrown = true;          // locks: the end that the bolt reached last
  };
  Terminal& terminal(int channel) { return terminals_.at(static_cast<std::size_t>(channel) - 1); }
  const Terminal& terminal(int channel) const {
    return terminals_.at(static_cast<std::size_t>(channel) - 1);
  }
  bool monitor(const Terminal& one) const;
  void control_on(int channel, Time at);
  void control_off(int channel, Time at);
  void set_door(int channel, bool open, Time at, By by);
  Said door(int channel, std::span<const std::string> words, Time now);

  std::array<Terminal, channels> terminals_;
};

}  // namespace building
