#include "firmware/domain/caller.hpp"

#include <array>

namespace genkan::domain {

namespace {

struct RoleRow {
  Role role;
  std::string_view name;
  bool command;
  bool disarm;
  bool install;
  bool keys;
};

// Every role reads.
constexpr std::array roles{
    RoleRow{Role::viewer, "viewer", false, false, false, false},
    RoleRow{Role::resident, "resident", true, false, false, false},
    RoleRow{Role::operator_, "operator", true, false, false, true},
    RoleRow{Role::cloud, "cloud", true, false, false, true},
    RoleRow{Role::installer, "installer", true, true, true, true},
    RoleRow{Role::administrator, "administrator", true, true, true, true},
};

const RoleRow& row(Role role) { return roles[static_cast<std::size_t>(role)]; }

}  // namespace

std::string_view name_of(Role role) { return row(role).name; }

std::optional<Role> role_named(std::string_view name) {
  for (const auto& candidate : roles) {
    if (candidate.name == name) return candidate.role;
  }
  return std::nullopt;
}

bool allows(Role role, Right right) {
  switch (right) {
    case Right::read: return true;
    case Right::command: return row(role).command;
    case Right::disarm: return row(role).disarm;
    case Right::install: return row(role).install;
    case Right::keys: return row(role).keys;
  }
  return false;
}

}  // namespace genkan::domain
