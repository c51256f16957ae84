#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>

#include "tests/unit/devices/world.hpp"

namespace genkan::devices::test {

// The memory of one lock on the fake wire, register by register as the data sheet of el-100, io-80
// and pk-9 has it. It knows nothing of profiles.
class FakeMemory {
 public:
  struct Slot {
    std::uint16_t kind = 0;  // 1 code, 2 card
    std::array<std::uint16_t, 5> content{};
    std::uint16_t length = 0;
    std::array<std::uint16_t, 7> schedule{};  // of io-80
    bool operator==(const Slot&) const = default;
  };
  using Place = std::pair<std::uint16_t, std::uint16_t>;  // area, slot

  // `places` of each area; `schedules`: an io-80. Hooks itself into the world's wire.
  FakeMemory(World& world, std::uint8_t unit, std::vector<std::uint16_t> places,
             bool schedules = false);

  // As if programmed at the lock.
  void put(Place place, Slot slot);
  void put_code(Place place, const std::string& digits);
  void put_card(Place place, std::vector<std::uint8_t> bytes);
  void erase(Place place);
  void set_enabled(std::uint16_t areas);
  void swap(std::uint32_t serial);  // other hardware, empty
  static Slot code(const std::string& digits);
  static Slot card(const std::vector<std::uint8_t>& bytes);

  std::map<Place, Slot> slots;
  std::vector<std::uint16_t> orders;    // commands that were begun
  std::optional<std::uint16_t> always;  // answers every command so, and does nothing
  std::set<std::uint16_t> pretends;     // says done to these commands and does nothing
  bool bits_stick = false;              // a slot once taken stays marked so
  bool takes_time = true;               // false: busy for ever
  bool stops_clock = false;             // the clock does not take what is written
  std::function<void(std::uint16_t command)> at_command;  // when one begins
  std::uint64_t clock_s = 0;                              // seconds since 2000-01-01 on the wall
  std::uint32_t refusals = 0;                             // commands while busy

 private:
  std::uint16_t& holding(std::uint16_t address);
  std::uint16_t& input(std::uint16_t address);
  std::optional<FakeWire::Fate> fate(const bus::Exchange& exchange);
  void written(const FakeWire::Write& write);
  void begin(std::uint16_t command);
  void finish(std::uint16_t command);
  std::uint16_t work(std::uint16_t command);
  std::uint16_t write_slot(Place place);
  void read_slot(Place place);
  void show_bits();
  void changed();
  void live();

  World& world_;
  std::uint8_t unit_;
  std::vector<std::uint16_t> places_;
  bool schedules_;
  bool busy_ = false;
  std::uint16_t enabled_ = 0;
  std::set<Place> marks_;  // what the bits show, if they stick
  SteadyTime clock_set_{};
};

}  // namespace genkan::devices::test
