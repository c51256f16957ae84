#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "firmware/base/clock.hpp"
#include "firmware/domain/cloud/scopes.hpp"
#include "firmware/domain/kinds.hpp"

namespace genkan::domain {

// What a caller may do. Accounts of people (and rooms of residents) will carry one of these too.
enum class Role : std::uint8_t {
  viewer,         // reads
  resident,       // reads and commands the devices of rooms of their own
  operator_,      // reads and commands all devices
  cloud,          // the agent: reads, reports; all else signed (see settings)
  installer,      // commands, buses, site file, trust, claim
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
  trust,    // change the keys whose signatures are believed, and renew the certificate
  claim,    // make the gateway a contract's (SITE-1)
  release,  // take it from its contract
  report,   // tell how the line to the cloud is, and the agent's certificate request; move readers
};
std::string_view name_of(Right right);
bool allows(Role role, Right right);
// What a caller needs to give this command.
Right right_to(Command command);

// Who asks: a role, and a name for the journal ("user:anna", "cloud", "cloud:resident-203").
struct Caller {
  Role role = Role::viewer;
  std::string name;
  // Set for a signed request: what its key may do. The role counts for nothing then.
  std::optional<Scopes> signed_for = std::nullopt;
  // After this nothing moves for it: when the signed request expires.
  std::optional<SteadyTime> until = std::nullopt;
  // The id of the key that signed, for the journal; empty: nobody did.
  std::string signed_by = {};
};
bool allows(const Caller& caller, Right right);
// Whether this comes from the cloud and nobody signed for it.
bool is_unsigned_cloud(const Caller& caller);

}  // namespace genkan::domain
