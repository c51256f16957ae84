#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

#include "drivers/bus/bus.hpp"
#include "drivers/bus/reception.hpp"

// What the bus knows of each unit: whether it may be asked now, whether it is dead, when to probe
// it. Pure; time is passed in. docs/BUS.md has the table of transitions.
namespace genkan::bus {

// How one exchange went, in time.
struct ExchangeTimes {
  SteadyTime asked{};                   // the question's first byte
  SteadyTime question_end{};            // its last byte on the wire
  SteadyTime ended{};                   // answer whole, or the wait over
  std::chrono::nanoseconds thinking{};  // answer's beginning after question_end; answered only
};

// How long to wait for an answer.
struct Patience {
  std::chrono::nanoseconds timeout{};
  // From then on (after the question's end) the wait is given up if a command is ready and nothing
  // has come: a probe must not cost a command more than an ordinary exchange does.
  std::optional<std::chrono::nanoseconds> give_way_after{};
};

class Units {
 public:
  enum class Change : std::uint8_t { none, died, revived };

  // `quarantines`: answers carry no number (RTU), so a unit that owes one must not be asked again.
  explicit Units(bool quarantines) : quarantines_(quarantines) {}

  void set_traits(std::uint8_t unit, UnitTraits traits);
  void forget(std::uint8_t unit);

  // When the unit may be asked again: after its turnaround and its quarantine.
  SteadyTime ready_at(std::uint8_t unit) const;
  bool dead(std::uint8_t unit) const;
  // When a dead unit is to be probed next.
  SteadyTime probe_at(std::uint8_t unit) const;
  // Units that may still answer late.
  Owed owed(SteadyTime now) const;

  Patience patience(std::uint8_t unit) const;
  // For the next probe of a dead unit: short ones, and a full one from time to time.
  Patience probe_patience(std::uint8_t unit, SteadyTime now);

  // For exchanges whose question went on the wire.
  Change ended(std::uint8_t unit, Ending ending, std::uint8_t exception, bool probe,
               const ExchangeTimes& times);
  // A late answer of the unit was seen and thrown away.
  void late(std::uint8_t unit, SteadyTime now);
  // The line came back: dead units are probed at once. Quarantines stand: a device does not know
  // that our port was away.
  void line_opened(SteadyTime now);

 private:
  struct Unit {
    UnitTraits traits;
    SteadyTime ready{};       // turnaround
    SteadyTime owed_until{};  // quarantine
    std::uint32_t failures = 0;
    bool dead = false;
    SteadyTime probe_at{};
    std::chrono::milliseconds pause{0};
    std::uint32_t probes = 0;
    bool full_next = false;
    std::chrono::nanoseconds typical{0};  // thinking time, running mean; 0: never answered
  };

  const Unit* find(std::uint8_t unit) const;
  void learn(Unit& unit, std::chrono::nanoseconds thinking);
  Change fail(Unit& unit, bool probe, SteadyTime now);

  bool quarantines_;
  std::map<std::uint8_t, Unit> units_;
  SteadyTime last_full_probe_{};
};

}  // namespace genkan::bus
