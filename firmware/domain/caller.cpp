#include "firmware/domain/caller.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace genkan::domain {

namespace {

using Rights = std::uint16_t;

constexpr Rights bits(std::initializer_list<Right> rights) {
  Rights all = 0;
  for (const auto right : rights)
    all = static_cast<Rights>(all | 1U << static_cast<unsigned>(right));
  return all;
}

constexpr bool contains(Rights rights, Right right) {
  return (rights >> static_cast<unsigned>(right) & 1U) != 0;
}

struct RightRow {
  Right right;
  std::string_view name;
};
constexpr std::array right_rows{
    RightRow{Right::read, "read"},     RightRow{Right::command, "command"},
    RightRow{Right::disarm, "disarm"}, RightRow{Right::install, "install"},
    RightRow{Right::keys, "keys"},     RightRow{Right::trust, "trust"},
    RightRow{Right::claim, "claim"},   RightRow{Right::release, "release"},
    RightRow{Right::report, "report"},
};
static_assert(std::ranges::is_sorted(right_rows, {}, &RightRow::right));

struct RoleRow {
  Role role;
  std::string_view name;
  Rights rights;
};

// clang-format off
constexpr std::array roles{
    RoleRow{Role::viewer,        "viewer",        bits({Right::read})},
    RoleRow{Role::resident,      "resident",      bits({Right::read, Right::command})},
    RoleRow{Role::operator_,     "operator",      bits({Right::read, Right::command, Right::keys})},
    RoleRow{Role::cloud,         "cloud",         bits({Right::read, Right::command, Right::keys, Right::report})},
    RoleRow{Role::installer,     "installer",     bits({Right::read, Right::command, Right::disarm, Right::install,
                                                        Right::keys, Right::trust, Right::claim})},
    RoleRow{Role::administrator, "administrator", bits({Right::read, Right::command, Right::disarm, Right::install,
                                                        Right::keys, Right::trust, Right::claim, Right::release,
                                                        Right::report})},
};

struct ScopeRow {
  Scope scope;
  Rights rights;
};
constexpr std::array scopes{
    ScopeRow{Scope::read,    bits({Right::read})},
    ScopeRow{Scope::command, bits({Right::command})},
    ScopeRow{Scope::disarm,  bits({Right::disarm})},
    ScopeRow{Scope::keys,    bits({Right::keys})},
    ScopeRow{Scope::site,    bits({Right::install})},
    ScopeRow{Scope::trust,   bits({Right::trust, Right::release})},
};
// clang-format on

const RoleRow& row(Role role) { return roles[static_cast<std::size_t>(role)]; }

}  // namespace

std::string_view name_of(Role role) { return row(role).name; }

std::optional<Role> role_named(std::string_view name) {
  for (const auto& candidate : roles) {
    if (candidate.name == name) return candidate.role;
  }
  return std::nullopt;
}

std::string_view name_of(Right right) { return right_rows[static_cast<std::size_t>(right)].name; }

bool allows(Role role, Right right) { return contains(row(role).rights, right); }

Right right_to(Command command) {
  return command == Command::disarm ? Right::disarm : Right::command;
}

bool allows(const Caller& caller, Right right) {
  if (!caller.signed_for) return allows(caller.role, right);
  return std::ranges::any_of(scopes, [&](const ScopeRow& candidate) {
    return caller.signed_for->has(candidate.scope) && contains(candidate.rights, right);
  });
}

bool is_unsigned_cloud(const Caller& caller) {
  return caller.role == Role::cloud && !caller.signed_for;
}

}  // namespace genkan::domain
