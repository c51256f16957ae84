#pragma once

#include <array>

#include "tests/building/unit.hpp"

namespace building {

// sp-16: security panel with sixteen zones. Channel 0 is the panel, 1 to 16 are the zones.
class Sp16 final : public Unit {
 public:
  static constexpr int zones = 16;

  Sp16(Identity identity, MoveSink& moves) : Unit(std::move(identity), moves) {}

  std::string_view model() const override { return "sp-16"; }
  bool has(Table) const override { return true; }
  std::optional<std::uint16_t> read(Table table, std::uint16_t address) const override;
  Refusal check(Table table, std::uint16_t address, std::uint16_t value) const override;
  void write(Table table, std::uint16_t address, std::uint16_t value, Time at) override;
  int channel_of(Table table, std::uint16_t address) const override;
  // Panel: guard, tamper, power, battery, fault-code. Zones: zone, tamper, battery.
  Said tell(int channel, std::string_view verb, std::span<const std::string> words,
            Time now) override;
  boost::json::object show(int channel) const override;

 private:
  enum class Guard : std::uint16_t { disarmed, away, home };
  struct Zone {
    bool active = false;
    bool tamper = false;
    bool battery_low = false;
    bool bypass = false;
  };
  Zone& zone(int channel) { return zones_.at(static_cast<std::size_t>(channel) - 1); }
  const Zone& zone(int channel) const { return zones_.at(static_cast<std::size_t>(channel) - 1); }
  bool ready() const;  // no zone is active that is not bypassed
  void set_guard(Guard guard, Time at, By by);
  void set_zone(int channel, bool active, Time at);
  Said tell_zone(int channel, std::string_view verb, std::span<const std::string> words, Time now);
  Said tell_panel(std::string_view verb, std::span<const std::string> words, Time now);

  std::array<Zone, zones> zones_;
  Guard guard_ = Guard::disarmed;
  bool alarm_ = false;  // the siren; what the panel itself makes of its zones
  bool tamper_ = false;
  bool mains_lost_ = false;
  bool battery_low_ = false;
  std::uint16_t fault_ = 0;
  std::uint16_t command_ = 0;
};

}  // namespace building
