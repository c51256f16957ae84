#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace genkan::domain {

// What a caller may do. Accounts of people (and rooms of residents) will carry one of these too.
enum class Role : std::uint8_t {
  viewer,         // reads
  resident,       // reads and commands the devices of rooms of their own
  operator_,      // reads and commands all devices
  cloud,          // the agent: reads; commands once their signature is proven (see settings)
  installer,      // commands, buses, site file
  administrator,  // all
};
std::string_view name_of(Role role);
std::optional<Role> role_named(std::string_view name);

// What a request needs of its caller.
enum class Right : std::uint8_t {
  read,     // states, journal, troubles
  command,  // move something
  disarm,   // SEC-8
  install,  // bus scan, registers, site file
  keys,     // change reservations, holders, temporary keys and room codes, see their secrets
};
bool allows(Role role, Right right);

// Who asks: a role, and a name for the journal ("user:anna", "cloud", "cloud:resident-203").
struct Caller {
  Role role = Role::viewer;
  std::string name;
};

}  // namespace genkan::domain
