#include "firmware/domain/caller.hpp"

#include <doctest/doctest.h>

using namespace genkan::domain;

TEST_CASE(
    "KEY-60: who may change keys: operators, installers, administrators, and the cloud, whose "
    "signature is asked for elsewhere") {
  struct Row {
    Role role;
    bool may;
  };
  constexpr Row table[] = {{Role::viewer, false},   {Role::resident, false},
                           {Role::operator_, true}, {Role::cloud, true},
                           {Role::installer, true}, {Role::administrator, true}};
  for (const auto& row : table) {
    CAPTURE(name_of(row.role));
    CHECK(allows(row.role, Right::keys) == row.may);
    CHECK(allows(row.role, Right::read));
  }
}
