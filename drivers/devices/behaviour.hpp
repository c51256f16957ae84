#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "drivers/profile/profile.hpp"
#include "firmware/domain/command.hpp"

namespace genkan::devices {

// Where a command stands that was written but is not confirmed.
struct Situation {
  const profile::Profile& profile;
  domain::DeviceCommand command;
  const domain::DeviceState& before;         // when the command began
  const domain::DeviceState& now;            // read back since the write
  std::chrono::milliseconds since_write{0};  //
  bool cut_short = false;                    // the caller's deadline came before the model's limit
  std::vector<std::string> active_zones;     // of a panel, as last read; names
};

// What the kinds do differently when a command does not simply succeed (DEV-10).
struct Behaviour {
  // Ends the wait before its time, if it is plain that the command cannot succeed.
  std::optional<domain::Outcome> (*early)(const Situation&);
  // The time is up; the device answers, but is not where it should be.
  domain::Outcome (*late)(const Situation&);
  // The device answered the write with an exception.
  domain::Outcome (*refusal)(const Situation&, std::uint8_t exception);
};

const Behaviour& behaviour(domain::DeviceKind kind);

extern const Behaviour lock_behaviour;      // lock.cpp
extern const Behaviour entrance_behaviour;  // entrance.cpp
extern const Behaviour switch_behaviour;    // switch.cpp: lights, air conditioners
extern const Behaviour box_behaviour;       // box.cpp
extern const Behaviour panel_behaviour;     // panel.cpp
extern const Behaviour intercom_behaviour;  // intercom.cpp
extern const Behaviour plain_behaviour;     // plain.cpp: zones, buttons, elevators

// What the kinds share.
domain::Outcome failed(const Situation& situation, domain::Reason reason, std::string detail);
std::optional<domain::Outcome> never_early(const Situation& situation);
// No power, a fault code or merely too late.
domain::Outcome plain_late(const Situation& situation);
// The exception's name in the detail; an answer of a Modbus gateway on behalf of a silent unit is
// 'no answer'.
domain::Outcome plain_refusal(const Situation& situation, std::uint8_t exception);

}  // namespace genkan::devices
